package reconcile

import (
	"reflect"

	"k8s.io/apimachinery/pkg/api/resource"
)

var quantity = reflect.TypeFor[resource.Quantity]()

// covers says whether live has all that want sets; what want leaves unset is the server's to choose. Unlike
// equality.Semantic.DeepDerivative it takes numbers for unset too, so that a probe's defaults are no drift.
func covers(want, live any) bool { return coversValue(reflect.ValueOf(want), reflect.ValueOf(live)) }

func coversValue(want, live reflect.Value) bool {
	if want.IsZero() {
		return true
	}
	if want.Type() == quantity {
		a, b := want.Interface().(resource.Quantity), live.Interface().(resource.Quantity)
		return a.Cmp(b) == 0
	}
	switch want.Kind() {
	case reflect.Pointer:
		if live.IsNil() {
			return false
		}
		// What is pointed to is set, also when it is false or 0.
		if kind := want.Elem().Kind(); kind != reflect.Struct {
			return want.Elem().Equal(live.Elem())
		}
		return coversValue(want.Elem(), live.Elem())
	case reflect.Struct:
		for i := range want.NumField() {
			if !coversValue(want.Field(i), live.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		if want.Len() != live.Len() {
			return false
		}
		for i := range want.Len() {
			if !coversValue(want.Index(i), live.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Map:
		for entries := want.MapRange(); entries.Next(); {
			if found := live.MapIndex(entries.Key()); !found.IsValid() || !coversValue(entries.Value(), found) {
				return false
			}
		}
		return true
	default:
		return want.Equal(live)
	}
}
