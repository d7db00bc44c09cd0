package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
)

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// exposure writes since when and where the credential could be read.
func (t *terminal) exposure(f *finding.Finding) {
	e := f.Exposure
	if e == nil {
		return
	}
	if text := exposureTime(e); text != "" {
		t.field("exposed", text)
	}
	if len(e.Kinds) > 1 || len(e.In) > 1 {
		kinds := make([]string, len(e.Kinds))
		for i, k := range e.Kinds {
			kinds[i] = string(k)
		}
		text := "in " + strings.Join(kinds, ", ")
		if len(e.In) > 1 {
			text += "; in " + strings.Join(e.In, ", ")
		}
		t.field("", text)
	}
}

func exposureTime(e *finding.Exposure) string {
	if e.First.IsZero() {
		return ""
	}
	text := "since " + e.First.UTC().Format(time.DateOnly)
	switch {
	case e.Now:
		text += ", and still there"
	case e.Last.After(e.First):
		days := int64(e.Last.Sub(e.First).Hours() / 24)
		text += fmt.Sprintf(", until %s (%s)", e.Last.UTC().Format(time.DateOnly), plural(max(days, 1), "day"))
	}
	return text
}

// summary closes the text format: how much was found, hidden, read and left out.
func (t *terminal) summary(v *view, active, suppressed []*finding.Finding) {
	t.line(t.style(dim, strings.Repeat("─", t.width)))
	if len(active) == 0 {
		t.styled("found", "nothing", bold+";"+green)
	} else {
		t.styled("found", foundText(active), bold)
	}
	if text := verdictText(active); text != "" {
		t.field("verified", text)
	}
	if len(suppressed) > 0 {
		t.field("ignored", ignoredText(suppressed))
	}
	t.field("read", readText(&v.Coverage, v.Targets))
	t.skipped(v)
	for i, n := range v.Coverage.Notes {
		label := "note"
		if i > 0 {
			label = ""
		}
		t.styled(label, n, yellow)
	}
	if anyAdrift(active) {
		t.field("forget", "what no ref leads to, once it is revoked, with")
		t.line(t.label("") + finding.Forget) // not wrapped: it is to be copied
	}
	switch {
	case v.Coverage.Empty():
		t.styled("", "Nothing was read: this says nothing about the target.", bold+";"+yellow)
	case v.Coverage.Incomplete():
		t.styled("", "The scan is incomplete: what was skipped may hold more.", bold+";"+yellow)
	}
}

// anyAdrift tells whether something stands where no ref leads to.
func anyAdrift(active []*finding.Finding) bool {
	for _, f := range active {
		for i := range f.Places {
			if g := f.Places[i].Origin.Git; g != nil && g.Unreachable {
				return true
			}
		}
	}
	return false
}

func foundText(active []*finding.Finding) string {
	counts := map[finding.Severity]int{}
	places := 0
	all := credentials(active)
	for _, c := range all {
		counts[c[0].Severity]++
		for _, f := range c {
			places += len(f.Places)
		}
	}
	var by []string
	for s := finding.Critical; s >= finding.Info; s-- {
		if counts[s] > 0 {
			by = append(by, fmt.Sprintf("%s %s", thousands(int64(counts[s])), s))
		}
	}
	what := plural(len(all), "credential")
	if len(all) < len(active) {
		what += fmt.Sprintf(" (%s)", plural(len(active), "finding"))
	}
	return fmt.Sprintf("%s in %s: %s", what, plural(places, "place"), strings.Join(by, ", "))
}

// verdictText counts what issuers said; "" where nobody was asked.
func verdictText(active []*finding.Finding) string {
	counts := map[finding.Status]int{}
	for _, f := range active {
		if f.Verdict != nil {
			counts[f.Verdict.Status]++
		}
	}
	if len(counts) == 0 || len(counts) == 1 && counts[finding.NotChecked] > 0 {
		return ""
	}
	var by []string
	for _, s := range []finding.Status{finding.Live, finding.Expired, finding.Dead, finding.Unreliable, finding.Unknown, finding.NotChecked} {
		if counts[s] > 0 {
			by = append(by, fmt.Sprintf("%s %s", thousands(int64(counts[s])), s))
		}
	}
	return strings.Join(by, ", ")
}

func ignoredText(suppressed []*finding.Finding) string {
	counts := map[string]int{}
	for _, f := range suppressed {
		counts[f.Suppression.Who()]++
	}
	var by []string
	for _, k := range sortedKeys(counts) {
		by = append(by, fmt.Sprintf("%s by %s", thousands(int64(counts[k])), k))
	}
	return fmt.Sprintf("%s: %s", plural(len(suppressed), "finding"), strings.Join(by, ", "))
}

func readText(c *finding.Coverage, targets []string) string {
	var units []string
	for _, u := range sortedKeys(c.Counts) {
		if n := c.Counts[u]; n > 0 && !unread(u) {
			units = append(units, thousands(n)+" "+singular(u, n))
		}
	}
	if c.Bytes > 0 || len(units) == 0 {
		units = append(units, size(c.Bytes))
	}
	text := strings.Join(units, ", ")
	const most = 5 // of thousands that a shell names, nobody reads all
	switch more := len(targets) - most; {
	case len(targets) == 0:
		return text
	case more > 1:
		return text + " of " + strings.Join(targets[:most], ", ") + " and " + thousands(int64(more)) + " more"
	}
	return text + " of " + strings.Join(targets, ", ")
}

// singular returns the word for n of a unit: "index entries", "symbolic links not followed".
func singular(unit string, n int64) string {
	if n != 1 {
		return unit
	}
	head, rest, said := strings.Cut(unit, " not ")
	if said {
		rest = " not " + rest
	}
	if stem, ok := strings.CutSuffix(head, "ies"); ok {
		return stem + "y" + rest
	}
	return strings.TrimSuffix(head, "s") + rest
}

// skipped writes what was not read, each reason that is a gap with an example or two.
func (t *terminal) skipped(v *view) {
	label := "skipped"
	for _, r := range leftOut(v) {
		sgr := dim
		if r.gap {
			sgr = yellow
		}
		t.styled(label, r.text, sgr)
		label = ""
	}
}

func examples(c *finding.Coverage, r finding.SkipReason) string {
	const most = 2
	var names []string
	for _, e := range c.Examples {
		if e.Reason != r {
			continue
		}
		if len(names) == most {
			names = append(names, "…")
			break
		}
		name := shorten(e.Name, 60)
		if e.Detail != "" {
			name += " (" + shorten(e.Detail, 60) + ")"
		}
		names = append(names, name)
	}
	if names == nil {
		return ""
	}
	return ": " + strings.Join(names, ", ")
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
