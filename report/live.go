package report

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/unleak/unleak/finding"
)

// Live writes the jsonl format while a scan goes on. A line of type "finding" goes out as soon as the scanner has a
// credential, with the places known by then; where more comes to be known of it, a line of type "final" says all at the
// end and takes its place. It is for one goroutine at a time.
//
// A line is masked by every secret that is told with it and of all that was told before: those of the text it was found
// in, or, of a stream that is told line by line, of its line. A secret that only a later text, or a later line of such a
// stream, gives away can not be known yet: its value may stand in an earlier line where no rule takes it for one.
type Live struct {
	lines   *json.Encoder
	opts    Options
	secrets *secrets
	masker  *masker
	told    map[string]mark // by id
	order   []string        // ids as they were written
}

// mark stands for what was written of a credential.
type mark [16]byte

// NewLive writes the head of a report and returns what writes the rest. What stands beside is masked in the head and in all
// lines.
func NewLive(w io.Writer, r *finding.Report, opts Options) (*Live, error) {
	s := newSecrets()
	if !opts.ShowSecrets {
		s.gather(nil, r.Beside)
	}
	l := &Live{lines: newLines(w), opts: opts, secrets: s, masker: newMasker(s), told: map[string]mark{}}
	return l, writeHead(l.lines, toJSON(newView(r, opts)))
}

// Tell writes a line for each finding, unless one of its id was written. Findings must have ids. beside are secrets that
// the lines may show as well.
func (l *Live) Tell(found []finding.Finding, beside []finding.Secret) error {
	if !l.opts.ShowSecrets {
		l.secrets.gather(found, beside)
		l.masker.learn(l.secrets)
	}
	for i := range found {
		f := &found[i]
		if _, ok := l.told[f.ID]; ok {
			continue
		}
		if !l.opts.ShowSecrets {
			masked := l.masker.finding(f)
			f = &masked
		}
		line := toJSONFinding(f)
		m, err := markOf(line)
		if err != nil {
			return err
		}
		l.told[f.ID] = m
		l.order = append(l.order, f.ID)
		if err := writeFinding(l.lines, line); err != nil {
			return err
		}
	}
	return nil
}

// Close writes what is known now that the scan is over: findings that were not told, those that were and are more, and
// the rest of the report.
func (l *Live) Close(report *finding.Report) error {
	r := toJSON(newView(report, l.opts))
	order := make([]string, len(r.Findings))
	for i := range r.Findings {
		order[i] = r.Findings[i].ID
	}
	for _, f := range r.Findings {
		was, told := l.told[f.ID]
		m, err := markOf(f)
		if err != nil {
			return err
		}
		delete(l.told, f.ID)
		switch {
		case !told:
			l.order = append(l.order, f.ID)
			err = writeFinding(l.lines, f)
		case was != m:
			err = writeTyped(l.lines, "final", f)
		}
		if err != nil {
			return err
		}
	}
	if err := l.withdraw(); err != nil {
		return err
	}
	if !slices.Equal(order, l.order) {
		if err := l.lines.Encode(typedOrder{"order", order}); err != nil {
			return err
		}
	}
	return writeRest(l.lines, &r)
}

// withdraw says of which credentials the whole scan knows better than the part that was known.
func (l *Live) withdraw() error {
	for _, id := range slices.Sorted(maps.Keys(l.told)) {
		if err := l.lines.Encode(typedID{"withdrawn", id}); err != nil {
			return err
		}
	}
	l.order = slices.DeleteFunc(l.order, func(id string) bool { _, withdrawn := l.told[id]; return withdrawn })
	return nil
}

type typedID struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

// typedOrder names the findings in the order of the other formats, where it is not that of the lines.
type typedOrder struct {
	Type     string   `json:"type"`
	Findings []string `json:"findings"`
}

func markOf(f jsonFinding) (m mark, err error) {
	text, err := json.Marshal(f)
	if err != nil {
		return m, fmt.Errorf("finding %s: %w", f.ID, err)
	}
	sum := sha256.Sum256(text)
	copy(m[:], sum[:])
	return m, nil
}
