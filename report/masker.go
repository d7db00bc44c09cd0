package report

import (
	"maps"
	"runtime"
	"slices"
	"sync"

	"github.com/unleak/unleak/finding"
)

// masker makes the masked copy.
type masker struct {
	matcher   *matcher
	fragments *fragments
	memo      map[string]string // of names: paths and authors come again and again
	hits      []hit
}

func newMasker(s *secrets) *masker {
	m := &masker{memo: map[string]string{}}
	var wg sync.WaitGroup
	wg.Go(func() { m.fragments = newFragments(s.parts) })
	m.matcher = newMatcher(s.texts, s.forms, s.words)
	m.matcher.long.learn(s.long)
	wg.Wait()
	return m
}

// learn makes the masker know what was gathered since the last time. What it knows of s.words it knows already.
func (m *masker) learn(s *secrets) {
	if len(s.texts)+len(s.forms)+len(s.parts) == 0 {
		return
	}
	m.matcher.learn(s.texts, s.forms)
	m.matcher.long.learn(s.long)
	m.fragments.learn(s.parts)
	s.texts, s.forms, s.long, s.parts = s.texts[:0], s.forms[:0], s.long[:0], s.parts[:0]
	clear(m.memo)
}

// findings masks a list.
func (m *masker) findings(list []finding.Finding) []finding.Finding {
	out := make([]finding.Finding, len(list))
	inShares(len(list), func(from, to int) struct{} {
		w := &masker{matcher: m.matcher, fragments: m.fragments, memo: map[string]string{}}
		for i := from; i < to; i++ {
			out[i] = w.finding(&list[i])
		}
		return struct{}{}
	})
	return out
}

