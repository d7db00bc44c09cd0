package git

import (
	"context"
	"sync"
	"sync/atomic"

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
}

// fresh is a match in something new.
type fresh struct {
	match  finding.Match
	place  finding.Place
	inName bool
}

// additions scans files and reports what they add, in their order: each secret where it first comes in, or
// everywhere.
func (r *run) additions(ctx context.Context, news []addition, origin func(*addition) finding.Origin) error {
	found := make([][]fresh, len(news))
	r.sink.Progress("files", 0, int64(len(news)))
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(r.sink.Jobs(), len(news)) {
		group.Go(func() {
			a := adder{run: r, worker: r.sink.Worker(), reader: r.store.NewReader()}
			defer a.worker.Close()
			for ctx.Err() == nil {
				i := next.Add(1) - 1
				if i >= int64(len(news)) {
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

// tell reports matches in the order of what they were found in.
func (r *run) tell(found [][]fresh, origin func(int) finding.Origin) {
	w := r.sink.Worker()
	defer w.Close()
	told := map[secret]bool{}
	for i, all := range found {
		for _, f := range all {
			s := secret{f.match.Rule, f.match.Secret}
			if told[s] && !r.opts.AllOccurrences {
				w.Also(f.match, origin(i))
				continue
			}
			place := f.place
			place.Origin = origin(i)
			if f.inName {
				place.Origin.Kind = finding.KindMessage
			}
			if w.Try(f.match, place) {
				told[s] = true
			}
		}
	}
}

// adder scans additions for one goroutine.
type adder struct {
	run    *run
	worker *scanner.Worker
	reader *repo.Reader
}

func (a *adder) scan(n *addition) (out []fresh) {
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
	_, text, err := a.reader.Read(n.file.id)
	if err != nil {
		a.run.skipObject(n.path, n.file.id, err)
		return out
	}
	if oid, ok := lfsOID(text); ok {
		a.worker.Skip(finding.Skip{Name: n.path, Reason: finding.SkipLFS, Detail: oid})
	}
	var news [][]finding.Span
	for _, old := range n.olds {
		if old.IsZero() {
			continue
		}
		_, before, err := a.reader.Read(old)
		if err != nil {
			continue // all of it counts as new
		}
		news = append(news, added(before, text))
	}
	return append(out, a.search(text, n.path, news)...)
}

// search returns the matches of text whose context overlaps a span of every list.
func (a *adder) search(text []byte, name string, news [][]finding.Span) []fresh {
	var dirty []finding.Span
	if len(news) > 0 {
		dirty = news[0]
		if len(dirty) == 0 {
			a.worker.Cover(int64(len(text)))
			return nil
		}
	}
	found, err := a.worker.Detect(text, dirty)
	for _, s := range dirty {
		a.worker.Cover(-int64(s.Len()))
	}
	if dirty != nil {
		a.worker.Cover(int64(len(text)))
	}
	if err == nil && len(found) > 0 && dirty != nil {
		found, err = a.worker.Detect(text, nil) // winners depend on all matches
		a.worker.Cover(-int64(len(text)))
	}
	if err != nil {
		a.worker.Skip(finding.Skip{Name: name, Reason: finding.SkipFailed, Detail: err.Error()})
		return nil
	}
	var out []fresh
	for _, m := range a.worker.Resolve(found) {
		if inAll(m.Context, news) {
			out = append(out, fresh{match: m, place: a.worker.Locate(text, m)})
		}
	}
	return out
}

func inAll(s finding.Span, lists [][]finding.Span) bool {
	for _, spans := range lists {
		if !overlapsAny(s, spans) {
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
