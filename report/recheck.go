package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/unleak/unleak/finding"
)

// Commands whose text is about verdicts: a report that was checked again, and one credential.
const (
	commandVerify    = "verify"
	commandVerifyKey = "verify key"
)

// writeRecheck writes what issuers said of the credentials of an earlier report, in the order of the findings: which
// are rotated, which are still live and how to rotate them, and of which nobody knows.
func writeRecheck(w io.Writer, v *view) error {
	b := bufio.NewWriter(w)
	t := newTerminal(b, v.opts)
	active, suppressed := v.split()
	told := map[string]bool{}
	for _, f := range active {
		t.recheck(f, v.Command == commandVerifyKey)
		if live(f) {
			t.places(f, v.opts.MaxPlaces)
			t.exposure(f)
			if rule := v.rule(f.Rule); rule != nil && !told[f.Rule] {
				told[f.Rule] = true
				if rule.Opens != "" {
					t.field("opens", rule.Opens)
				}
				t.allSteps("rotate", rule.Remediation)
			}
		} else if v.Command != commandVerifyKey {
			t.field("where", whereText(f))
		}
		t.line("")
	}
	t.line(t.style(dim, strings.Repeat("─", t.width)))
	t.closure(active)
	if len(suppressed) > 0 {
		t.field("ignored", ignoredText(suppressed)+"; not asked about")
	}
	return cmp.Or(t.err, b.Flush())
}

func live(f *finding.Finding) bool { return f.Verdict != nil && f.Verdict.Status == finding.Live }

// closed tells whether the issuer said that the credential opens nothing any more.
func closed(f *finding.Finding) bool {
	return f.Verdict != nil && (f.Verdict.Status == finding.Dead || f.Verdict.Status == finding.Expired)
}

// recheck writes a credential and what is known of it now.
func (t *terminal) recheck(f *finding.Finding, one bool) {
	word, sgr := "CANNOT TELL", bold+";"+yellow
	switch {
	case live(f):
		word, sgr = "STILL LIVE", onRed
	case closed(f):
		word, sgr = "rotated", green
	}
	if one {
		status := finding.NotChecked
		if f.Verdict != nil {
			status = f.Verdict.Status
		}
		word = strings.ToUpper(string(status))
	}
	severity := strings.ToUpper(f.Severity.String())
	title := clean(cmp.Or(f.Title, f.Rule))
	t.both(t.style(sgr, word)+"  "+t.style(severityStyle(f.Severity), severity)+"  "+t.style(bold, title), word+"  "+severity+"  "+title, clean(f.Rule), f.ID)
	value, _, _ := strings.Cut(f.Secret.Reveal(), "\n")
	t.line(t.label("secret") + t.style(bold, shorten(clean(value), t.width-labelColumns-2)))
	t.parts(f)
	if f.Verdict == nil {
		t.styled("verified", "not checked", yellow)
		return
	}
	t.verdict(f.Verdict)
}

// whereText names the best place and counts the others.
func whereText(f *finding.Finding) string {
	text := location(&f.Places[bestPlace(f)])
	if n := len(f.Places) - 1; n > 0 {
		text += " and " + plural(n, "more place")
	}
	return text
}

// allSteps writes a list of steps in full.
func (t *terminal) allSteps(label string, steps []string) {
	for i, s := range steps {
		for j, l := range wrap(clean(s), t.width-labelColumns-3) {
			number := "   "
			if j == 0 {
				number = fmt.Sprintf("%d. ", i+1)
			}
			if i+j > 0 {
				label = ""
			}
			t.line(t.label(label) + number + l)
		}
	}
}

// closure says what the verdicts come to.
func (t *terminal) closure(active []*finding.Finding) {
	still, rotated := 0, 0
	for _, f := range active {
		switch {
		case live(f):
			still++
		case closed(f):
			rotated++
		}
	}
	open := len(active) - still - rotated
	text := fmt.Sprintf("%d still live, %d rotated, %d cannot be told", still, rotated, open)
	switch {
	case len(active) == 0:
		t.field("result", "no credential to ask about")
	case still > 0:
		t.styled("result", text, bold+";"+red)
		t.field("", "Rotate what is live, in the order above, and ask again.")
	case open > 0:
		t.styled("result", text, bold+";"+yellow)
		t.field("", "Nothing is known to be live. What cannot be told stays open: see its cause.")
	default:
		t.styled("result", text, bold+";"+green)
		t.field("", "The issuers accept none of them any more: keep this report as evidence.")
	}
}
