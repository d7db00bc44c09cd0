package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
	"github.com/unleak/unleak/sarif"
)

// sarifRule describes a rule, from the catalogue where it knows the rule and from a finding where not.
func sarifRule(f *finding.Finding, rule *rules.Rule) sarif.ReportingDescriptor {
	severity := f.Severity
	title := cmp.Or(f.Title, f.Rule)
	full := title + "."
	tags := []string{"security", "secret"}
	help := sarif.Text{Text: "Revoke the credential where it was issued, replace it, and keep the new one out of the repository."}
	help.Markdown = help.Text
	if rule != nil {
		severity = rule.Severity
		if rule.Opens != "" {
			full = title + ". What it opens: " + strings.TrimSuffix(rule.Opens, ".") + "."
		}
		if rule.Provider != "" {
			tags = append(tags, rule.Provider)
		}
		tags = append(tags, rule.Tags...)
		help = sarifHelp(title, rule)
	}
	return sarif.ReportingDescriptor{
		ID: f.Rule, Name: f.Rule,
		ShortDescription:     &sarif.Text{Text: shorten(title, 1024)},
		FullDescription:      &sarif.Text{Text: shorten(full, 1024)},
		Help:                 &help,
		HelpURI:              homepage,
		DefaultConfiguration: &sarif.Configuration{Level: sarifLevel(severity)},
		Properties: map[string]any{
			"security-severity": securitySeverity(severity),
			"precision":         precision(rule),
			"tags":              unique(tags)[:min(len(unique(tags)), sarifTags)],
		},
	}
}

// precision tells GitHub how often a rule is right.
func precision(rule *rules.Rule) string {
	switch {
	case rule == nil || rule.Confidence == 0:
		return "high"
	case rule.Confidence >= 0.9:
		return "very-high"
	case rule.Confidence >= 0.7:
		return "high"
	}
	return "medium"
}

// unique returns the list without repetitions, in its order.
func unique(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func sarifHelp(title string, rule *rules.Rule) sarif.Text {
	var text, md strings.Builder
	fmt.Fprintf(&text, "%s.", title)
	fmt.Fprintf(&md, "# %s\n", title)
	if rule.Opens != "" {
		fmt.Fprintf(&text, " What it opens: %s.", strings.TrimSuffix(rule.Opens, "."))
		fmt.Fprintf(&md, "\n**What it opens:** %s\n", rule.Opens)
	}
	if len(rule.Remediation) > 0 {
		fmt.Fprint(&text, " What to do:")
		fmt.Fprint(&md, "\n## What to do\n\n")
		for i, s := range rule.Remediation {
			fmt.Fprintf(&text, " %d. %s", i+1, s)
			fmt.Fprintf(&md, "%d. %s\n", i+1, s)
		}
	}
	if rule.Documented != "" {
		fmt.Fprintf(&md, "\nFormat: %s\n", rule.Documented)
	}
	return sarif.Text{Text: text.String(), Markdown: md.String()}
}

// securitySeverity gives GitHub's number: over 9 is critical, from 7 high, from 4 medium, above 0 low.
func securitySeverity(s finding.Severity) string {
	switch s {
	case finding.Critical:
		return "9.5"
	case finding.High:
		return "8.0"
	case finding.Medium:
		return "5.5"
	case finding.Low:
		return "3.0"
	}
	return "0.0"
}

func sarifLevel(s finding.Severity) sarif.Level {
	switch {
	case s >= finding.High:
		return sarif.Error
	case s == finding.Medium:
		return sarif.Warning
	}
	return sarif.Note
}
