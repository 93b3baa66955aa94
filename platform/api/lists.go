package api

import (
	"reflect"
	"sync"
)

// fillLists makes each nil slice in v an empty one, because the document promises lists, never null.
func fillLists(v reflect.Value) {
	if !holdsLists(v.Type()) {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fillLists(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fillLists(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.IsNil() && v.CanSet() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		for i := range v.Len() {
			fillLists(v.Index(i))
		}
	default: // holds no lists
	}
}

var listTypes sync.Map // reflect.Type -> bool

// holdsLists reports whether a value of type t can hold a slice that JSON shows as a list.
func holdsLists(t reflect.Type) bool {
	if known, ok := listTypes.Load(t); ok {
		return known.(bool)
	}
	found := findLists(t, map[reflect.Type]bool{})
	listTypes.Store(t, found)
	return found
}

func findLists(t reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Slice:
		return t.Elem().Kind() != reflect.Uint8
	case reflect.Pointer:
		return findLists(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			if t.Field(i).IsExported() && findLists(t.Field(i).Type, seen) {
				return true
			}
		}
		return false
	default:
		return false
	}
}
