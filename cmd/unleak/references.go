package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sort"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/manifest"
)

func newReferences(a *app) *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "references [PATH...]",
		Short: "Tell how manifests and pipelines come by their secrets: by reference or as values, with the replacement",
		Long: `References reads Kubernetes manifests, Compose files, CI pipelines (GitHub, GitLab, Jenkins,
Azure, CircleCI and others), Terraform, Dockerfiles, the values of Helm charts, and the settings
of Spring and ASP.NET. It says which
take their secrets by reference (secretKeyRef, Secrets Store CSI driver, External Secrets,
Vault, SOPS, Sealed Secrets, OIDC federation, secrets of the CI service, key vaults) and prints
for each that does not what to put in its place.

Exit status: 0 all by reference, 1 values or static keys in files, 2 usage or fatal error,
3 something could not be read.`,
		RunE: func(_ *cobra.Command, paths []string) error {
			if len(paths) == 0 {
				paths = []string{"."}
			}
			return a.references(paths, format)
		},
	}
	c.Flags().StringVarP(&format, "format", "f", "text", "text or json")
	return c
}

// referenceNote is a note in JSON.
type referenceNote struct {
	File        string        `json:"file"`
	Line        int           `json:"line"`
	Kind        manifest.Kind `json:"kind"`
	Inline      bool          `json:"inline"`           // the value stands in the file
	Static      bool          `json:"static,omitempty"` // a long-lived key comes in by reference, where none is needed
	Name        string        `json:"name"`
	Detail      string        `json:"detail"`
	Advice      string        `json:"advice,omitempty"`
	Replacement string        `json:"replacement,omitempty"`
}

func (n *referenceNote) urgency() int {
	switch {
	case n.Inline:
		return 2
	case n.Static:
		return 1
	}
	return 0
}

func (a *app) references(paths []string, format string) error {
	if format != "text" && format != "json" {
		return fmt.Errorf("unknown format %q (text, json)", format)
	}
	all := []referenceNote{}
	var skipped []error
	for _, p := range paths {
		if _, err := os.Stat(p); err != nil {
			return err
		}
		manifest.Walk(p, func(name string, notes []manifest.Note) {
			for _, n := range notes {
				static := n.Kind.Inline() && n.Reference
				all = append(all, referenceNote{name, n.Start, n.Kind, n.Kind.Inline() && !static, static, n.Name, n.Detail, n.Advice, n.Replacement})
			}
		}, func(_ string, err error) { skipped = append(skipped, err) })
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].urgency() > all[j].urgency() }) // what is to do first
	if err := a.writeReferences(all, format); err != nil {
		return err
	}
	for _, err := range skipped {
		a.complain("unleak: not read: ", err)
	}
	switch {
	case len(all) > 0 && all[0].urgency() > 0:
		return errFindings
	case len(skipped) > 0:
		return errIncomplete
	}
	return nil
}

func (a *app) writeReferences(all []referenceNote, format string) error {
	if format == "json" {
		e := json.NewEncoder(a.stdout)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(struct {
			Schema string          `json:"schema"`
			Notes  []referenceNote `json:"notes"`
		}{"unleak-references/1", all})
	}
	var count [3]int
	for _, n := range all {
		mark := [...]string{"ok    ", "STATIC", "INLINE"}[n.urgency()]
		count[n.urgency()]++
		fmt.Fprintf(a.stdout, "%s  %s:%d  %s: %s\n", mark, plainLine(n.File), n.Line, n.Kind, plainLine(strings.TrimPrefix(n.Name+": "+n.Detail, ": ")))
		if n.urgency() > 0 {
			fmt.Fprintf(a.stdout, "        %s:\n", n.Advice)
			for _, line := range strings.Split(strings.TrimRight(n.Replacement, "\n"), "\n") {
				fmt.Fprintf(a.stdout, "            %s\n", plainLine(line))
			}
		}
	}
	text := fmt.Sprintf("%d by reference, %d inline", count[0]+count[1], count[2])
	if count[1] > 0 {
		text += fmt.Sprintf("; %s where the job could log in without one", number(count[1], "static cloud key", "static cloud keys"))
	}
	_, err := fmt.Fprintln(a.stdout, text)
	return err
}

