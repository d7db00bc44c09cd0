package template

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	gotemplate "text/template"
	"time"
)

type inner struct {
	Name_ string
	At    time.Time
	Map   map[string]int
	Next  *inner
}

func (i inner) String() string         { return "inner " + i.Name_ }
func (i inner) Name() string           { return i.Name_ }
func (i *inner) BlobName() string      { return "pointer to " + i.Name_ }
func (i inner) Error() (string, error) { return "", errors.New("refused") }

type data struct {
	S      string
	N      int
	U      uint8
	F      float64
	B      bool
	C      complex128
	List   []string
	Inner  []inner
	One    *inner
	Nil    *inner
	Any    any
	NilAny any
	Map    map[string]string
	ByInt  map[int]bool
	ByUint map[uint]string
	ByF    map[float64]string
	Array  [3]int
	Func   func(int, string) string
	Bytes  []byte
	Wait   time.Duration
	hidden int
}

func sample() *data {
	at := time.Date(2025, 3, 4, 5, 6, 7, 8, time.UTC)
	one := &inner{"one", at, map[string]int{"b": 2, "a": 1}, &inner{Name_: "next"}}
	return &data{
		S: "a <b> & \"c\" 'd' ü\x00=\u2028", N: 3, U: 7, F: 2.5, B: true, C: 1 + 2i, List: []string{"x", "y", "z"},
		Inner: []inner{{Name_: "i0"}, {Name_: "i1", At: at}}, One: one, Any: map[string]any{"k": 1, "l": []any{1, "two"}},
		Map: map[string]string{"z": "26", "a": "1"}, ByInt: map[int]bool{10: true, 9: false}, ByUint: map[uint]string{2: "b", 1: "a"},
		ByF: map[float64]string{1.5: "b", -1: "a"}, Array: [3]int{1, 2, 3}, Func: func(n int, s string) string { return strings.Repeat(s, n) },
		Bytes: []byte("bytes"), Wait: 90 * time.Second, hidden: 1,
	}
}

