package config

import (
	"fmt"
	"reflect"
	"strings"
)

// mostShown is how many entries of a list Effects names.
const mostShown = 5

// Effects lists what the configuration sets, one key each with its value, for whoever has to judge a file that came
// with the scanned repository. It never shows the id key.
func (c Config) Effects() []string {
	var out []string
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		key := v.Type().Field(i).Tag.Get("toml")
		if key == "-" || v.Field(i).IsZero() {
			continue
		}
		switch value := v.Field(i).Interface().(type) {
		case []string:
			if len(value) > 0 {
				out = append(out, key+": "+shortList(value))
			}
		case []Allow:
			if len(value) > 0 {
				out = append(out, key+": "+shortAllows(value))
			}
		default:
			if key == "id_key" {
				value = "********"
			}
			out = append(out, fmt.Sprintf("%s: %v", key, value))
		}
	}
	return out
}

func shortList(all []string) string {
	if rest := len(all) - mostShown; rest > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(all[:mostShown], ", "), rest)
	}
	return strings.Join(all, ", ")
}

// shortAllows names the reasons of entries, or their numbers.
func shortAllows(all []Allow) string {
	var names []string
	for i, a := range all {
		name := a.Reason
		if name == "" {
			name = fmt.Sprintf("entry %d", i+1)
		}
		if len(a.Rules) == 0 {
			name += " (every rule)"
		}
		names = append(names, name)
	}
	return shortList(names)
}
