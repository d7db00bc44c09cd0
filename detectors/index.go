package detectors

import (
	"bytes"
	"slices"

	"github.com/unleak/unleak/rules"
)

// literalIndex gathers the literals of all rules, each once, and their runs, of which many are alike.
type literalIndex struct {
	literals []literal
	at       map[literalKey]int
	runs     map[rules.Run]*rules.Run
}

// run returns the run that matches of a rule with a regex hold; nil for none.
func (b *literalIndex) run(c *compiled) *rules.Run {
	if _, ok := c.technique.(regexTechnique); !ok || c.Plan.Run.Len == 0 {
		return nil
	}
	run, ok := b.runs[c.Plan.Run]
	if !ok {
		run = &c.Plan.Run
		b.runs[c.Plan.Run] = run
	}
	return run
}

type literalKey struct {
	text string
	fold bool
}

func (e *Engine) index(b *literalIndex, c *compiled) {
	if c.technique == nil { // compile has told why
		return
	}
	switch c.technique.(type) {
	case startTechnique:
		e.atStart = append(e.atStart, c)
	case secretFileTechnique:
		e.wholeFile = append(e.wholeFile, c)
	}
	lits := c.technique.literals(c)
	if len(lits) == 0 && c.Regex != "" {
		e.unbound = append(e.unbound, c)
	}
	if isBlock(c.technique) {
		for _, l := range lits {
			e.addMark(firstWord(l.Text))
		}
	}
	run := b.run(c)
	for _, l := range lits {
		e.before = max(e.before, int(l.Before[1])+1)
		e.after = max(e.after, int(l.After)+1)
		e.longest = max(e.longest, len(l.Text))
		key := literalKey{l.Text, l.Fold}
		i, ok := b.at[key]
		if !ok {
			i = len(b.literals)
			b.at[key] = i
			b.literals = append(b.literals, literal{text: l.Text, fold: l.Fold})
		}
		ref := reference{rule: c, literal: l, run: run, left: int(l.Before[1]) + 1, right: int(l.After) + 1}
		if isBlock(c.technique) {
			ref.left, ref.right = unseen, unseen
			b.literals[i].block = true
		}
		b.literals[i].refs = append(b.literals[i].refs, ref)
	}
}

// addMark adds what tells that a block may stand in a text.
func (e *Engine) addMark(mark []byte) {
	if !slices.ContainsFunc(e.marks, func(m []byte) bool { return bytes.Equal(m, mark) }) {
		e.marks = append(e.marks, mark)
	}
}

// joinRuns works out the run that the matches of all unbound rules hold, so that one look rules all of them out.
func (e *Engine) joinRuns() {
	for i, c := range e.unbound {
		r := &c.Plan.Run
		e.reach = max(e.reach, c.Plan.MaxLen+1)
		if i == 0 {
			e.anyRun = *r
		}
		e.anyRun.Len = min(e.anyRun.Len, r.Len)
		for k := range r.Class {
			e.anyRun.Class[k] |= r.Class[k]
		}
	}
}
