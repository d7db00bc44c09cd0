package triage

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
)

// Baseline is the set of findings a team has agreed to look at later. Its file has one finding a line, sorted, with no
// positions, so that two branches' changes merge line by line:
//
//	unleak-baseline v1
//	00f3a9c2d17b54e86a01 aws-secret-access-key
//	8c1f0a3b5d7e9f102132 generic-password
//
// The head carries key=... when the ids were made with an id key.
type Baseline struct {
	Name    string
	keyMark string
	rules   map[string]string // by id
}

const (
	baselineHead    = "unleak-baseline v1"
	baselineKeyHead = baselineHead + " key="
)

// ErrOtherKey says that a baseline's ids were made with another id key, or with none, and cannot be compared.
var ErrOtherKey = errors.New("made with another id key")

// NewBaseline returns a baseline of all findings, suppressed inline or by ignore file excepted. It sets missing ids.
func NewBaseline(findings []finding.Finding, key []byte) *Baseline {
	b := &Baseline{keyMark: KeyMark(key), rules: map[string]string{}}
	b.Update(findings, key)
	return b
}

// ParseBaseline reads a baseline. Order and repeated lines do not matter, so a merge by union is as good as any.
func ParseBaseline(name string, data []byte, key []byte) (*Baseline, error) {
	b := &Baseline{Name: name, keyMark: KeyMark(key), rules: map[string]string{}}
	if len(data) > maxIgnoreFile {
		return nil, fmt.Errorf("%s: over %d MiB, which is too large for a baseline", name, maxIgnoreFile>>20)
	}
	n, head := 0, false
	var errs []error
	for line := range strings.Lines(string(data)) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if err := b.parseLine(line, &head); err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", name, n, err))
			if !head || len(errs) == maxIgnoreTells {
				break
			}
		}
	}
	if !head && errs == nil {
		errs = append(errs, fmt.Errorf("%s: empty; a baseline starts with %q", name, baselineHead))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return b, nil
}

func (b *Baseline) parseLine(line string, head *bool) error {
	if mark, keyed := strings.CutPrefix(line, baselineKeyHead); line == baselineHead || keyed {
		if *head && mark != "" && mark != b.keyMark || mark != b.keyMark && keyed || !keyed && b.keyMark != "" {
			return fmt.Errorf("%w; set the id key the team uses (id_key, UNLEAK_ID_KEY) or create the baseline anew", ErrOtherKey)
		}
		*head = true
		return nil
	}
	switch {
	case !*head && (line[0] == '{' || line[0] == '['):
		return errors.New("no baseline but JSON: of a report, `unleak baseline create REPORT.json FILE` makes one")
	case !*head:
		return fmt.Errorf("no baseline of this version: it starts with %q", baselineHead)
	case strings.HasPrefix(line, "<<<<<<<"), strings.HasPrefix(line, "======="), strings.HasPrefix(line, ">>>>>>>"), strings.HasPrefix(line, "|||||||"):
		return errors.New("merge conflict; keep the lines of both sides and delete this mark")
	}
	id, rule, _ := strings.Cut(line, " ")
	rule = strings.TrimSpace(rule)
	if !ValidID(id) || !ruleID(rule) {
		return errors.New("not of the form ID RULE")
	}
	b.rules[id] = rule
	return nil
}

// Bytes returns the file.
func (b *Baseline) Bytes() []byte {
	lines := make([]string, 0, len(b.rules))
	for id, rule := range b.rules {
		lines = append(lines, id+" "+rule+"\n")
	}
	slices.Sort(lines)
	var out bytes.Buffer
	out.WriteString(baselineHead)
	if b.keyMark != "" {
		out.WriteString(" key=" + b.keyMark)
	}
	out.WriteByte('\n')
	for _, l := range lines {
		out.WriteString(l)
	}
	return out.Bytes()
}

// Len returns how many findings it holds.
func (b *Baseline) Len() int { return len(b.rules) }

// Has tells whether a finding, which must have its id, is in the baseline.
func (b *Baseline) Has(f *finding.Finding) bool {
	rule, ok := b.rules[f.ID]
	return ok && rule == f.Rule
}

// Update makes the baseline hold what was found, leaving out what an inline allow or an ignore file silences, and
// returns how many findings are new in it and how many are gone. Call it with all findings of a complete scan only.
func (b *Baseline) Update(findings []finding.Finding, key []byte) (added, gone int) {
	now, added, gone := b.compare(findings, key)
	b.rules = now
	return added, gone
}

// Extend adds what was found as Update does and keeps what was not, and returns how many findings are new and how many
// were not found. It is for the findings of a scan that could not see all that the baseline is for.
func (b *Baseline) Extend(findings []finding.Finding, key []byte) (added, unseen int) {
	now, added, unseen := b.compare(findings, key)
	maps.Copy(b.rules, now)
	return added, unseen
}

func (b *Baseline) compare(findings []finding.Finding, key []byte) (now map[string]string, added, gone int) {
	SetIDs(findings, key)
	now = map[string]string{}
	for i := range findings {
		f := &findings[i]
		if f.Suppression != nil && f.Suppression.By != ByBaseline {
			continue
		}
		now[f.ID] = f.Rule
		if _, ok := b.rules[f.ID]; !ok {
			added++
		}
	}
	for id := range b.rules {
		if _, ok := now[id]; !ok {
			gone++
		}
	}
	return now, added, gone
}
