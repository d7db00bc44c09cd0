package report

import (
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/unleak/unleak/internal/template"
)

// TestTemplateMethods holds internal/template's list of methods against the types that a report hands to templates:
// whatever one of them can do, a template can call, except what encodes and decodes.
func TestTemplateMethods(t *testing.T) {
	types, methods := map[reflect.Type]bool{}, 0
	var visit func(reflect.Type)
	visit = func(at reflect.Type) {
		if types[at] {
			return
		}
		types[at] = true
		switch at.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array:
			visit(at.Elem())
		case reflect.Map:
			visit(at.Key())
			visit(at.Elem())
		case reflect.Struct:
			for i := range at.NumField() {
				if f := at.Field(i); f.IsExported() {
					visit(f.Type)
				}
			}
		}
		if at.Kind() == reflect.Interface || at.Kind() == reflect.Pointer {
			return
		}
		for pointer, i := reflect.PointerTo(at), 0; i < pointer.NumMethod(); i++ {
			m := pointer.Method(i)
			out := m.Type.NumOut()
			if coding(m.Name) || out == 0 || out > 2 || out == 2 && m.Type.Out(1) != reflect.TypeFor[error]() {
				continue // no template could call it
			}
			methods++
			if err := calls(at, m.Name); err != nil && strings.Contains(err.Error(), "can't evaluate field") {
				t.Errorf("%s has a method %s that templates cannot call: name it in internal/template/methods.go, or rename it", at, m.Name)
			}
			visit(m.Type.Out(0))
		}
	}
	visit(reflect.TypeFor[jsonReport]())
	if len(types) < 40 || methods < 40 {
		t.Errorf("saw %d types with %d methods", len(types), methods)
	}
}

// coding tells whether a method is one of those by which encoders know a type.
func coding(name string) bool {
	for _, start := range []string{"Marshal", "Unmarshal", "Append", "Gob"} {
		if strings.HasPrefix(name, start) {
			return true
		}
	}
	return false
}

// calls lets a template call a method of a zero value.
func calls(of reflect.Type, name string) error {
	tmpl, err := template.Parse("t", fmt.Sprintf("{{.%s}}", name), true, nil)
	if err != nil {
		return err
	}
	return tmpl.Execute(io.Discard, reflect.New(of).Interface())
}
