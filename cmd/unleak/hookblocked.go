package main

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/report"
)

// scanOutcome is what a scan came to, for what is said after it.
type scanOutcome struct {
	report   *finding.Report
	settings *settings
	err      error
}

// sayBlocked tells whoever made a commit or push why it was stopped, how to fix that, and how to let it pass with a
// reason.
func (a *app) sayBlocked(kind string, o *scanOutcome) {
	if a.quiet {
		return
	}
	if o.err == nil {
		a.sayPassed(o.report)
		return
	}
	var stopping []*finding.Finding
	for i := range o.report.Findings {
		if f := &o.report.Findings[i]; o.settings.reaches(f) && !o.settings.aside(f) {
			stopping = append(stopping, f)
		}
	}
	what, fix := hookWords(kind)
	var b strings.Builder
	if len(stopping) == 0 {
		fmt.Fprintf(a.stderr, "\nunleak stopped this %s: a part of it was not read, which may hold a secret. Above it says what and why.\n", what)
		return
	}
	o.settings.ids.Set(o.report.Findings)
	fmt.Fprintf(&b, "\nunleak stopped this %s: it adds %s, told above.\n", what, number(distinct(stopping), "secret", "secrets"))
	fmt.Fprintf(&b, "To fix it     %s\n", fix)
	allowWords(&b, kind, stopping)
	fmt.Fprint(a.stderr, report.MaskText(b.String(), o.report.Findings, o.report.Beside))
}

// distinct counts values: one may be a finding of several rules.
func distinct(all []*finding.Finding) int {
	n, told := 0, map[string]bool{}
	for _, f := range all {
		if !told[f.ID] {
			n++
		}
		for _, id := range f.Same {
			told[id] = true
		}
	}
	return n
}

// allowWords tells how to let findings pass: by a comment, as far as their lines can bear one, or by the ignore file.
func allowWords(b *strings.Builder, kind string, stopping []*finding.Finding) {
	remarkable := slices.DeleteFunc(slices.Clone(stopping), func(f *finding.Finding) bool { return !bearsComment(f) })
	file := "say why, in the repository's"
	if len(remarkable) > 0 {
		fmt.Fprintf(b, "To allow it   say why, in a comment on its line\n")
		each(b, remarkable, "                unleak:allow %s -- REASON   (%s)\n", func(f *finding.Finding) string { return f.Rule })
		file = "or in the repository's"
	}
	switch {
	case kind != "pre-receive": // a server honours its own file, not one that was pushed
		fmt.Fprintf(b, "%-14s%s %s\n", allowLabel(remarkable), file, ignoreName)
		each(b, stopping, "                unleak ignore add --id %s --reason \"REASON\"   # %s\n", func(f *finding.Finding) string { return f.ID })
	case len(remarkable) == 0:
		fmt.Fprintf(b, "To allow it   ask who runs the server for an entry in its own %s\n", ignoreName)
		each(b, stopping, "                id %s   (%s)\n", func(f *finding.Finding) string { return f.ID })
	}
}

// allowLabel begins the way by the ignore file where there is no other.
func allowLabel(remarkable []*finding.Finding) string {
	if len(remarkable) > 0 {
		return ""
	}
	return "To allow it"
}

// commentless are the endings of files whose format has no comments.
var commentless = []string{".json", ".ipynb", ".jsonl", ".ndjson", ".csv", ".tsv", ".pem", ".key"}

// bearsComment tells whether a comment can stand on the lines of a finding: what goes over several lines would be
// broken by one, names have none, and neither have JSON and its like.
func bearsComment(f *finding.Finding) bool {
	for i := range f.Places {
		p := &f.Places[i]
		if p.End.Line > p.Start.Line || p.Origin.InName() || len(p.Origin.Inside) > 0 ||
			slices.Contains(commentless, strings.ToLower(path.Ext(p.Origin.Path))) {
			return false
		}
	}
	return true
}

// each writes a line for what each finding has, once for those that have the same, in the order of the findings, with the
// places that it is for.
func each(b *strings.Builder, all []*finding.Finding, line string, of func(*finding.Finding) string) {
	var order []string
	at := map[string][]string{}
	for _, f := range all {
		what := of(f)
		if _, told := at[what]; !told {
			order = append(order, what)
		}
		at[what] = append(at[what], placesOf(f)...)
	}
	const most = 3
	for _, what := range order {
		names := slices.Compact(at[what])
		more := ""
		if n := len(names) - most; n > 0 {
			names, more = names[:most], fmt.Sprintf(" and %d more", n)
		}
		fmt.Fprintf(b, line, what, strings.Join(names, ", ")+more)
	}
}

// placesOf names the places of a finding by file and line.
func placesOf(f *finding.Finding) []string {
	var names []string
	for i := range f.Places {
		p := &f.Places[i]
		name := cmp.Or(p.Origin.BlobName(), p.Origin.Name(), "the message")
		if !p.Origin.InName() && p.Start.Line > 0 {
			name = fmt.Sprintf("%s:%d", name, p.Start.Line)
		}
		names = append(names, name)
	}
	return names
}

// sayPassed tells in a line what was let pass by someone's word.
func (a *app) sayPassed(r *finding.Report) {
	allowed := 0
	for i := range r.Findings {
		if r.Findings[i].Suppression != nil {
			allowed++
		}
	}
	var passed []string
	if allowed > 0 {
		passed = append(passed, number(allowed, "finding that is allowed", "findings that are allowed"))
	}
	if n := r.Coverage.Skipped[finding.SkipExcluded]; n > 0 {
		passed = append(passed, number(int(n), "file that is excluded", "files that are excluded"))
	}
	if len(passed) > 0 {
		fmt.Fprintf(a.stderr, "unleak: passed, with %s\n", strings.Join(passed, " and "))
	}
}

// hookWords returns what a hook stops, and how to fix it.
func hookWords(kind string) (what, fix string) {
	const revoke = "If anybody else may have\n              seen it, revoke it: then it no longer matters where it stands."
	switch kind {
	case "pre-commit":
		return "commit", "Take it out of the file, `git add` that, commit again. " + revoke
	case "commit-msg":
		return "commit", "Commit again with a message that does not hold it. " + revoke
	case "pre-push":
		return "push", "Take it out of the commits (`git commit --amend` for the last one, `git rebase -i`\n" +
			"              for others), push again. " + revoke
	}
	return "push", "Nothing was stored. Take it out of the commits (`git commit --amend` for the last\n" +
		"              one, `git rebase -i` for others), push again. " + revoke
}
