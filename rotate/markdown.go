package rotate

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
)

// page writes Markdown. Whatever comes from a report is freed of what would steer a terminal or forge markup.
type page struct{ w *bufio.Writer }

func (p page) line(format string, a ...any) { fmt.Fprintf(p.w, format+"\n", a...) }

func (p page) list(title string, numbered bool, items []string) {
	if len(items) == 0 {
		return
	}
	p.line("\n%s\n", title)
	for i, s := range items {
		mark := "- [ ]"
		if numbered {
			mark = fmt.Sprintf("%d.", i+1)
		}
		p.line("%s %s", mark, clean(s))
	}
}

// clean makes a text safe to stand in a line of Markdown.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(s, string(unicode.ReplacementChar)))
	return strings.NewReplacer("<", "&lt;", "`", "'", "|", `\|`, "[", `\[`).Replace(s)
}

func when(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// WritePlan writes a plan as Markdown.
func WritePlan(w io.Writer, plan Plan) error {
	p := page{bufio.NewWriter(w)}
	p.line("# Rotation plan\n\nMade %s. %d to rotate, the most urgent first.", when(plan.Made), len(plan.Items))
	if plan.Left > 0 {
		p.line("\nLeft out: %d of severity info (public ids and examples), which there is nothing to rotate of.", plan.Left)
	}
	for i := range plan.Items {
		p.item(&plan.Items[i])
	}
	return p.w.Flush()
}

func (p page) item(it *Item) {
	p.line("\n## %d. %s %s (%s)\n", it.Order, strings.ToUpper(it.Severity.String()), clean(it.Title), clean(it.Finding))
	p.line("- why here: %s", clean(it.Why))
	if it.Opens != "" {
		p.line("- opens: %s", clean(it.Opens))
	}
	p.line("- status: %s; secret: %s", it.Status, strings.ReplaceAll(clean(it.Secret), "*", `\*`))
	if it.Stored != "" {
		p.line("- stored: %s", clean(it.Stored))
	}
	if !it.Since.IsZero() {
		p.line("- exposed since: %s", when(it.Since))
	}
	if it.Owner != "" {
		p.line("- owner: %s", clean(it.Owner))
	}
	p.list("Steps at the issuer:", true, it.Steps)
	if len(it.Change) > 0 {
		p.line("\nPlaces to change:\n\n| where | kind | | what to do |\n|---|---|---|---|")
	}
	for _, c := range it.Change {
		does := c.Does
		if c.Name != "" {
			does += " (" + c.Name + ")"
		}
		p.line("| %s | %s | %s | %s |", clean(c.Where), clean(string(c.Kind)), clean(does), clean(c.Action))
	}
	p.list("Without an outage (blue/green):", false, it.Checks)
	p.list("In an emergency:", true, it.Urgent)
}

// WriteResults writes the results of a check as Markdown.
func WriteResults(w io.Writer, all []Result) error {
	p := page{bufio.NewWriter(w)}
	p.results(all)
	return p.w.Flush()
}

func (p page) results(all []Result) {
	p.line("| outcome | severity | credential | finding | evidence |\n|---|---|---|---|---|")
	for _, r := range all {
		var why []string
		for _, e := range r.Evidence {
			why = append(why, e.From+": "+e.Shows)
		}
		p.line("| %s | %s | %s | %s | %s |", r.Outcome, r.Severity, clean(r.Title), clean(r.Finding), clean(strings.Join(why, "; ")))
	}
	p.line("\n%d rotated, %d revoked, %d STILL LIVE, %d unknown", Count(all, Rotated), Count(all, Revoked), Count(all, StillLive), Count(all, Unknown))
}

// WriteIncident writes an incident as Markdown.
func WriteIncident(w io.Writer, in *Incident) error {
	p := page{bufio.NewWriter(w)}
	state := "open"
	if !in.Closed.IsZero() {
		state = "closed " + when(in.Closed)
	}
	p.line("# Incident: %d leaked credentials\n\nOpened %s, %s. Report %s of %s.", len(in.Leaks), when(in.Opened), state, clean(in.Report), clean(strings.Join(in.Targets, " ")))
	p.line("\n## What leaked\n\n| severity | credential | finding | exposed | owner | places |\n|---|---|---|---|---|---|")
	for i := range in.Leaks {
		l := &in.Leaks[i]
		p.line("| %s | %s | %s | %s | %s | %s |", l.Severity, clean(l.Title), clean(l.Finding), exposed(l), clean(l.Owner), places(l))
	}
	for i := len(in.Checks) - 1; i >= 0; i-- {
		c := &in.Checks[i]
		p.line("\n## Checked %s\n", when(c.Time))
		p.results(c.Results)
	}
	return p.w.Flush()
}

func exposed(l *Leak) string {
	text := "not dated"
	if !l.First.IsZero() {
		text = "since " + when(l.First)
	}
	if l.Now {
		return text + ", still there"
	}
	if !l.Last.IsZero() {
		return text + " until " + when(l.Last)
	}
	return text
}

func places(l *Leak) string {
	const most = 10
	out := l.Places[:min(len(l.Places), most)]
	text := clean(strings.Join(out, ", "))
	if n := len(l.Places) - len(out) + l.More; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}
