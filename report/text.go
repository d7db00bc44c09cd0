package report

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/arrange"
	"github.com/unleak/unleak/rules"
)

// writeText writes the report for a person: one block a credential, the worst first, then what was read and what was
// not.
func writeText(w io.Writer, v *view) error {
	if v.Command == commandVerify || v.Command == commandVerifyKey {
		return writeRecheck(w, v)
	}
	b := bufio.NewWriter(w)
	t := newTerminal(b, v.opts)
	active, suppressed := v.split()
	arrange.By(active, func(a, b *finding.Finding) int {
		return cmp.Or(cmp.Compare(urgency(b), urgency(a)), cmp.Compare(b.Verdict.Rights(), a.Verdict.Rights()), cmp.Compare(b.Confidence, a.Confidence))
	})
	t.credentials(credentials(active), v)
	for _, o := range v.Observations {
		t.observation(&o)
	}
	t.summary(v, active, suppressed)
	return cmp.Or(t.err, b.Flush())
}

// atOnce is how many credentials are laid out before what they take is written.
const atOnce = 4096

// credentials writes a block each.
func (t *terminal) credentials(all []credential, v *view) {
	told := map[string]bool{}
	for part := range slices.Chunk(all, atOnce) {
		advise := make([]bool, len(part)) // what to do is the same for all findings of a rule
		for i, c := range part {
			rule := c[0].Rule
			advise[i], told[rule] = !told[rule], true
		}
		for _, text := range inShares(len(part), func(from, to int) *bytes.Buffer {
			b := &bytes.Buffer{}
			own := newTerminal(b, v.opts)
			for i := from; i < to; i++ {
				own.credential(part[i], advise[i], v)
			}
			return b
		}) {
			t.write(text.String())
		}
	}
}

func (t *terminal) credential(c credential, advise bool, v *view) {
	f := c[0]
	t.finding(f, v.opts.MaxPlaces, tellVerdict(f, v.rule(f.Rule)))
	t.others(c, v)
	if advise {
		t.advice(v.rule(f.Rule))
	}
	t.line("")
}

// urgency ranks by severity; what is live comes before all else, what is dead after.
func urgency(f *finding.Finding) int {
	rank := int(f.Severity)
	if f.Verdict != nil {
		switch f.Verdict.Status {
		case finding.Live:
			rank += 10
		case finding.Dead, finding.Expired:
			rank -= 10
		}
	}
	return rank
}

// tellVerdict tells whether a verdict is worth a line: that nobody was asked is one where somebody could have been.
func tellVerdict(f *finding.Finding, rule *rules.Rule) bool {
	if f.Verdict == nil || f.Verdict.Status != finding.NotChecked {
		return f.Verdict != nil
	}
	return rule != nil && rule.Verify != nil && f.Verdict.Cause != "dry run"
}

func (t *terminal) finding(f *finding.Finding, places int, verdict bool) {
	severity := strings.ToUpper(f.Severity.String())
	title := clean(cmp.Or(f.Title, f.Rule))
	t.both(t.style(severityStyle(f.Severity), severity)+"  "+t.style(bold, title), severity+"  "+title, clean(f.Rule), clean(f.ID))
	t.secret(f)
	if verdict {
		t.verdict(f.Verdict)
	}
	t.places(f, places)
	t.exposure(f)
	t.stored(f.Stored)
	for i, p := range f.Proofs {
		t.styled(onlyFirst("proof", i), strings.TrimSuffix(p.Kind+": "+p.Detail, ": "), green)
	}
	if slices.Contains(f.Tags, "checksum-mismatch") {
		t.styled(onlyFirst("proof", len(f.Proofs)), "the checksum does not hold: mistyped or made up", yellow)
	}
}

// onlyFirst is the label of the first of several lines.
func onlyFirst(label string, i int) string {
	if i > 0 {
		return ""
	}
	return label
}

// advice writes what whoever holds the credential can do, and what to do about it.
func (t *terminal) advice(rule *rules.Rule) {
	if rule == nil {
		return
	}
	if rule.Opens != "" {
		t.field("opens", rule.Opens)
	}
	t.steps(rule)
}

func severityStyle(s finding.Severity) string {
	switch s {
	case finding.Critical:
		return onRed
	case finding.High:
		return bold + ";" + red
	case finding.Medium:
		return bold + ";" + yellow
	case finding.Low:
		return blue
	}
	return dim
}

// secret writes the masked value with everything that says how sure the finding is.
func (t *terminal) secret(f *finding.Finding) {
	notes := []string{fmt.Sprintf("confidence %.2f", f.Confidence)}
	if len(f.Tags) > 0 {
		notes = append(notes, strings.Join(f.Tags, ", "))
	}
	value := f.Secret.Reveal()
	if i := strings.IndexByte(value, '\n'); i >= 0 {
		value = value[:i] + " …"
	}
	value = shorten(clean(value), t.width-labelColumns-2)
	rest := "(" + clean(strings.Join(notes, "; ")) + ")"
	if columns(value)+2+columns(rest) <= t.width-labelColumns {
		t.line(t.label("secret") + t.style(bold, value) + "  " + t.style(dim, rest))
	} else {
		t.line(t.label("secret") + t.style(bold, value))
		t.styled("", rest, dim)
	}
	t.parts(f)
}

