package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
)

var update = flag.Bool("update", false, "write the golden files")

func render(t *testing.T, format string, r *finding.Report, opts Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, format, r, opts); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); run with -update if that is meant:\n%s", path, diff)
	}
}

const exampleTemplate = `{{range .Findings}}{{upper .Rule}} {{.Severity}} {{.Secret}} {{join "," .Tags | default "-"}}
{{range .Places}}  {{.Origin.Name}}:{{.Start.Line}} {{csv .Line}} {{json .Origin}}{{if .Allow}} {{.Allow}}{{end}}
{{end}}{{with .Verdict}}{{json .}}{{end}}{{with .Suppression}}{{json .}}{{end}}
{{end}}{{.Coverage.Bytes}} {{json .Coverage}} {{json .Targets}} {{json .Observations}}
`

func TestGolden(t *testing.T) {
	for _, f := range Formats() {
		t.Run(f.Name, func(t *testing.T) {
			opts := Options{Rule: catalogue, Template: exampleTemplate}
			golden(t, f.Name+f.Extension, render(t, f.Name, fixture(), opts))
			golden(t, f.Name+".empty"+f.Extension, render(t, f.Name, &finding.Report{Version: "v0.1.0", Command: "dir"}, opts))
		})
	}
}

func TestWriteLeavesReport(t *testing.T) {
	for _, f := range Formats() {
		r := fixture()
		render(t, f.Name, r, Options{Rule: catalogue, Template: exampleTemplate})
		if diff := cmp.Diff(fixture(), r, cmp.Comparer(func(a, b finding.Secret) bool { return a.Reveal() == b.Reveal() })); diff != "" {
			t.Errorf("%s changed the report:\n%s", f.Name, diff)
		}
	}
}
