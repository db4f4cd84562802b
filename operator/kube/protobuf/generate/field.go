package main

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// field is one line of a table, in the words of ../schema.h.
type field struct {
	number               int
	json                 string
	kind, form, presence string
	message              reflect.Type
}

func (f field) String() string {
	message := "nullptr"
	if f.message != nil {
		message = "&" + nameOf(f.message)
	}
	return fmt.Sprintf("{%d, %q, %s, %s, %s, %s}", f.number, f.json, f.kind, f.form, f.presence, message)
}

// Structs whose JSON is something else than their fields.
var special = map[reflect.Type]string{
	reflect.TypeFor[metav1.Time]():          "kTime",
	reflect.TypeFor[resource.Quantity]():    "kQuantity",
	reflect.TypeFor[intstr.IntOrString]():   "kIntOrString",
	reflect.TypeFor[runtime.RawExtension](): "kJson",
}

var unread = reflect.TypeFor[[]metav1.ManagedFieldsEntry]()

func fieldOf(of reflect.StructField) (field, error) {
	tag := strings.Split(of.Tag.Get("protobuf"), ",")
	number, err := strconv.Atoi(tag[1])
	if err != nil {
		return field{}, err
	}
	name, options, _ := strings.Cut(of.Tag.Get("json"), ",")
	inner, form, nullable, err := unwrap(of.Type)
	if err != nil {
		return field{}, err
	}
	out := field{number: number, json: name, form: form}
	out.presence = presence(of.Type, inner, options, nullable)
	if of.Type == unread {
		out.kind = "kUnread"
		return out, nil
	}
	if out.kind, err = kindOf(inner); err != nil {
		return field{}, err
	}
	if out.kind == "kMessage" {
		out.message = inner
	}
	if out.kind == "kQuantity" && out.presence == "kUnlessZero" {
		return field{}, errors.New("a quantity that is left out when it is zero, which text does not tell")
	}
	if name == "" {
		if out.kind != "kMessage" || out.form != "kOne" || !of.Anonymous {
			return field{}, errors.New("neither a name in JSON nor embedded")
		}
		out.kind = "kInline"
	}
	return out, nil
}

// unwrap says what a field holds one, a list or a map of, and whether it can be nil.
func unwrap(of reflect.Type) (inner reflect.Type, form string, nullable bool, err error) {
	switch of.Kind() {
	case reflect.Pointer:
		return of.Elem(), "kOne", true, nil
	case reflect.Map:
		if of.Key().Kind() != reflect.String {
			err = errors.New("a map whose keys are no strings")
		}
		return of.Elem(), "kMap", true, err
	case reflect.Slice:
		if of.Name() != "" {
			err = errors.New("a slice with a name, which is a message of its own")
		}
		if of.Elem().Kind() == reflect.Uint8 {
			return of, "kOne", true, err
		}
		return of.Elem(), "kList", true, err
	}
	return of, "kOne", false, nil
}

// presence says what encoding/json makes of a field that is not set.
func presence(whole, inner reflect.Type, options string, nullable bool) string {
	zero := strings.Contains(options, "omitzero")
	switch empty := strings.Contains(options, "omitempty"); {
	// Bytes that are there and empty are left out nevertheless.
	case whole == inner && inner.Kind() == reflect.Slice && empty:
		return "kUnlessZero"
	case nullable && (empty || zero):
		return "kIfThere"
	case nullable:
		return "kOrNull"
	case zero || empty && inner.Kind() != reflect.Struct:
		return "kUnlessZero"
	}
	return "kAlways"
}

func kindOf(of reflect.Type) (string, error) {
	if kind, ok := special[of]; ok {
		return kind, nil
	}
	switch of.Kind() {
	case reflect.String:
		return "kString", nil
	case reflect.Bool:
		return "kBool", nil
	case reflect.Int32, reflect.Int64:
		return "kInteger", nil
	case reflect.Slice:
		if of.Name() == "" && of.Elem().Kind() == reflect.Uint8 {
			return "kBytes", nil
		}
	case reflect.Struct:
		if _, ok := reflect.New(of).Interface().(interface{ MarshalJSON() ([]byte, error) }); !ok {
			return "kMessage", nil
		}
	}
	return "", fmt.Errorf("no table can be made of a %s", of)
}