// texts are templates, right and wrong, of everything the language has.
func texts() []string {
	return []string{
		``, `plain`, `{{.}}x`, `{{.S}}{{.N}}{{.U}}{{.F}}{{.B}}{{.C}}`, `{{/* c */}}a {{- " b " -}} c`, `{{.List}} {{.Map}} {{.One}} {{.Nil}} {{.NilAny}} {{.Any}}`,
		`{{range .List}}[{{.}}]{{end}}`, `{{range $i, $x := .List}}{{$i}}={{$x}};{{end}}`, `{{range $x := .List}}{{$x}}{{end}}`,
		`{{$i := 9}}{{$x := ""}}{{range $i, $x = .List}}{{end}}{{$i}}{{$x}}`, `{{$x := ""}}{{range $x = .List}}{{end}}{{$x}}`,
		`{{range .List}}{{if eq . "y"}}{{break}}{{end}}{{.}}{{end}}`, `{{range .List}}{{if eq . "y"}}{{continue}}{{end}}{{.}}{{end}}`,
		`{{range .Nil}}{{else}}none{{end}}`, `{{range .Map}}{{.}}{{end}}`, `{{range $k, $v := .Map}}{{$k}}{{$v}} {{end}}`,
		`{{range $k, $v := .ByInt}}{{$k}}{{$v}} {{end}}`, `{{range $k, $v := .ByUint}}{{$k}}{{$v}} {{end}}`, `{{range $k, $v := .ByF}}{{$k}}{{$v}} {{end}}`,
		`{{range 3}}{{.}}{{end}}`, `{{range $i := .N}}{{$i}}{{else}}no{{end}}`, `{{range 0}}x{{else}}no{{end}}`, `{{range $i, $j := 3}}{{end}}`, `{{range .U}}{{.}}{{end}}`,
		`{{range .S}}x{{end}}`, `{{range .F}}x{{end}}`, `{{range .Array}}{{.}}{{end}}`, `{{range .NilAny}}x{{else}}e{{end}}`, `{{range .Any.l}}{{.}},{{end}}`,
		`{{if .B}}a{{else}}b{{end}}`, `{{if .Nil}}a{{else if .N}}b{{else}}c{{end}}`, `{{if and .B .N}}{{or .Nil .S | len}}{{end}}`, `{{if not .B}}x{{else}}y{{end}}`,
		`{{with .One}}{{.Name_}}{{.Next.Name_}}{{end}}`, `{{with $x := .N}}{{$x}}{{.}}{{end}}`, `{{with .Nil}}x{{else with .One}}{{.Name}}{{else}}z{{end}}`,
		`{{define "t"}}<{{.}}>{{end}}{{template "t" .N}}{{template "t"}}`, `{{block "b" .List}}{{len .}}{{end}}`, `{{template "none"}}`, `{{define "r"}}{{template "r"}}{{end}}`,
		`{{define "a"}}1{{end}}{{define "a"}}2{{end}}`, `{{define "e"}}  {{end}}{{define "e"}}2{{end}}{{template "e"}}`,
		`{{.One.Name}} {{.One.String}} {{.One.BlobName}} {{(index .Inner 1).Name}} {{(index .Inner 1).BlobName}}`, `{{.One.Error}}`, `{{.Nil.Name}}`, `{{.Nil.Name_}}`, `{{.NilAny.X}}`,
		`{{.One.At.Format "2006-01-02T15:04:05Z07:00"}} {{.One.At.Unix}} {{.One.At.Year}} {{.One.At.Month}} {{.One.At.Weekday}} {{.One.At.UTC.Hour}}`,
		`{{(.One.At.Sub .Inner1At).Hours}}`, `{{.Wait}} {{.Wait.Seconds}} {{.Wait.Minutes | printf "%.1f"}} {{.One.At.Add .Wait}}`, `{{(.One.At.AddDate 0 1 2).Day}}`, `{{if .One.At.IsZero}}z{{end}}`,
		`{{.One.At.Format}}`, `{{.One.At.Format 3}}`, `{{.One.At.Unix 3}}`, `{{.One.Map.a}} {{.One.Map.nope}}`, `{{.Map.a}}`, `{{.Map.none}}`, `{{.Map.a 3}}`,
		`{{index .List 1}} {{index .Map "z"}} {{index .Any "k"}} {{index .ByInt 10}} {{index .Array .N}}`, `{{index .List 5}}`, `{{index .List "x"}}`, `{{index .Nil 1}}`, `{{index nil 1}}`, `{{index .N 1}}`, `{{index .Map 1}}`, `{{index .List nil}}`,
		`{{slice .List 1}} {{slice .List 1 2}} {{slice .S 0 1}} {{slice .List 0 1 2}}`, `{{slice .S 0 1 2}}`, `{{slice .List 2 1}}`, `{{slice .N}}`, `{{slice .List 1 2 3 4}}`,
		`{{len .List}}{{len .S}}{{len .Map}}`, `{{len .N}}`, `{{len .Nil}}`, `{{call .Func 2 "ab"}}`, `{{call .Func 2}}`, `{{call .N}}`, `{{call .Func "a" 2}}`, `{{.Func}}`, `{{call nil}}`,
		`{{html .S}}|{{js .S}}|{{urlquery .S .N}}|{{.S | html}}`, `{{print 1 2 "a" "b" .F}}{{println .N}}{{printf "%05d %q %v" .N .S .B}}`, `{{printf "%d" 07 | print}} {{0x1F}} {{'a'}} {{1e3}} {{1.5}} {{1i}} {{true}} {{"q\n"}}` + " {{`raw`}}",
		`{{9223372036854775808}}`, `{{eq .N 3}} {{eq .N 4 3}} {{eq .U 7}} {{eq .S "x"}} {{eq .F 2.5}} {{eq .B true}} {{eq .C 1i}} {{eq .Nil nil}} {{eq .NilAny nil}}`, `{{eq .N "3"}}`, `{{eq .List .List}}`, `{{eq .N}}`, `{{eq .Map nil}}`,
		`{{ne .N 3}} {{lt .N 4}} {{le .N 3}} {{gt .S "a"}} {{ge .F 2.5}} {{lt .N .U}} {{gt .U .N}} {{lt .U -1}}`, `{{lt .B true}}`, `{{lt .N 1.5}}`, `{{lt .C .C}}`, `{{lt .List .List}}`,
		`{{.hidden}}`, `{{.Nope}}`, `{{.N.Nope}}`, `{{.S 3}}`, `{{3 4}}`, `{{nil}}`, `{{nofunc}}`, `{{$x}}`, `{{.N | .S}}`, `{{(.N).X}}`, `{{.N | printf "%d-%d" 1}}`, `{{upper}}`, `{{upper .S}}{{.List | join ","}}`, `{{upper 3}}`, `{{upper nil}}`, `{{fails .N}}`, `{{fails 0}}`, `{{panics}}`,
		`{{if}}x{{end}}`, `{{range .List}}`, `{{end}}`, `{{.S`, `{{break}}`, `{{else}}`, `{{$.N}}{{$.One.Name}}`, `{{.Any.k}}`, `{{.Any.none}}`, `{{with .Any}}{{.l}}{{end}}`, `{{(index .Any.l 1)}}`, `{{and}}`, `{{and 0 1}}{{and 1 2}}{{or 0 1}}{{or 0 ""}}{{1 | and 2}}{{0 | or 0}}`,
		`{{.Bytes}} {{printf "%s" .Bytes}} {{.Array}}`, `{{takes .N .U .F .B .C .S .One nil}}`, `{{takes 1 2 3.5 true 1i "s" .One nil}}`, `{{takes 1.5 2 3 true 1 "s" .One nil}}`, `{{takes 1 -2 3 true 1 "s" .One nil}}`, `{{takes 1 2 3 "t" 1 "s" .One nil}}`, `{{takes 1 2 3 true 1 4 .One nil}}`, `{{takes 1 2 "x" true 1 "s" .One nil}}`, `{{takes 1 2 3 true "c" "s" .One nil}}`, `{{takes nil 2 3 true 1 "s" .One nil}}`, `{{takes 1 2 3 true 1 "s" (index .Inner 0) nil}}`, `{{takes 1 2 3 true 1 "s" .N nil}}`, `{{takes 1 2 3 true 1 "s" nil .S}}`, `{{takes 1}}`,
	}
}