// parts writes the other components of a credential, those that only say where it belongs on one line.
func (t *terminal) parts(f *finding.Finding) {
	var place []string
	label := "with"
	for _, p := range f.Parts {
		text := p.Name + ": " + p.Value.Reveal()
		if p.Open() {
			place = append(place, text)
			continue
		}
		t.field(label, text)
		label = ""
	}
	if len(place) > 0 {
		t.field("for", strings.Join(place, ", "))
	}
}

func (t *terminal) verdict(v *finding.Verdict) {
	text := string(v.Status)
	if v.Cause != "" {
		text += ": " + v.Cause
	}
	if v.Host != "" {
		text += " (asked " + v.Host + ")"
	}
	sgr := yellow
	switch v.Status {
	case finding.Live:
		sgr = bold + ";" + red
	case finding.Dead, finding.Expired:
		sgr = green
	}
	t.styled("verified", text, sgr)
	for _, k := range sortedKeys(v.Facts) {
		t.field("", k+": "+v.Facts[k])
	}
}

// places writes the best place in full and some of the others in a line each.
func (t *terminal) places(f *finding.Finding, most int) {
	first := bestPlace(f)
	t.place(&f.Places[first])
	t.rest("also", f, first, 1, most)
}

// rest writes the places but one in a line each, the first of them with a label. shown is how many are on the page already.
func (t *terminal) rest(label string, f *finding.Finding, but, shown, most int) {
	if most == 0 {
		most = 5
	}
	for i := range f.Places {
		if i == but {
			continue
		}
		if shown == most {
			t.field("", fmt.Sprintf("and %s", plural(len(f.Places)-shown, "more place")))
			break
		}
		p := &f.Places[i]
		text := location(p)
		if hint := origin(p, true); hint != "" {
			text += "  " + hint
		}
		if p.Silenced != "" {
			text += "  (silenced: " + p.Silenced + ")"
		}
		t.field(label, text)
		label = ""
		shown++
	}
}

func (t *terminal) place(p *finding.Place) {
	t.line(t.label("where") + t.style(cyan, clean(location(p)))) // not wrapped: it is to be clicked
	if text := origin(p, false); text != "" {
		t.field("", text)
	}
	if p.Decoded != "" {
		t.field("", "decoded from "+strings.ReplaceAll(p.Decoded, ">", ", then "))
	}
	t.snippet(p)
}

// snippet writes the line with the secret underlined, cut so that the secret is in sight.
func (t *terminal) snippet(p *finding.Place) {
	const gutter = "│ "
	width := t.width - labelColumns - len("| ")
	mark := p.Mark
	if mark.Start < 0 || mark.End > len(p.Line) || mark.Start > mark.End {
		mark = finding.Span{}
	}
	before, value, after := clean(p.Line[:mark.Start]), clean(p.Line[mark.Start:mark.End]), clean(p.Line[mark.End:])
	before = strings.TrimLeft(before, " ")
	if before == "" && value == "" && strings.TrimSpace(after) == "" {
		return
	}
	value = shorten(value, width)
	left := width - columns(value)
	if n := columns(before); n > left {
		before = suffix(before, max(0, left-1))
		if left > 0 {
			before = "…" + before
		}
	}
	left -= columns(before)
	if left > 0 {
		after = shorten(after, left)
	} else {
		after = ""
	}
	t.line(t.label("") + t.style(dim, gutter) + before + t.style(bold+";"+red, value) + after)
	if value != "" {
		t.line(t.label("") + t.style(dim, gutter) + strings.Repeat(" ", columns(before)) +
			t.style(red, strings.Repeat("^", columns(value))))
	}
}

func (t *terminal) steps(rule *rules.Rule) {
	const most = 3
	for i, s := range rule.Remediation {
		if i == most {
			t.field("", fmt.Sprintf("… %s: unleak rules show %s", plural(len(rule.Remediation)-most, "more step"), rule.ID))
			break
		}
		label := "do next"
		if i > 0 {
			label = ""
		}
		lines := wrap(clean(s), t.width-labelColumns-3)
		for j, l := range lines {
			number := fmt.Sprintf("%d. ", i+1)
			if j > 0 {
				number, label = "   ", ""
			}
			t.line(t.label(label) + number + l)
		}
	}
}

func (t *terminal) observation(o *finding.Observation) {
	severity := strings.ToUpper(o.Severity.String())
	title := clean(o.Title)
	t.both(t.style(severityStyle(o.Severity), severity)+"  "+t.style(bold, title), severity+"  "+title, "observation")
	if o.Detail != "" {
		t.field("", o.Detail)
	}
	if o.Advice != "" {
		t.field("do next", o.Advice)
	}
	if len(o.Findings) > 0 {
		t.field("findings", strings.Join(o.Findings, " "))
	}
	t.line("")
}
