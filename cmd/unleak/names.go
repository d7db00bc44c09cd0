package main

import (
	"fmt"
	"slices"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
)

// names looks for credentials in the names that findings bring into a report: paths, members of archives, branches,
// authors. Not all are findings of the scan, as the name of the folder that is scanned, but no report may show them.
type names struct {
	scanner *detectors.Scanner
	seen    map[string]bool
	matches []finding.Match
}

// mostNames is how many names are remembered at a time.
const mostNames = 1 << 18

func (s *settings) newNames() *names {
	return &names{scanner: s.engine.NewScanner(), seen: map[string]bool{}}
}

// secrets returns the credentials in names of findings and other texts that were not looked at before.
func (n *names) secrets(found []finding.Finding, others ...string) []finding.Secret {
	var out []finding.Secret
	for i := range found {
		for k := range found[i].Places {
			for _, name := range namesOf(&found[i].Places[k].Origin) {
				out = n.look(name, out)
			}
		}
	}
	for _, name := range others {
		out = n.look(name, out)
	}
	return out
}

func namesOf(o *finding.Origin) []string {
	all := append([]string{o.Path}, o.Inside...)
	if g := o.Git; g != nil {
		all = append(all, g.Repository, g.Author, g.Email, g.Subject, g.Ref, g.HeadPath)
		all = slices.Concat(all, g.Paths, g.Branches)
	}
	if i := o.Image; i != nil {
		all = append(all, i.Name, i.CreatedBy, i.Field)
	}
	if l := o.Log; l != nil {
		all = append(all, l.Host, l.Unit)
	}
	return all
}

func (n *names) look(name string, out []finding.Secret) []finding.Secret {
	if name == "" || n.seen[name] {
		return out
	}
	if len(n.seen) == mostNames {
		clear(n.seen)
	}
	n.seen[name] = true
	n.matches = n.scanner.Scan([]byte(name), nil, n.matches[:0])
	for _, m := range n.scanner.Resolve(n.matches) {
		if !n.scanner.Accept(&finding.Origin{}, &m) { // as a rule for a kind of files
			continue
		}
		out = append(out, finding.NewSecret(m.Secret))
		for _, p := range m.Parts {
			if !p.Open() {
				out = append(out, p.Value)
			}
		}
	}
	return out
}

// lookAtNames keeps what names in a report hold from being shown, and says so where it is no finding.
func (s *settings) lookAtNames(r *finding.Report) {
	r.Beside = s.newNames().secrets(r.Findings, slices.Concat(headNames(r), skipped(&r.Coverage), r.Coverage.Scope)...)
	alone := map[string]bool{}
	for _, b := range r.Beside {
		alone[b.Reveal()] = true
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		delete(alone, f.Secret.Reveal())
		for _, set := range f.AllParts() {
			for _, p := range set {
				delete(alone, p.Value.Reveal())
			}
		}
	}
	if len(alone) > 0 {
		r.Coverage.Note(fmt.Sprintf("%s in names (of files, members, branches), masked here: rename them, and rotate what they hold", number(len(alone), "more credential stands", "more credentials stand")))
	}
}

// headNames returns the names in the head of a report.
func headNames(r *finding.Report) []string {
	all := slices.Clone(r.Targets)
	for _, v := range r.Revisions {
		all = append(all, v.Repository, v.URI, v.Branch)
	}
	if t := r.Tree; t != nil {
		all = append(all, t.Strip, t.Add)
	}
	return all
}

// skipped returns the names of what was not read.
func skipped(c *finding.Coverage) []string {
	var all []string
	for _, s := range c.Examples {
		all = append(all, s.Name, s.Detail)
	}
	left, _ := c.LeftOut()
	return append(all, left...)
}
