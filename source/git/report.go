package git

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/arrange"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/git/repo"
)

// report hands every secret with its places to the sink.
func (r *run) report(ctx context.Context, a *attribution, tags []tag, refs []repo.Ref) error {
	order := a.byOrigin()
	var known []string
	for _, s := range a.harvest.known {
		known = append(known, s.value)
	}
	turns := r.turns(known, len(order))
	if r.recorder != nil {
		r.recorder.outcome.secrets = make([]telling, len(order))
	}
	var next atomic.Int64
	var group sync.WaitGroup
	for range r.sink.Jobs() {
		r.guarded(&group, func() {
			p := newReporter(ctx, r, a)
			defer r.closeWorker(p.worker)
			defer p.settleHomes()
			for ctx.Err() == nil {
				from := next.Add(reportBatch) - reportBatch
				if from >= int64(len(order)) {
					return
				}
				p.worker.Take(turns[from/reportBatch])
				for i, s := range order[from:min(from+reportBatch, int64(len(order)))] {
					p.secret(s)
					p.settle(int(from) + i)
				}
				p.worker.Take(nil)
			}
		})
	}
	group.Wait()
	p := newReporter(ctx, r, a)
	defer r.closeWorker(p.worker)
	p.messages(tags, refs)
	p.settleHomes()
	if !r.partial() {
		p.refs(refs)
	}
	return ctx.Err()
}

// turns returns a turn for each batch of secrets. All secrets of the repository are known by now, so whoever is told of
// one is told of all first: what is shown of one's neighbourhood shows no other.
func (r *run) turns(known []string, secrets int) []*scanner.Turn {
	all := make([]*scanner.Turn, (secrets+reportBatch-1)/reportBatch)
	if !r.sink.Told() {
		return all
	}
	w := r.sink.Worker()
	defer w.Close()
	for _, value := range known {
		w.Beside(finding.NewSecret(value))
	}
	w.Settle()
	for i := range all {
		all[i] = r.sink.Turn()
	}
	return all
}

// reportBatch is how many secrets a worker takes at a time: neighbours often stand in one blob.
const reportBatch = 16

// byOrigin returns the secrets that have a place, those that came with one blob next to each other.
func (a *attribution) byOrigin() []int32 {
	var out []int32
	for s := range a.trails {
		if len(a.trails[s].places) > 0 {
			out = append(out, int32(s))
		}
	}
	arrange.By(out, func(x, y int32) int {
		return cmp.Or(a.compare(a.trails[x].places[0], a.trails[y].places[0]), cmp.Compare(a.harvest.known[x].rule, a.harvest.known[y].rule),
			cmp.Compare(a.harvest.known[x].value, a.harvest.known[y].value))
	})
	return out
}

// reporter locates secrets for one goroutine.
type reporter struct {
	run    *run
	a      *attribution
	ctx    context.Context
	worker *scanner.Worker
	probe  *scanner.Worker // for what was covered before: it is never closed, and so tells nothing twice
	reader *repo.Reader
	texts  map[int32]*located
	recent []int32 // keys of texts, oldest first
	infos  map[int32]described
	homes  []int32 // objects looked at, if they are to be remembered
	now    telling // of the secret or message at hand, if it is to be
}

// located is an object with the resolved matches of its text.
type located struct {
	text    []byte
	matches []finding.Match
	places  []finding.Place // by match; only of texts that are not kept
	inside  [][]string      // by match; only of archives
}

// add takes a match of a text that is read as a stream.
func (l *located) add(m finding.Match, at finding.Place) {
	l.matches, l.places = append(l.matches, m), append(l.places, at)
}

// unpacked returns the matches of an archive.
func unpacked(found []member) *located {
	l := &located{matches: matchesOf(found), places: []finding.Place{}}
	for _, f := range found {
		l.places, l.inside = append(l.places, f.place), append(l.inside, f.inside)
	}
	return l
}

// most texts kept while secrets of the same blobs are reported
const keptTexts = 8

func newReporter(ctx context.Context, r *run, a *attribution) *reporter {
	return &reporter{
		run: r, a: a, ctx: ctx, worker: r.sink.Worker(), probe: r.sink.Worker(), reader: r.store.NewReader(), texts: map[int32]*located{},
		infos: map[int32]described{},
	}
}

// secret reports one secret found in blobs or names.
func (p *reporter) secret(s int32) {
	t := &p.a.trails[s]
	about := p.a.harvest.known[s]
	t.headPath, t.headLine = p.head(t, about)
	if p.run.opts.AllOccurrences {
		for _, o := range t.places {
			p.try(o, t, about, true)
		}
		return
	}
	paths := map[string]bool{}
	var placed *finding.Match
	for _, o := range t.places {
		if paths[o.path] {
			continue
		}
		paths[o.path] = true
		if placed == nil {
			placed = p.try(o, t, about, false)
			continue
		}
		p.also(*placed, o.path)
	}
}

