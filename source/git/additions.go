package git

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/repo"
)

// addition is a file that a commit or the index brings, with what was there before.
type addition struct {
	path     string
	file     file
	olds     []object.ID // of each parent: what it had at the path; the zero id if nothing
	position int32       // of the commit, in whatever order the caller has
	named    bool        // the path itself is new
	removed  *removed    // what goes as it comes; nil: nothing
	from     []string    // paths that had this very file before, if it was moved or copied as it is
}

// fresh is a match in something new.
type fresh struct {
	match  finding.Match
	place  finding.Place
	inside []string // members of archives
	inName bool
}

// additions scans files and reports what they add, in their order: each secret where it first comes in at each path,
// or everywhere.
func (r *run) additions(ctx context.Context, news []addition, origin func(*addition) finding.Origin) error {
	news = r.chosen(news)
	found := make([][]fresh, len(news))
	r.sink.Progress("files", 0, int64(len(news)))
	sieve := r.sift(ctx, news)
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(r.sink.Jobs(), len(news)) {
		r.guarded(&group, func() {
			a := adder{ctx: ctx, run: r, worker: r.sink.Worker(), reader: r.keeping(), sieve: sieve}
			defer a.worker.Close()
			for ctx.Err() == nil {
				i := int64(len(news)) - next.Add(1) // newest first: packs build older versions on newer ones
				if i < 0 {
					return
				}
				found[i] = a.scan(&news[i])
				r.sink.Progress("files", 1, 0)
			}
		})
	}
	group.Wait()
	r.tell(found, func(i int) finding.Origin { return origin(&news[i]) })
	return ctx.Err()
}

// chosen leaves out the files that were not asked for.
func (r *run) chosen(news []addition) []addition {
	if r.opts.Only == nil {
		return news
	}
	var some []addition
	for _, n := range news {
		if r.opts.Only(n.path) {
			some = append(some, n)
			continue
		}
		r.sink.Skip(finding.Skip{Name: n.path, Reason: finding.SkipExcluded})
	}
	return some
}

// keeping returns a reader that keeps some of what it reads.
func (r *run) keeping() *repo.Reader {
	reader := r.store.NewReader()
	reader.Keep = min(r.sink.MaxMemory()/8, 32<<20)
	return reader
}

// toldAt is a secret at a path. A place of each path is told, and one without an allow comment if there is one: what
// silences one place must not hide the others.
type toldAt struct {
	secret secret
	path   string
}

// tell reports matches in the order of what they were found in.
func (r *run) tell(found [][]fresh, origin func(int) finding.Origin) {
	w := r.sink.Worker()
	defer w.Close()
	told := map[toldAt]bool{}
	for i, all := range found {
		for _, f := range all {
			at := toldAt{secret{f.match.Rule, f.match.Secret}, origin(i).Path}
			if told[at] && !r.opts.AllOccurrences {
				w.Also(f.match, origin(i))
				continue
			}
			place := f.place
			place.Origin = origin(i)
			place.Origin.Inside = f.inside
			if f.inName {
				place.Origin.Kind = finding.KindName
			}
			if w.Try(f.match, place) && place.Allow == "" {
				told[at] = true
			}
		}
		w.Settle()
	}
}

// adder scans additions for one goroutine.
type adder struct {
	ctx    context.Context // of the one scan it lives for
	run    *run
	worker *scanner.Worker
	reader *repo.Reader
	sieve  *sieve
}

// scan returns what an addition brings.
func (a *adder) scan(n *addition) []fresh { return a.unmovedOf(n, a.all(n)) }

// all is scan that does not ask where things come from.
func (a *adder) all(n *addition) (out []fresh) {
	if n.named {
		for _, f := range a.search([]byte(n.path), n.path, nil) {
			f.inName = true
			out = append(out, f)
		}
	}
	if n.file.mode.IsGitlink() {
		a.worker.Skip(finding.Skip{Name: n.path, Reason: finding.SkipSubmodule})
		return out
	}
	if size, ok := a.sieve.empty(n.file.id); ok {
		a.worker.Cover(size)
		return out
	}
	_, text, err := a.reader.Read(n.file.id)
	known := slices.ContainsFunc(n.from, a.run.opts.wasAsked) // what of it cannot be read is no more than before
	if err != nil {
		if !known {
			a.run.skipObject(n.path, n.file.id, err)
		}
		return out
	}
	if oid, ok := lfsOID(text); ok && !known {
		a.worker.Skip(finding.Skip{Name: n.path, Reason: finding.SkipLFS, Detail: oid})
	}
	if isArchive(text, a.run.opts.Archives) {
		return append(out, a.unpack(n, text)...)
	}
	var befores []before
	for _, old := range n.olds {
		if old.IsZero() {
			continue
		}
		if _, was, err := a.reader.Read(old); err == nil { // else all of it counts as new
			befores = append(befores, before{was, added(was, text)})
		}
	}
	return append(out, a.search(text, n.path, befores)...)
}

