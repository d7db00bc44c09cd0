package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/arrange"
)

// Limits of the Markdown format: GitHub takes 1 MiB for a job summary, and nobody reads more rows.
const (
	markdownRows  = 200
	markdownBytes = 1 << 20
)

// writeMarkdown writes a summary for $GITHUB_STEP_SUMMARY, a merge request or a ticket.
func writeMarkdown(w io.Writer, v *view) error {
	var b bytes.Buffer
	active, suppressed := v.split()
	arrange.By(active, func(a, b *finding.Finding) int {
		return cmp.Or(cmp.Compare(urgency(b), urgency(a)), cmp.Compare(b.Confidence, a.Confidence))
	})
	fmt.Fprint(&b, "## unleak\n\n")
	if len(active) == 0 {
		fmt.Fprint(&b, "**No credentials found.**\n\n")
	} else {
		fmt.Fprintf(&b, "**%s**\n\n| severity | credential | where | status | id |\n| --- | --- | --- | --- | --- |\n", foundText(active))
	}
	for i, f := range active {
		if i == markdownRows || b.Len() > markdownBytes*3/4 {
			fmt.Fprintf(&b, "\nand %s\n", plural(len(active)-i, "more credential"))
			break
		}
		markdownRow(&b, f)
	}
	for _, o := range v.Observations {
		fmt.Fprintf(&b, "\n**%s.** %s %s\n", markdown(o.Title), markdown(o.Detail), markdown(o.Advice))
	}
	if len(suppressed) > 0 {
		fmt.Fprintf(&b, "\nIgnored: %s.\n", markdown(ignoredText(suppressed)))
	}
	fmt.Fprintf(&b, "\nRead: %s.\n", markdown(readText(&v.Coverage, v.Targets)))
	for _, r := range leftOut(v) {
		text := r.text
		if r.gap {
			text = "⚠️ " + text
		}
		fmt.Fprintf(&b, "\n- skipped: %s", markdown(text))
	}
	for _, n := range v.Coverage.Notes {
		fmt.Fprintf(&b, "\n- note: %s", markdown(n))
	}
	fmt.Fprint(&b, "\n")
	_, err := w.Write(b.Bytes())
	return err
}

func markdownRow(b *bytes.Buffer, f *finding.Finding) {
	p := &f.Places[bestPlace(f)]
	where := code(shorten(location(p), 160))
	if len(f.Places) > 1 {
		where += " and " + plural(len(f.Places)-1, "more place")
	}
	status := ""
	if f.Verdict != nil && f.Verdict.Status != finding.NotChecked {
		status = string(f.Verdict.Status)
	}
	if f.Stored != nil {
		status = strings.TrimPrefix(status+"; "+markdown(f.Stored.Says()), "; ")
	}
	fmt.Fprintf(b, "| %s | %s %s | %s | %s | %s |\n", f.Severity, markdown(cmp.Or(f.Title, f.Rule)), code(firstLine(f.Secret.Reveal())), where, status, code(f.ID))
}

// markdown escapes what could be read as markup, links, mentions or table borders.
func markdown(s string) string {
	var b strings.Builder
	for _, r := range clean(s) {
		switch {
		case r == '@' || r == '<' || r == '>' || r == '&':
			fmt.Fprintf(&b, "&#%d;", r)
		case strings.ContainsRune("\\`*_{}[]#|~!", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// code makes a code span that may stand in a table.
func code(s string) string {
	s = clean(s)
	if s == "" {
		return ""
	}
	s = strings.ReplaceAll(s, "|", "\\|")
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if len(fence) > 1 || strings.HasPrefix(s, " ") || strings.HasSuffix(s, " ") {
		return fence + " " + s + " " + fence
	}
	return fence + s + fence
}