// try reports a secret where it occurs; all: every time it stands there. It returns the match, or nil if it is not accepted there.
func (p *reporter) try(o occurrence, t *trail, about secret, all bool) (accepted *finding.Match) {
	l := p.at(o)
	for i, m := range l.matches {
		if m.Rule != about.rule || m.Secret != about.value {
			continue
		}
		place := l.place(p.worker, i)
		inName := place.Origin.InName()
		place.Origin = p.origin(o, t)
		if l.inside != nil {
			place.Origin.Inside = l.inside[i]
		}
		if inName { // of a member
			place.Origin.Kind = finding.KindName
		}
		if p.tell(m, place) {
			accepted = &l.matches[i]
		}
		if !all {
			break
		}
	}
	return accepted
}

func (l *located) place(w *scanner.Worker, i int) finding.Place {
	if l.places != nil {
		return l.places[i]
	}
	return w.Locate(l.text, l.matches[i])
}

// at returns the text and matches of an occurrence.
func (p *reporter) at(o occurrence) *located {
	if o.leaf < 0 {
		return p.search([]byte(p.a.harvest.nameOf[o.name]))
	}
	leaf := &p.a.leaves[o.leaf]
	number := leaf.number
	if l, ok := p.texts[number]; ok {
		return l
	}
	if p.a.homes != nil {
		p.homes = append(p.homes, number)
	}
	l := p.load(number, leaf.spots)
	if len(p.recent) == keptTexts {
		delete(p.texts, p.recent[0])
		p.recent = p.recent[1:]
	}
	p.texts[number] = l
	for i := range l.matches {
		for _, part := range l.matches[i].Parts {
			if !part.Open() {
				p.beside(part.Value)
			}
		}
	}
	p.recent = append(p.recent, number)
	return l
}

// settleHomes tells which blobs the reporter looked at.
func (p *reporter) settleHomes() {
	p.run.seals.mu.Lock()
	defer p.run.seals.mu.Unlock()
	for _, number := range p.homes {
		p.a.homes[number] = true
	}
	p.run.recorder.restsOn(p.homes...)
}

func (p *reporter) load(number int32, spots []finding.Span) *located {
	u := &unpacker{ctx: p.ctx, worker: p.probe, limits: p.run.opts.Limits, again: true}
	kept := p.a.kept[number]
	if kept != nil && kept.places != nil {
		return &located{matches: cloned(kept.matches), places: kept.places}
	}
	if p.a.large[number] && p.a.packed[number] {
		return unpacked(p.a.table.unpack(p.reader, number, u))
	}
	if p.a.large[number] {
		l := &located{places: []finding.Place{}}
		err := p.a.table.stream(p.ctx, p.probe, p.reader, number, true, l.add)
		if err != nil {
			p.run.skip(finding.Skip{Name: p.a.table.id(number).String(), Reason: finding.SkipUnreadable, Detail: err.Error()})
		}
		return l
	}
	_, text, err := p.a.table.read(p.reader, number)
	if err != nil { // it was read before
		p.run.skip(finding.Skip{Name: p.a.table.id(number).String(), Reason: finding.SkipUnreadable, Detail: err.Error()})
		return &located{}
	}
	if p.a.packed[number] {
		return unpacked(u.text(text))
	}
	l := p.matches(kept, text, spots)
	if p.a.homes != nil && len(spots) > 0 {
		l.places = p.worker.LocateAll(text, l.matches)
		p.run.seals.add(number, seal(p.run.cacheKey(), text, l))
	}
	return l
}

// matches returns the matches of a text that was covered before: those kept of it, or else it is searched again.
func (p *reporter) matches(kept *located, text []byte, spots []finding.Span) *located {
	if kept != nil {
		return &located{text: text, matches: cloned(kept.matches)}
	}
	if found, ok, err := searchSpots(p.probe, text, spots); ok && err == nil {
		return &located{text: text, matches: slices.Clone(p.probe.Resolve(found))}
	}
	return p.search(text)
}

// search finds the resolved matches of a text that was covered before.
func (p *reporter) search(text []byte) *located {
	found, err := p.probe.Detect(text, nil)
	if err != nil {
		return &located{}
	}
	p.probe.Cover(-int64(len(text)))
	return &located{text: text, matches: slices.Clone(p.probe.Resolve(found))}
}
