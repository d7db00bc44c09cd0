package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/arrange"
	"github.com/unleak/unleak/sarif"
)

// GitHub shows ten annotations of each level a step (GitHub docs, "Workflow commands", 2026-08): the gravest come first.
const githubShown = 10

// writeGitHub writes workflow commands that GitHub Actions turns into annotations of the changed lines.
func writeGitHub(w io.Writer, v *view) error {
	b := bufio.NewWriter(w)
	active, _ := v.split()
	arrange.By(active, func(a, b *finding.Finding) int {
		return cmp.Or(cmp.Compare(urgency(b), urgency(a)), cmp.Compare(b.Confidence, a.Confidence))
	})
	counts := map[sarif.Level]int{}
	for _, f := range active {
		level := resultLevel(f)
		counts[level]++
		githubAnnotation(b, level, f)
	}
	for _, level := range []sarif.Level{sarif.Error, sarif.Warning, sarif.Note} {
		if more := counts[level] - githubShown; more > 0 {
			fmt.Fprintf(b, "%s of level %s are not shown as annotations; see the job summary\n", plural(more, "more credential"), level)
		}
	}
	if v.Coverage.Incomplete() || v.Coverage.Empty() {
		text := "The scan is incomplete."
		if v.Coverage.Empty() {
			text = "Nothing was read."
		}
		for _, r := range sortedKeys(v.Coverage.Skipped) {
			if !r.ByChoice() {
				text += "\n" + skipText(v.Coverage.Skipped[r], r) + examples(&v.Coverage, r)
			}
		}
		fmt.Fprintf(b, "::warning title=unleak::%s\n", commandData(text))
	}
	return b.Flush()
}

func githubAnnotation(w io.Writer, level sarif.Level, f *finding.Finding) {
	command := map[sarif.Level]string{sarif.Error: "error", sarif.Warning: "warning", sarif.Note: "notice"}[level]
	p := &f.Places[bestPlace(f)]
	properties := []string{"title=" + commandProperty(cmp.Or(f.Title, f.Rule))}
	if p.Origin.Path != "" && p.Origin.Image == nil && p.Origin.Kind != finding.KindMessage && !p.Origin.InName() {
		path, _, _ := p.Now()
		_, first, last, moved := standing(p)
		properties = append(properties, "file="+commandProperty(strings.TrimPrefix(cleanPath(path), "./")), fmt.Sprintf("line=%d,endLine=%d", first, last))
		if first == last && !moved { // columns count only then
			properties = append(properties, fmt.Sprintf("col=%d,endColumn=%d", max(1, p.Start.Column), max(1, p.End.Column-1)))
		}
	}
	text := fmt.Sprintf("%s %s (%s, confidence %.2f, %s)", f.Rule, firstLine(f.Secret.Reveal()), f.Severity, f.Confidence, plural(len(f.Places), "place"))
	if f.Verdict != nil && f.Verdict.Status != finding.NotChecked {
		text += "\nverified: " + string(f.Verdict.Status)
	}
	if p.Origin.InName() {
		text += "\nin the name " + placeName(&p.Origin)
	}
	if o := origin(p, false); o != "" {
		text += "\n" + o
	}
	if f.ID != "" {
		text += "\nid " + f.ID
	}
	fmt.Fprintf(w, "::%s %s::%s\n", command, strings.Join(properties, ","), commandData(text))
}

// commandData and commandProperty escape as the runner unescapes (actions/toolkit, packages/core/src/command.ts).
func commandData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(tame(s))
}

func commandProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(commandData(s))
}