// unpack returns what is inside an archive and was inside none of its versions before.
func (a *adder) unpack(n *addition, text []byte) (out []fresh) {
	a.worker.Count("archives", 1)
	u := unpacker{ctx: a.ctx, worker: a.worker, limits: a.run.opts.Limits, problem: func(p archive.Problem) {
		o := finding.Origin{Path: n.path, Inside: p.Path}
		a.worker.Skip(finding.Skip{Name: o.Name(), Reason: finding.SkipReason(p.Reason), Detail: p.Err.Error()})
	}}
	found := u.text(text)
	if len(found) == 0 {
		return nil
	}
	had := map[secret]bool{}
	for _, old := range n.olds {
		if old.IsZero() {
			continue
		}
		_, was, err := a.reader.Read(old)
		if err != nil || !isArchive(was, a.run.opts.Archives) {
			continue
		}
		u := unpacker{ctx: a.ctx, worker: a.worker, limits: a.run.opts.Limits, again: true}
		for _, m := range u.text(was) {
			had[secret{m.match.Rule, m.match.Secret}] = true
		}
	}
	for _, m := range found {
		if !had[secret{m.match.Rule, m.match.Secret}] {
			out = append(out, fresh{match: m.match, place: m.place, inside: m.inside, inName: m.place.Origin.InName()})
		}
	}
	return out
}

// before is what a parent had in a file's place, and the spans of the file that are new to it.
type before struct {
	text  []byte
	added []finding.Span
}

// search returns the matches of text that are new to every parent.
func (a *adder) search(text []byte, name string, befores []before) []fresh {
	var dirty []finding.Span
	if len(befores) > 0 {
		dirty = befores[0].added
		a.worker.Cover(int64(len(text)))
		if len(dirty) == 0 {
			return nil
		}
	}
	found, err := a.detect(text, dirty)
	if err == nil && len(found) > 0 && dirty != nil {
		found, err = a.detect(text, nil) // winners depend on all matches
	}
	if err != nil {
		a.worker.Skip(finding.Skip{Name: name, Reason: finding.SkipFailed, Detail: err.Error()})
		return nil
	}
	if dirty == nil {
		a.worker.Cover(int64(len(text)))
	}
	var out []fresh
	for _, m := range slices.Clone(a.worker.Resolve(found)) {
		if a.isNew(m, befores) {
			out = append(out, fresh{match: m, place: a.worker.Locate(text, m)})
		}
	}
	return out
}

// detect is Detect that covers nothing.
func (a *adder) detect(text []byte, dirty []finding.Span) ([]finding.Match, error) {
	found, err := a.worker.Detect(text, dirty)
	if err != nil {
		return nil, err
	}
	if dirty == nil {
		a.worker.Cover(-int64(len(text)))
	}
	for _, s := range dirty {
		a.worker.Cover(-int64(s.Len()))
	}
	return found, nil
}

// isNew tells whether a match is new to every parent: it lies in what was added, or rests on it and was no match
// before.
func (a *adder) isNew(m finding.Match, befores []before) bool {
	for _, b := range befores {
		if overlapsAny(m.Span, b.added) {
			continue
		}
		if !overlapsAny(m.Context, b.added) {
			return false
		}
		was, err := a.detect(b.text, nil)
		if err == nil && slices.ContainsFunc(was, func(w finding.Match) bool { return w.Rule == m.Rule && w.Secret == m.Secret }) {
			return false
		}
	}
	return true
}

func overlapsAny(s finding.Span, spans []finding.Span) bool {
	for _, t := range spans {
		if s.Overlaps(t) {
			return true
		}
	}
	return false
}
