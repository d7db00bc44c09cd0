package report

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/unleak/unleak/config"
	"github.com/unleak/unleak/finding"
)

// validator compiles a JSON Schema file, with those it refers to.
func validator(t *testing.T, path string, beside ...string) func(text string) error {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for _, name := range append(beside, path) {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"https://example.com/" + filepath.Base(name), idOf(doc)} {
			if err := c.AddResource(id, doc); err != nil {
				t.Fatal(err)
			}
		}
	}
	schema, err := c.Compile("https://example.com/" + filepath.Base(path))
	if err != nil {
		t.Fatal(err)
	}
	return func(text string) error {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			return err
		}
		return schema.Validate(v)
	}
}

// idOf returns the address by which other schemas refer to one.
func idOf(schema any) string {
	fields, _ := schema.(map[string]any)
	id, _ := fields["$id"].(string)
	return id
}

// reports are what every format is validated with.
func reports() map[string]*finding.Report {
	odd := everywhere("odd \xff\x00 bytes\u2028 and <tags> 12", "x\xff\x1b[31m\u202e%00")
	many := &finding.Report{}
	for range 30 {
		f := githubFinding()
		for i := range 150 {
			p := f.Places[1]
			p.Start.Line, p.End.Line = i, i // 0: a position nobody located
			p.Start.Column, p.End.Column = 0, 0
			f.Places = append(f.Places, p)
		}
		many.Findings = append(many.Findings, f)
	}
	return map[string]*finding.Report{"full": fixture(), "empty": {}, "odd": odd, "many": many}
}

func TestSARIFSchema(t *testing.T) {
	validate := validator(t, "../sarif/testdata/sarif-schema-2.1.0.json")
	for name, r := range reports() {
		for _, show := range []bool{false, true} {
			if err := validate(render(t, "sarif", r, Options{Rule: catalogue, ShowSecrets: show})); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if err := validate(strings.Replace(render(t, "sarif", fixture(), Options{}), `"startLine": 12`, `"startLine": 0`, 1)); err == nil {
		t.Error("a wrong log passes")
	}
}

func TestJSONSchema(t *testing.T) {
	validate := validator(t, "../docs/schema/report.schema.json")
	for name, r := range reports() {
		for _, show := range []bool{false, true} {
			if err := validate(render(t, "json", r, Options{ShowSecrets: show})); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if err := validate(strings.Replace(render(t, "json", fixture(), Options{}), `"severity": "critical"`, `"severity": "grave"`, 1)); err == nil {
		t.Error("a wrong report passes")
	}
}

// TestConfigSchema keeps the schema for editors true to what the loader reads.
func TestConfigSchema(t *testing.T) {
	validate := validator(t, "../docs/schema/config.schema.json")
	text, err := os.ReadFile("../docs/schema/config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct{ Properties map[string]any }
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	want := config.Keys()
	slices.Sort(want)
	if diff := cmp.Diff(want, sortedKeys(schema.Properties)); diff != "" {
		t.Errorf("keys (-loader +schema):\n%s", diff)
	}
	if err := validate(`{"exclude":["vendor/**"],"fail_on":"high","min_confidence":0.5,"disable":["jwt"]}`); err != nil {
		t.Error(err)
	}
	for _, wrong := range []string{`{"exclud":[]}`, `{"fail_on":"grave"}`, `{"min_confidence":2}`, `{"disable":["No Rule"]}`} {
		if validate(wrong) == nil {
			t.Errorf("%s passes", wrong)
		}
	}
}

func TestReadBack(t *testing.T) {
	for name, r := range reports() {
		for _, format := range []string{"json", "jsonl"} {
			for _, show := range []bool{false, true} {
				opts := Options{ShowSecrets: show}
				first := render(t, format, r, opts)
				if name == "odd" { // JSON has no way to write bytes that are no UTF-8
					first = strings.ReplaceAll(first, `\ufffd`, "\ufffd")
				}
				back, err := Read(name, strings.NewReader(first))
				if err != nil {
					t.Fatal(name, err)
				}
				if second := render(t, format, back, opts); second != first {
					t.Errorf("%s %s, shown %v: reading back changes the report", name, format, show)
				}
			}
		}
	}
}

func TestReadRefuses(t *testing.T) {
	lines := strings.Split(render(t, "jsonl", fixture(), Options{}), "\n")
	for name, text := range map[string]string{
		"empty":         "",
		"not JSON":      "hello",
		"other tool":    `{"results":[]}`,
		"a list":        `[]`,
		"other version": `{"schema":"unleak-report/99"}`,
		"cut off":       strings.Join(lines[:2], "\n"),
		"cut within":    strings.Join(lines[:2], "\n")[:len(lines[0])+30],
		"no id":         fmt.Sprintf(`{"schema":%q,"findings":[{"rule":"x"}]}`, Schema),
		"odd status":    fmt.Sprintf(`{"schema":%q,"findings":[{"id":"x","rule":"x","places":[{}],"verdict":{"status":"live\n\u001b[31m"}}]}`, Schema),
		"wrong type":    fmt.Sprintf(`{"schema":%q,"findings":{}}`, Schema),
	} {
		if _, err := Read("r.json", strings.NewReader(text)); err == nil || !strings.HasPrefix(err.Error(), "r.json: ") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
