package report

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/unleak/unleak/internal/arrange"
)

// lines gathers what follows the head of a JSONL report.
type lines struct {
	into  *jsonReport
	final map[string]*jsonFinding // by id, what takes the place of what was told before; nil: it was withdrawn
	order []string                // ids
}

// readLines reads them up to the coverage, which comes last.
func readLines(d *json.Decoder, in *jsonReport) error {
	l := lines{into: in, final: map[string]*jsonFinding{}}
	for n := 2; ; n++ {
		var line json.RawMessage
		err := d.Decode(&line)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return errors.New("cut off: the line of type \"coverage\" that ends a report is missing")
		}
		over := false
		if err == nil {
			over, err = l.line(line)
		}
		if err != nil {
			return fmt.Errorf("object %d: %w", n, err)
		}
		if over {
			l.settle()
			return nil
		}
	}
}

// line takes one; over: it is the last.
func (l *lines) line(text []byte) (over bool, err error) {
	var kind struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(text, &kind); err != nil {
		return false, err
	}
	switch kind.Type {
	case "finding", "final":
		var f jsonFinding
		err = json.Unmarshal(text, &f)
		if kind.Type == "final" {
			l.final[f.ID] = &f
		} else {
			l.into.Findings = append(l.into.Findings, f)
		}
	case "withdrawn":
		var f typedID
		err = json.Unmarshal(text, &f)
		l.final[f.ID] = nil
	case "order":
		var o typedOrder
		err = json.Unmarshal(text, &o)
		l.order = o.Findings
	case "observation":
		var o jsonObservation
		err = json.Unmarshal(text, &o)
		l.into.Observations = append(l.into.Observations, o)
	case "coverage":
		return true, json.Unmarshal(text, l.into)
	default:
		err = fmt.Errorf("unknown type %q", kind.Type)
	}
	return false, err
}

// settle puts what is known at the end in the place of what was told before, and all in order.
func (l *lines) settle() {
	all := l.into.Findings[:0]
	done := map[string]bool{}
	for _, f := range l.into.Findings {
		final, ok := l.final[f.ID]
		switch {
		case !ok:
			all = append(all, f)
		case final != nil && !done[f.ID]:
			done[f.ID] = true
			all = append(all, *final)
		}
	}
	l.into.Findings = all
	if len(l.order) == 0 {
		return
	}
	at := make(map[string]int, len(l.order))
	for i, id := range l.order {
		at[id] = i
	}
	arrange.By(all, func(a, b jsonFinding) int { return cmp.Compare(at[a.ID], at[b.ID]) })
}
