package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"

	"github.com/unleak/unleak/finding"
)

// writeJSON encodes the findings on all processors, and what stands around them apart.
func writeJSON(w io.Writer, v *view) error {
	var b bytes.Buffer
	if err := indented(&b).Encode(toJSONAround(v)); err != nil {
		return err
	}
	const open = "\n  \"findings\": [" // once: a string has no line break, and deeper fields stand deeper
	at := bytes.Index(b.Bytes(), []byte(open)) + len(open)
	out := bufio.NewWriter(w)
	out.Write(b.Bytes()[:at])
	for i, s := range inShares(len(v.Findings), func(from, to int) jsonShare { return toJSONShare(v.Findings[from:to]) }) {
		if s.err != nil {
			return s.err
		}
		if i == 0 {
			s.text = s.text[1:]
		}
		out.Write(s.text)
	}
	if len(v.Findings) > 0 {
		out.WriteString("\n  ")
	}
	out.Write(b.Bytes()[at:])
	return out.Flush()
}

// jsonShare is some findings encoded, each with a comma before it.
type jsonShare struct {
	text []byte
	err  error
}

func toJSONShare(findings []finding.Finding) jsonShare {
	const usual = 1200 // bytes
	text := make([]byte, 0, len(findings)*usual)
	var b bytes.Buffer
	e := newLines(&b)
	for i := range findings {
		b.Reset()
		if err := e.Encode(toJSONFinding(&findings[i])); err != nil {
			return jsonShare{nil, err}
		}
		text = append(text, ",\n    "...)
		text = spread(text, b.Bytes()[:b.Len()-1], "    ", "  ") // without its line break
	}
	return jsonShare{text, nil}
}

func indented(w io.Writer) *json.Encoder {
	e := newLines(w)
	e.SetIndent("", "  ")
	return e
}

// writeJSONL writes a head, one line a finding and observation, and the coverage, each with its type.
func writeJSONL(w io.Writer, v *view) error {
	e := newLines(w)
	r := toJSON(v)
	if err := writeHead(e, r); err != nil {
		return err
	}
	for _, f := range r.Findings {
		if err := writeFinding(e, f); err != nil {
			return err
		}
	}
	return writeRest(e, &r)
}

// writeRest writes what comes after the findings.
func writeRest(e *json.Encoder, r *jsonReport) error {
	for _, o := range r.Observations {
		if err := e.Encode(struct {
			Type string `json:"type"`
			jsonObservation
		}{"observation", o}); err != nil {
			return err
		}
	}
	return writeCoverage(e, r.Summary, r.Coverage)
}

func newLines(w io.Writer) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e
}

func writeHead(e *json.Encoder, r jsonReport) error {
	return e.Encode(struct {
		Type      string             `json:"type"`
		Schema    string             `json:"schema"`
		Tool      jsonTool           `json:"tool"`
		Command   string             `json:"command"`
		Targets   []string           `json:"targets"`
		Revisions []finding.Revision `json:"revisions,omitempty"`
		Tree      *finding.Tree      `json:"work_tree,omitempty"`
		Secrets   string             `json:"secrets"`
	}{"report", r.Schema, r.Tool, r.Command, r.Targets, r.Revisions, r.Tree, r.Secrets})
}

func writeFinding(e *json.Encoder, f jsonFinding) error { return writeTyped(e, "finding", f) }

func writeTyped(e *json.Encoder, kind string, f jsonFinding) error {
	return e.Encode(struct {
		Type string `json:"type"`
		jsonFinding
	}{kind, f})
}

func writeCoverage(e *json.Encoder, s jsonSummary, c jsonCoverage) error {
	return e.Encode(struct {
		Type     string       `json:"type"`
		Summary  jsonSummary  `json:"summary"`
		Coverage jsonCoverage `json:"coverage"`
	}{"coverage", s, c})
}
