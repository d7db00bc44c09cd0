package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
)

func newRulesExplain(a *app) *cobra.Command {
	var f scanFlags
	c := &cobra.Command{
		Use:   "explain FILE[:LINE]",
		Short: "Show every candidate of a file: literal, window, checks, and why it was kept or dropped",
		Long: `Explain shows what unleak dir FILE makes of a file: every candidate with the literal that led to
it, the window it was looked for in, and why it was kept or dropped; then what is left when
overlaps are settled, and at the file's path.`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			name, line := splitLine(args[0])
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			s, err := f.settle(ownOf([]string{name}))
			if err != nil {
				return err
			}
			if n := lineCount(text); line > n {
				return fmt.Errorf("%s: there is no line %d, it has %s", name, line, number(n, "line", "lines"))
			}
			a.explain(s, name, text, line, f.showSecrets)
			return nil
		},
	}
	f.addOnly(c, slices.Concat(ruleFlags, []string{"config", "no-repo-config", "show-secrets"})...)
	return c
}

// splitLine splits FILE:LINE; line is 0 where there is none, or where a file of the whole name exists.
func splitLine(arg string) (string, int) {
	if _, err := os.Stat(arg); err == nil {
		return arg, 0
	}
	i := strings.LastIndexByte(arg, ':')
	if i < 0 {
		return arg, 0
	}
	n, err := strconv.Atoi(arg[i+1:])
	if err != nil || n < 1 {
		return arg, 0
	}
	return arg[:i], n
}

func lineCount(text []byte) int {
	n := bytes.Count(text, []byte("\n"))
	if len(text) > 0 && text[len(text)-1] != '\n' {
		n++
	}
	return n
}

// explain tells of the candidates of a text, or of those that a line holds a part of; line is 0 for all.
func (a *app) explain(set *settings, name string, text []byte, line int, show bool) {
	s := set.engine.NewScanner()
	candidates := 0
	s.Trace(func(st detectors.Step) {
		at, last := linesOf(text, spanOf(&st))
		if line > 0 && (line < at || line > last || !bears(text, line, &st)) {
			return
		}
		candidates++
		a.tellStep(&st, at, last, show)
	})
	kept := 0
	for _, m := range s.Resolve(s.Scan(text, nil, nil)) {
		at, last := linesOf(text, m.Span)
		if line > 0 && (line < at || line > last) {
			continue
		}
		if !s.Accept(&finding.Origin{Kind: finding.KindFile, Path: filepath.ToSlash(name)}, &m) {
			fmt.Fprintf(a.stdout, "- %s: rule %s: dropped for where it stands, %s\n", inLines(at, last), m.Rule, name)
			continue
		}
		kept++
		a.tellMatch(set, &m, at, last)
	}
	switch {
	case line > 0 && candidates+kept == 0:
		fmt.Fprintf(a.stdout, "line %d: nothing looked like a credential\n", line)
	case line > 0:
		fmt.Fprintf(a.stdout, "%s on line %d after overlaps are settled\n", number(kept, "finding", "findings"), line)
	default:
		fmt.Fprintf(a.stdout, "%s after overlaps are settled\n", number(kept, "finding", "findings"))
	}
}

// spanOf returns what a step speaks of: the match or value where there is one, else the window.
func spanOf(st *detectors.Step) finding.Span {
	switch {
	case st.Match != nil && st.Match.Span.Len() > 0:
		return st.Match.Span
	case st.Value.Len() > 0:
		return st.Value
	}
	return st.Window
}

// bears tells whether a step without a value began on a line: windows reach into the lines around it.
func bears(text []byte, line int, st *detectors.Step) bool {
	if st.Value.Len() > 0 || st.Literal == "" {
		return true
	}
	for n := 1; n < line; n++ {
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	text, _, _ = bytes.Cut(text, []byte("\n"))
	return bytes.Contains(bytes.ToLower(text), bytes.ToLower([]byte(st.Literal)))
}

// tellStep tells what happened to a candidate.
func (a *app) tellStep(st *detectors.Step, at, last int, show bool) {
	mark := "-"
	if st.Kept {
		mark = "+"
	}
	fmt.Fprintf(a.stdout, "%s %s: rule %s", mark, inLines(at, last), st.Rule)
	if st.Literal != "" {
		fmt.Fprintf(a.stdout, ", literal %q", st.Literal)
	}
	fmt.Fprintf(a.stdout, ", window bytes %d to %d: %s\n", st.Window.Start, st.Window.End, st.Why)
	if st.Kept && show {
		fmt.Fprintf(a.stdout, "    secret %q\n", st.Match.Secret)
	}
}

// tellMatch tells what is reported in the end, and what was checked.
func (a *app) tellMatch(set *settings, m *finding.Match, at, last int) {
	title, severity := set.engine.Describe(m)
	fmt.Fprintf(a.stdout, "= %s: %s (%s), %s, confidence %.2f", inLines(at, last), m.Rule, title, severity, m.Confidence)
	if m.Decoded != "" {
		fmt.Fprintf(a.stdout, ", decoded from %s", m.Decoded)
	}
	if r := set.rule(m.Rule); r != nil && len(r.Checks) > 0 {
		fmt.Fprintf(a.stdout, "; checks: %s", strings.Join(r.Checks, ", "))
	}
	for _, p := range m.Proofs {
		fmt.Fprintf(a.stdout, "; proof: %s: %s", p.Kind, p.Detail)
	}
	if len(m.Tags) > 0 {
		fmt.Fprintf(a.stdout, "; tags: %s", strings.Join(m.Tags, ", "))
	}
	fmt.Fprintln(a.stdout)
}

func inLines(at, last int) string {
	if last > at {
		return fmt.Sprintf("lines %d to %d", at, last)
	}
	return fmt.Sprintf("line %d", at)
}

// linesOf returns the first and last line of a span.
func linesOf(text []byte, span finding.Span) (first, last int) {
	from, to := min(len(text), span.Start), max(span.Start, min(len(text), span.End)-1)
	return 1 + bytes.Count(text[:from], []byte("\n")), 1 + bytes.Count(text[:min(len(text), to)], []byte("\n"))
}
