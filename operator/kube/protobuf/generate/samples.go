package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// sample is one object in both encodings.
type sample struct {
	Name     string          `json:"name"`
	Protobuf []byte          `json:"protobuf"`
	JSON     json.RawMessage `json:"json"`
}

// samples of every kind: with every field set; with every pointer, list and map set, and zero in it; with nothing set.
func samples(roots []root) (string, error) {
	var out []sample
	for _, each := range roots {
		for _, how := range []filling{full, hollow, empty} {
			made, err := sampleOf(each, how)
			if err != nil {
				return "", fmt.Errorf("%s, %s: %w", each.of, how, err)
			}
			out = append(out, made)
		}
	}
	return lines(out)
}

func lines(all []sample) (string, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	for _, each := range all {
		if err := encoder.Encode(each); err != nil {
			return "", err
		}
	}
	return text.String(), nil
}

func sampleOf(of root, how filling) (sample, error) {
	value := reflect.New(of.of)
	filler := filler{how: how}
	filler.fill(value.Elem())
	object := value.Interface().(runtime.Object)
	version := schema.GroupVersion{Group: of.group, Version: of.version}
	object.GetObjectKind().SetGroupVersionKind(version.WithKind(of.of.Name()))
	text, err := json.Marshal(object)
	if err != nil {
		return sample{}, err
	}
	scheme := runtime.NewScheme()
	scheme.AddKnownTypeWithName(version.WithKind(of.of.Name()), object)
	var encoded bytes.Buffer
	err = protobuf.NewSerializer(scheme, scheme).Encode(object, &encoded)
	return sample{fmt.Sprintf("%s %s", of.of.Name(), how), encoded.Bytes(), text}, err
}

type filling string

const (
	full   filling = "full"
	hollow filling = "hollow"
	empty  filling = "empty"
)

// filler gives each place another value.
type filler struct {
	how  filling
	last int64
}

func (f *filler) fill(value reflect.Value) {
	f.last++
	if f.how == empty || f.how == full && f.special(value) {
		return
	}
	switch value.Kind() {
	case reflect.Pointer:
		value.Set(reflect.New(value.Type().Elem()))
		f.fill(value.Elem())
	case reflect.Struct:
		f.fields(value)
	case reflect.Slice:
		size := 2
		if value.Type().Elem().Kind() == reflect.Struct {
			size = 1
		}
		value.Set(reflect.MakeSlice(value.Type(), size, size))
		for i := range size {
			f.fill(value.Index(i))
		}
	case reflect.Map:
		value.Set(reflect.MakeMap(value.Type()))
		for i := range 2 {
			inner := reflect.New(value.Type().Elem()).Elem()
			f.fill(inner)
			value.SetMapIndex(reflect.ValueOf(fmt.Sprintf("key %d", i)).Convert(value.Type().Key()), inner)
		}
	default:
		if f.how == full {
			f.scalar(value)
		}
	}
}

func (f *filler) fields(value reflect.Value) {
	switch value.Type() {
	case reflect.TypeFor[metav1.FieldsV1](), reflect.TypeFor[metav1.TypeMeta]():
		return
	}
	if special[value.Type()] != "" {
		return
	}
	for i := range value.NumField() {
		if value.Type().Field(i).IsExported() {
			f.fill(value.Field(i))
		}
	}
}

func (f *filler) special(value reflect.Value) bool {
	switch place := value.Addr().Interface().(type) {
	case *metav1.Time:
		*place = metav1.NewTime(time.Unix(1_700_000_000+f.last*86_399, 0).UTC())
	case *resource.Quantity:
		*place = *resource.NewMilliQuantity(f.last*250, resource.DecimalSI)
	case *intstr.IntOrString:
		*place = intstr.FromInt32(int32(f.last))
		if f.last%2 == 0 {
			*place = intstr.FromString(fmt.Sprintf("%d%%", f.last))
		}
	case *runtime.RawExtension:
		place.Raw = []byte(`{"text": "<a> & \"b\"", "list": [1, -2.5e3, null, true, {}]}`)
	case *metav1.FieldsV1:
		place.Raw = []byte(`{"f:metadata":{}}`)
	default:
		return false
	}
	return true
}

func (f *filler) scalar(value reflect.Value) {
	switch value.Kind() {
	case reflect.String:
		value.SetString(fmt.Sprint(f.last))
		if f.last%32 == 0 {
			value.SetString(fmt.Sprintf("%d \"quoted\" \\ <tag> & \n\t\x01 Größe 模型 🚀", f.last))
		}
	case reflect.Bool:
		value.SetBool(true)
	case reflect.Uint8:
		value.SetUint(uint64(f.last % 256))
	case reflect.Int32:
		value.SetInt(-f.last)
	case reflect.Int64:
		value.SetInt(f.last * 1_000_000_007)
	}
}
