package rules

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/unleak/unleak/internal/typo"
)

// knownKeys returns every key that a file of a type may hold, in tables within tables.
func knownKeys(t reflect.Type) []string {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return knownKeys(t.Elem())
	case reflect.Struct:
	default:
		return nil
	}
	var keys []string
	for i := range t.NumField() {
		f := t.Field(i)
		if key, _, _ := strings.Cut(f.Tag.Get("toml"), ","); key != "" && key != "-" {
			keys = append(keys, key)
			keys = append(keys, knownKeys(f.Type)...)
		}
	}
	return keys
}

func unknownKey(name, text string, key toml.Key) error {
	last := key[len(key)-1]
	hint := ""
	if near := typo.Nearest(last, knownKeys(reflect.TypeFor[ruleFile]())); near != "" {
		hint = fmt.Sprintf(" (did you mean %q?)", near)
	}
	line := 1
	for i, l := range strings.Split(text, "\n") {
		l = strings.TrimLeft(l, " \t{,[")
		if rest, ok := strings.CutPrefix(l, last); ok && strings.HasPrefix(strings.TrimLeft(rest, " \t]"), "=") ||
			strings.HasSuffix(strings.TrimRight(l, "]"), "."+last) {
			line = i + 1
			break
		}
	}
	return fmt.Errorf("%s:%d: unknown key %q%s", name, line, key.String(), hint)
}
