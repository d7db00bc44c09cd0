package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/bmatcuk/doublestar/v4"

	"github.com/unleak/unleak/internal/arrange"
	"github.com/unleak/unleak/internal/typo"
)

// strict tells everything that is wrong with a file's keys and the kinds of their values, each with its line.
func strict(name, text string) error {
	var raw map[string]any
	if _, err := toml.Decode(text, &raw); err != nil {
		var p toml.ParseError
		if errors.As(err, &p) {
			return fmt.Errorf("%s:%d: %s", name, p.Position.Line, p.Message)
		}
		return fmt.Errorf("%s: %w", name, err)
	}
	c := checker{name: name, text: text}
	c.table("", raw, reflect.TypeFor[Config]())
	arrange.By(c.wrong, func(a, b mistake) int { return a.line - b.line })
	var errs []error
	for _, m := range c.wrong {
		errs = append(errs, fmt.Errorf("%s:%d: %s", name, m.line, m.what))
	}
	return errors.Join(errs...)
}

type mistake struct {
	line int
	what string
}

type checker struct {
	name, text string
	wrong      []mistake
}

// table checks the keys of a table that t describes; above is the table's own key, "" at the top.
func (c *checker) table(above string, raw map[string]any, t reflect.Type) {
	fields := map[string]reflect.Type{}
	for i := range t.NumField() {
		if k, _, _ := strings.Cut(t.Field(i).Tag.Get("toml"), ","); k != "-" {
			fields[k] = t.Field(i).Type
		}
	}
	keys := make([]string, 0, len(raw))
	for k := range raw {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		full := strings.TrimPrefix(above+"."+k, ".")
		want, ok := fields[k]
		if !ok {
			hint := ""
			if near := typo.Nearest(strings.ToLower(k), keysOf(t)); near != "" {
				hint = fmt.Sprintf(" (did you mean %q?)", near)
			}
			c.add(k, "unknown key %q%s", full, hint)
			continue
		}
		c.value(k, full, raw[k], want)
	}
}

// kinds says what the values of a kind look like.
var kinds = map[reflect.Kind]string{
	reflect.String: "a text in quotes", reflect.Float64: "a number", reflect.Bool: "true or false", reflect.Slice: `a list of texts, such as ["one", "two"]`,
}

func (c *checker) value(key, full string, v any, want reflect.Type) {
	got := "a table"
	fits := false
	switch v := v.(type) {
	case string:
		got, fits = "a text", want.Kind() == reflect.String
	case int64, float64:
		got, fits = "a number", want.Kind() == reflect.Float64
	case bool:
		got, fits = "true or false", want.Kind() == reflect.Bool
	case []map[string]any:
		got = "several tables"
		if want.Kind() == reflect.Slice && want.Elem().Kind() == reflect.Struct {
			for _, t := range v {
				c.table(full, t, want.Elem())
			}
			return
		}
	case []any:
		if c.inline(full, v, want) {
			return
		}
		got = "a list of other things"
		fits = want.Kind() == reflect.Slice && (len(v) == 0 || want.Elem().Kind() == reflect.String) &&
			!slices.ContainsFunc(v, func(e any) bool { _, text := e.(string); return !text })
	case map[string]any:
	default:
		got = "a date or time"
	}
	if fits {
		return
	}
	wanted := kinds[want.Kind()]
	if want.Kind() == reflect.Slice && want.Elem().Kind() == reflect.Struct {
		wanted = "tables, each under [[" + full + "]]"
	}
	c.add(key, "%s: want %s, not %s", full, wanted, got)
}

// inline checks a list of tables in braces; false: it is none.
func (c *checker) inline(full string, list []any, want reflect.Type) bool {
	if want.Kind() != reflect.Slice || want.Elem().Kind() != reflect.Struct {
		return false
	}
	for _, e := range list {
		t, ok := e.(map[string]any)
		if !ok {
			return false
		}
		c.table(full, t, want.Elem())
	}
	return true
}

// add notes a mistake at the line of a key; the first line where it is not found.
func (c *checker) add(key, format string, args ...any) {
	at := 1
	for i, l := range strings.Split(c.text, "\n") {
		l = strings.TrimLeft(l, " \t[{,\"'")
		if rest, ok := strings.CutPrefix(l, key); ok && strings.IndexAny(strings.TrimLeft(rest, " \t\"'"), "=].") == 0 {
			at = i + 1
			break
		}
	}
	c.wrong = append(c.wrong, mistake{at, fmt.Sprintf(format, args...)})
}

// levels are what fail_on takes.
var levels = []string{"info", "low", "medium", "high", "critical", "live", "none"}

// checkValues tells what is wrong with values that are of the right kind.
func (c *Config) checkValues(name, text string) error {
	check := checker{name: name, text: text}
	if c.MinConfidence < 0 || c.MinConfidence > 1 {
		check.add("min_confidence", "min_confidence %v: want 0 to 1", c.MinConfidence)
	}
	if c.FailOn != "" && !slices.Contains(levels, c.FailOn) {
		check.add("fail_on", "fail_on %q: want %s", c.FailOn, strings.Join(levels, ", "))
	}
	for _, g := range c.Exclude {
		if !doublestar.ValidatePattern(strings.TrimSuffix(g, "/")) {
			check.add("exclude", "exclude: glob %q is malformed: brackets and braces must be closed", g)
		}
	}
	var errs []error
	for _, m := range check.wrong {
		errs = append(errs, fmt.Errorf("%s:%d: %s", name, m.line, m.what))
	}
	return errors.Join(errs...)
}