// inShares does a work on n things in as many shares as there are processors, where they are many, and returns what
// came of each share, in order.
func inShares[T any](n int, work func(from, to int) T) []T {
	const share = 256 // things worth a goroutine
	size := max(share, (n+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	out := make([]T, (n+size-1)/size)
	var wg sync.WaitGroup
	for i := range out {
		wg.Go(func() { out[i] = work(i*size, min((i+1)*size, n)) })
	}
	wg.Wait()
	return out
}

func (m *masker) report(r *finding.Report) finding.Report {
	out := *r
	out.Targets, out.Beside = m.nameList(r.Targets), nil
	out.Revisions = slices.Clone(r.Revisions)
	for i := range out.Revisions {
		v := &out.Revisions[i]
		v.Repository, v.URI, v.Branch = m.name(v.Repository), m.name(v.URI), m.name(v.Branch)
	}
	if t := r.Tree; t != nil {
		out.Tree = &finding.Tree{Strip: m.name(t.Strip), Add: m.name(t.Add)}
	}
	out.Findings = m.findings(r.Findings)
	out.Coverage = m.coverage(r.Coverage)
	out.Observations = slices.Clone(r.Observations)
	for i := range out.Observations {
		o := &out.Observations[i]
		o.Title, o.Detail, o.Advice = m.note(o.Title), m.note(o.Detail), m.note(o.Advice)
	}
	return out
}

func (m *masker) finding(f *finding.Finding) finding.Finding {
	out := *f
	out.Secret = maskSecret(f.Secret)
	out.Proofs = slices.Clone(f.Proofs)
	for i := range out.Proofs {
		out.Proofs[i].Detail = m.text(out.Proofs[i].Detail)
	}
	out.Parts = m.parts(f.Parts)
	out.Elsewhere = slices.Clone(f.Elsewhere)
	for i, set := range out.Elsewhere {
		out.Elsewhere[i] = m.parts(set)
	}
	out.Beyond = m.parts(f.Beyond)
	out.Tags = m.textList(f.Tags)
	out.Places = make([]finding.Place, len(f.Places))
	for i := range f.Places {
		out.Places[i] = m.place(&f.Places[i], f.Secret)
	}
	if f.Suppression != nil {
		s := *f.Suppression
		s.Where, s.Reason = m.name(s.Where), m.text(s.Reason)
		out.Suppression = &s
	}
	if f.Verdict != nil {
		v := *f.Verdict
		v.Cause, v.Host = m.text(v.Cause), m.name(v.Host)
		v.Facts = maps.Clone(v.Facts)
		for k, fact := range v.Facts {
			v.Facts[k] = m.text(fact)
		}
		out.Verdict = &v
	}
	if f.Stored != nil {
		out.Stored = m.stored(f.Stored)
	}
	if f.Exposure != nil {
		e := *f.Exposure
		e.In, e.Owner = m.nameList(e.In), m.name(e.Owner)
		out.Exposure = &e
	}
	return out
}

func (m *masker) parts(list []finding.Part) []finding.Part {
	out := slices.Clone(list)
	for i := range out {
		if p := &out[i]; p.Open() {
			p.Value = finding.NewSecret(m.text(p.Value.Reveal()))
		} else {
			p.Value = maskSecret(p.Value)
		}
	}
	return out
}

// stored masks the names that a store gives its secrets, which may hold one by mistake.
func (m *masker) stored(s *finding.Stored) *finding.Stored {
	out := *s
	out.Asked = m.nameList(s.Asked)
	out.Refs = slices.Clone(s.Refs)
	for i := range out.Refs {
		r := &out.Refs[i]
		r.Store, r.Path, r.Key = m.name(r.Store), m.name(r.Path), m.name(r.Key)
	}
	return &out
}

func maskSecret(s finding.Secret) finding.Secret {
	if s.IsZero() || alreadyMasked(s.Reveal()) {
		return s
	}
	return finding.NewSecret(s.Masked())
}

func (m *masker) place(p *finding.Place, value finding.Secret) finding.Place {
	out := *p
	out.Line, out.Mark = m.snippet(p, value)
	out.Allow, out.Silenced = m.text(p.Allow), m.name(p.Silenced)
	out.Origin = m.origin(p.Origin)
	return out
}

func (m *masker) textList(list []string) []string { return mapList(list, m.text) }

func (m *masker) nameList(list []string) []string { return mapList(list, m.name) }

func mapList(list []string, f func(string) string) []string {
	if list == nil {
		return nil
	}
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = f(s)
	}
	return out
}

func (m *masker) origin(o finding.Origin) finding.Origin {
	o.Path = m.name(o.Path)
	o.Inside = m.nameList(o.Inside)
	if o.Git != nil {
		g := *o.Git
		g.Repository, g.Author, g.Email = m.name(g.Repository), m.name(g.Author), m.name(g.Email)
		g.Subject, g.Ref, g.HeadPath = m.text(g.Subject), m.name(g.Ref), m.name(g.HeadPath)
		g.Paths, g.Branches = m.nameList(g.Paths), m.nameList(g.Branches)
		o.Git = &g
	}
	if o.Image != nil {
		i := *o.Image
		i.Name, i.Platform = m.name(i.Name), m.name(i.Platform)
		i.CreatedBy, i.Field = m.text(i.CreatedBy), m.name(i.Field)
		o.Image = &i
	}
	if o.Log != nil {
		l := *o.Log
		l.Host, l.Unit = m.name(l.Host), m.name(l.Unit)
		o.Log = &l
	}
	return o
}

func (m *masker) coverage(c finding.Coverage) finding.Coverage {
	c.Examples = slices.Clone(c.Examples)
	for i := range c.Examples {
		c.Examples[i].Name = m.name(c.Examples[i].Name)
		c.Examples[i].Detail = m.text(c.Examples[i].Detail)
	}
	if c.Further != nil {
		further := make(map[finding.SkipReason][]string, len(c.Further))
		for r, names := range c.Further {
			further[r] = m.nameList(names)
		}
		c.Further = further
	}
	c.Notes = mapList(c.Notes, m.note)
	c.Part = mapList(c.Part, m.note)
	c.Scope = mapList(c.Scope, m.note)
	return c
}
