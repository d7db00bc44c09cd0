package git

import (
	"slices"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/git/object"
)

// messages scans the texts of commits and pushed tags.
func (c *changes) messages(commits []object.ID) {
	worker := c.run.sink.Worker()
	defer worker.Close()
	a := adder{run: c.run, worker: worker, reader: c.reader}
	all := append(slices.Clone(commits), c.tags...)
	found := make([][]fresh, len(all))
	for i, id := range all {
		_, text, err := c.reader.Read(id)
		if err != nil {
			continue // told already
		}
		found[i] = a.message(text, id.String())
	}
	c.run.sink.Count("tags", int64(len(c.tags)))
	c.run.tell(found, func(i int) finding.Origin {
		return finding.Origin{Kind: finding.KindMessage, Git: c.origin(all[i])}
	})
}

// names reports the secrets in names of references that a push creates.
func (c *changes) names() {
	worker := c.run.sink.Worker()
	defer worker.Close()
	for _, u := range c.run.opts.Updates {
		old, err := object.ParseID(u.Old)
		next, gone := object.ParseID(u.New)
		if err == nil && !old.IsZero() || gone == nil && next.IsZero() {
			continue
		}
		name := []byte(u.Ref)
		found, err := worker.Detect(name, nil)
		if err != nil {
			worker.Skip(finding.Skip{Name: u.Ref, Reason: finding.SkipFailed, Detail: err.Error()})
			continue
		}
		for _, m := range worker.Resolve(found) {
			g := &finding.GitOrigin{Repository: c.run.opts.Name, Ref: u.Ref}
			if gone == nil {
				g.Commit = next.String()
			}
			worker.Report(name, finding.Origin{Kind: finding.KindMessage, Git: g}, m)
		}
	}
}

// message returns the matches in what people wrote of a commit or tag.
func (a *adder) message(text []byte, name string) []fresh {
	header, body := headAndBody(text)
	text = prose(header, text)
	found, err := a.worker.Detect(text, nil)
	if err != nil {
		a.worker.Skip(finding.Skip{Name: name, Reason: finding.SkipFailed, Detail: err.Error()})
		return nil
	}
	var out []fresh
	for _, m := range a.worker.Resolve(found) {
		out = append(out, fresh{match: m, place: inMessage(a.worker, text, len(text)-len(body), m)})
	}
	return out
}

// headAndBody returns the free header lines and the message of a commit or tag.
func headAndBody(text []byte) (header, body []byte) {
	if info, err := object.ParseCommit(text); err == nil {
		return info.Header, info.Message
	}
	if info, err := object.ParseTag(text); err == nil {
		return info.Header, info.Message
	}
	return nil, text
}

// inMessage locates a match: lines count from the message's first, or, of the header, from the header's.
func inMessage(w *scanner.Worker, text []byte, head int, m finding.Match) finding.Place {
	if m.Span.Start < head {
		return w.Locate(text, m)
	}
	return w.Locate(text[head:], shifted(m, -head))
}
