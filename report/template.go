package report

import (
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/unleak/unleak/internal/template"
)

// writeTemplate fills in a Go template (see internal/template). Its data is the JSON format with the fields' Go names:
//
//	{{range .Findings}}{{.Severity}} {{.Rule}} {{(index .Places 0).Origin.Path}}
//	{{end}}{{.Coverage.Bytes}} bytes
//
// Functions beside the standard ones: json, join, lower, upper, replace, contains, default, csv (a cell that no
// spreadsheet takes for a formula).
func writeTemplate(w io.Writer, v *view) error {
	if v.opts.Template == "" {
		return errors.New("no template given")
	}
	t, err := template.Parse("template", v.opts.Template, true, template.Funcs{
		"json": func(x any) (string, error) {
			b, err := json.Marshal(x)
			return string(b), err
		},
		"join":     func(sep string, s []string) string { return strings.Join(s, sep) },
		"lower":    strings.ToLower,
		"upper":    strings.ToUpper,
		"replace":  func(old, with, s string) string { return strings.ReplaceAll(s, old, with) },
		"contains": func(part, s string) bool { return strings.Contains(s, part) },
		"default": func(usual, s string) string {
			if s == "" {
				return usual
			}
			return s
		},
		"csv": harmless,
	})
	if err != nil {
		return err
	}
	return t.Execute(w, toJSON(v))
}