// plainLine keeps names of files and objects from steering the terminal.
func plainLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u2028' || r == '\u2029' || r >= '\u202a' && r <= '\u202e' {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// observeManifests adds to a report what the manifests and pipelines that hold its findings should do instead, and what
// they do right.
func observeManifests(r *finding.Report) {
	type seen struct {
		name  string
		start int
	}
	at := map[seen]int{} // of the observation
	said := map[string]bool{}
	m := lookAtManifests(r)
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Suppression != nil {
			continue
		}
		for k := range f.Places {
			p := &f.Places[k]
			name := m.name(p)
			if name == "" {
				continue
			}
			path, line, _ := p.Now()
			if !said[name] {
				said[name] = true
				noteReferences(r, path, m.notes[name])
			}
			for _, n := range m.notes[name] {
				if !n.Kind.Inline() || line < n.Start || line > n.End {
					continue
				}
				key := seen{name, n.Start}
				j, ok := at[key]
				if !ok {
					j = len(r.Observations)
					at[key] = j
					r.Observations = append(r.Observations, finding.Observation{
						Kind: string(n.Kind), Severity: f.Severity, Title: upperFirst(string(n.Kind)) + ": " + n.Name,
						Detail: fmt.Sprintf("%s:%d: %s.", path, n.Start, n.Detail), Advice: n.Advice + ": " + manifest.Flow(n.Replacement),
					})
				}
				o := &r.Observations[j]
				o.Severity = max(o.Severity, f.Severity)
				if !slices.Contains(o.Findings, f.ID) {
					o.Findings = append(o.Findings, f.ID)
					slices.Sort(o.Findings)
				}
			}
		}
	}
}

// manifests are the manifests and pipelines on disk that hold findings.
type manifests struct {
	targets []string
	names   map[string]string // by path in the report; "" where there is none
	notes   map[string][]manifest.Note
}

// lookAtManifests reads those of a report, on all processors. They were read a moment ago; without one there is no advice.
func lookAtManifests(r *finding.Report) *manifests {
	m := &manifests{targets: r.Targets, names: map[string]string{}, notes: map[string][]manifest.Note{}}
	var names []string
	for i := range r.Findings {
		if r.Findings[i].Suppression != nil {
			continue
		}
		for k := range r.Findings[i].Places {
			name := m.name(&r.Findings[i].Places[k])
			if _, ok := m.notes[name]; name != "" && !ok {
				m.notes[name] = nil
				names = append(names, name)
			}
		}
	}
	notes := make([][]manifest.Note, len(names))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, name := range names {
		group.Go(func() error {
			notes[i], _ = manifest.LookAt(name)
			return nil
		})
	}
	_ = group.Wait()
	for i, name := range names {
		m.notes[name] = notes[i]
	}
	return m
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// noteReferences says what a file does right.
func noteReferences(r *finding.Report, name string, notes []manifest.Note) {
	var kinds []string
	for _, n := range notes {
		if !n.Kind.Inline() && !slices.Contains(kinds, string(n.Kind)) {
			kinds = append(kinds, string(n.Kind))
		}
	}
	if len(kinds) > 0 {
		r.Coverage.Note(fmt.Sprintf("%s takes other secrets by reference: %s", name, strings.Join(kinds, ", ")))
	}
}

// name returns the name of the manifest at a place, or "": only what is on disk as it was scanned.
func (m *manifests) name(p *finding.Place) string {
	o := &p.Origin
	path, _, _ := p.Now()
	tree := o.Kind == finding.KindFile || o.Kind == finding.KindGit && o.Git != nil && o.Git.AtHead
	if !tree || len(o.Inside) > 0 {
		return ""
	}
	name, ok := m.names[path]
	if !ok {
		if manifest.Fits(path) {
			name = onDisk(m.targets, filepath.FromSlash(path))
		}
		m.names[path] = name
	}
	return name
}

// onDisk returns the name of the regular file at a path, here or below a target, or "".
func onDisk(targets []string, path string) string {
	for _, t := range append([]string{"."}, targets...) {
		name := filepath.Join(t, path)
		if t == "." {
			name = path
		}
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			return name
		}
	}
	return ""
}
