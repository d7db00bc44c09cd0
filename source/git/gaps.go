package git

import (
	"errors"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/repo"
)

// reportTrouble turns what could not be read, and was not read from another copy, into coverage.
func (r *run) reportTrouble(t *table, h *harvest, found []*contents, readers []*trees) {
	var all []trouble
	for _, c := range found {
		all = append(all, c.trouble...)
	}
	for _, rd := range readers {
		all = append(all, rd.trouble...)
	}
	told := map[int32]bool{}
	for _, p := range all {
		if told[p.number] {
			continue
		}
		told[p.number] = true
		s := finding.Skip{Name: t.id(p.number).String(), Reason: finding.SkipCorrupt, Detail: p.err.Error()}
		switch {
		case errors.Is(p.err, errDetector), errors.Is(p.err, errBroken):
			s.Reason = finding.SkipFailed
		case h.has(p.number) && !p.read:
			continue // another copy was read
		case errors.Is(p.err, repo.ErrTooLarge):
			s.Reason = finding.SkipTooLarge
		case errors.Is(p.err, repo.ErrMissing):
			s.Reason = finding.SkipMissing
		}
		r.skip(s)
	}
	for _, s := range t.skips {
		r.skip(s)
	}
}

// reportGaps names what commits lead to and the store has not.
func (r *run) reportGaps(a *attribution, lfs map[int32]string) {
	for i, l := range a.leaves {
		oid, ok := lfs[l.number]
		if !ok {
			continue
		}
		r.gap(a.paths[int32(i)], finding.Skip{Name: a.nameOf(int32(i)), Reason: finding.SkipLFS, Detail: oid})
	}
	r.reportSubmodules(a.submodules)
	for n, path := range a.absents {
		id := object.FromBytes([]byte(a.harvest.absents[n]))
		r.gap(path, finding.Skip{Name: path, Reason: finding.SkipMissing, Detail: "object " + id.String()})
	}
	for id := range a.rootless {
		s := finding.Skip{Name: id.String(), Reason: finding.SkipMissing, Detail: "tree of a commit"}
		if r.repo.Promisor {
			s.Detail = "not fetched by the partial clone"
		}
		r.skip(s)
	}
	if r.repo.Promisor {
		for _, raw := range a.harvest.absents {
			r.skip(finding.Skip{Name: object.FromBytes([]byte(raw)).String(), Reason: finding.SkipMissing, Detail: "not fetched by the partial clone"})
		}
	}
	if len(a.history.cut) > 0 {
		r.tooShallow()
	}
	if r.repo.Shallow == 0 {
		for _, id := range a.history.cut {
			r.skip(finding.Skip{Name: id.String(), Reason: finding.SkipMissing, Detail: "parent of a commit"})
		}
	}
}

// reportPacked names what archives hold and was not read.
func (r *run) reportPacked(a *attribution, found []*contents) {
	leaf := make(map[int32]int32, len(a.leaves))
	for i, l := range a.leaves {
		leaf[l.number] = int32(i)
	}
	for _, c := range found {
		for _, p := range c.skipped {
			o := finding.Origin{Path: a.nameOf(leaf[p.number]), Inside: p.problem.Path}
			r.gap(a.paths[leaf[p.number]], finding.Skip{Name: o.Name(), Reason: finding.SkipReason(p.problem.Reason), Detail: p.problem.Err.Error()})
		}
	}
}

// tooShallow tells that commits which were asked for may lie beyond those that a shallow clone has, unless that is how deep
// it was to be cloned.
func (r *run) tooShallow() {
	if r.repo.Shallow == 0 || r.address != "" && r.opts.Depth > 0 {
		return
	}
	r.skip(finding.Skip{Name: "older history", Reason: finding.SkipMissing, Detail: "`git fetch --unshallow` brings it"})
}