// Inner1At is the time of the second inner. Its name is not among those that templates may call.
func (d *data) Inner1At() time.Time { return d.Inner[1].At }

func functions() map[string]any {
	return map[string]any{
		"upper": strings.ToUpper, "join": func(sep string, s []string) string { return strings.Join(s, sep) },
		"fails": func(n int) (string, error) {
			if n == 0 {
				return "", errors.New("zero")
			}
			return "fine", nil
		},
		"panics": func() string { panic("at the disco") },
		"takes": func(n int, u uint, f float64, b bool, c complex128, s string, i *inner, a any) string {
			return strings.Join([]string{reflect.TypeOf(n).String(), s, i.Name()}, " ")
		},
	}
}

// TestAsGo fills in every template with this package and with Go's own: the same text comes out, or the same error.
func TestAsGo(t *testing.T) {
	for _, strict := range []bool{false, true} {
		for _, text := range texts() {
			option := map[bool]string{true: "missingkey=error", false: "missingkey=default"}[strict]
			var want, got bytes.Buffer
			with := sample()
			theirs, wantErr := gotemplate.New("t").Option(option).Funcs(functions()).Parse(text)
			if wantErr == nil {
				wantErr = theirs.Execute(&want, with)
			}
			ours, err := Parse("t", text, strict, functions())
			if err == nil {
				err = ours.Execute(&got, with)
			}
			if strings.Contains(text, "Inner1At") { // the one difference
				if err == nil || !strings.Contains(err.Error(), "can't evaluate field Inner1At") {
					t.Errorf("%s: a method that is not listed gives %v", text, err)
				}
				continue
			}
			if want.String() != got.String() {
				t.Errorf("%s\n got %q\nwant %q", text, got.String(), want.String())
			}
			switch {
			case (err == nil) != (wantErr == nil):
				t.Errorf("%s\n got error %v\nwant error %v", text, err, wantErr)
			case err != nil && err.Error() != wantErr.Error():
				t.Errorf("%s\n got error %v\nwant error %v", text, err, wantErr)
			}
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteError(t *testing.T) {
	for _, text := range []string{"text", "{{.N}}"} {
		tmpl, err := Parse("t", text, true, nil)
		if err != nil {
			t.Fatal(err)
		}
		var exec ExecError
		if err := tmpl.Execute(broken{}, sample()); err == nil || err.Error() != "disk full" || errors.As(err, &exec) {
			t.Errorf("%s: error %v, want the writer's own", text, err)
		}
	}
}

func FuzzAsGo(f *testing.F) {
	for _, text := range texts() {
		if !strings.Contains(text, "Inner1At") && !strings.Contains(text, `{{define "r"}}`) {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "template") || strings.Contains(text, "block") || strings.Contains(text, "range") && strings.ContainsAny(text, "123456789") {
			return // may go on for very long, in both
		}
		var want, got bytes.Buffer
		theirs, wantErr := gotemplate.New("t").Funcs(functions()).Parse(text)
		ours, err := Parse("t", text, false, functions())
		if (wantErr == nil) != (err == nil) {
			t.Fatalf("parsing: %v and %v", err, wantErr)
		}
		if err != nil {
			return
		}
		with := sample()
		wantErr, err = theirs.Execute(&want, with), ours.Execute(&got, with)
		if (wantErr == nil) != (err == nil) && !strings.Contains(err.Error(), "can't evaluate field") {
			t.Fatalf("filling in: %v and %v", err, wantErr)
		}
		if err == nil && got.String() != want.String() {
			t.Fatalf("got %q, want %q", got.String(), want.String())
		}
	})
}
