package git

import (
	"slices"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/source/git/object"
)

// origin says where a secret in a blob or name came from.
func (p *reporter) origin(o occurrence, t *trail) finding.Origin {
	g := &finding.GitOrigin{
		Repository: p.run.opts.Name, Ref: o.ref,
		Commits: t.commits, AtHead: t.atHead, HeadPath: t.headPath, HeadLine: t.headLine, Branches: t.branches, Unreachable: t.unreachable,
	}
	for _, at := range t.places {
		if at.path != "" {
			g.Paths = append(g.Paths, at.path)
		}
	}
	slices.Sort(g.Paths)
	g.Paths = slices.Compact(g.Paths)
	origin := finding.Origin{Kind: finding.KindGit, Path: o.path, Git: g}
	if o.leaf >= 0 {
		g.Blob = p.a.table.id(p.a.leaves[o.leaf].number).String()
	} else {
		origin.Kind = finding.KindName
	}
	if o.position >= 0 {
		p.commit(g, o.position)
		if ref := p.a.noteRef(o.position); ref != "" {
			origin.Kind, g.Ref = finding.KindMessage, ref
		}
	}
	if t.commits > 0 {
		last := p.a.history.commits[p.a.history.order[t.last]]
		g.LastCommit = p.a.table.id(last.number).String()
		if info, ok := p.info(last.number); ok {
			g.LastDate = info.Author.When
		}
	}
	if t.removedBy >= 0 {
		g.RemovedBy = p.a.table.id(p.a.history.commits[p.a.history.order[t.removedBy]].number).String()
	}
	return origin
}

// commit fills in the commit at a position of the history.
func (p *reporter) commit(g *finding.GitOrigin, position int32) {
	number := p.a.history.commits[p.a.history.order[position]].number
	id := p.a.table.id(number)
	g.Commit = id.String()
	if entry := p.run.stash[id]; entry != "" {
		g.Ref = entry
	}
	if info, ok := p.info(number); ok {
		g.Author, g.Email, g.Date = info.Author.Name, info.Author.Email, info.Author.When
		g.Subject = object.Subject(info.Message)
	}
}

// keptInfos is how many commits are kept: many secrets share the one they came with, and the last.
const keptInfos = 64

// described is a commit that was read; ok: it makes sense.
type described struct {
	info object.CommitInfo
	ok   bool
}

func (p *reporter) info(number int32) (object.CommitInfo, bool) {
	if d, ok := p.infos[number]; ok {
		return d.info, d.ok
	}
	if len(p.infos) >= keptInfos {
		clear(p.infos)
	}
	var d described
	if _, text, err := p.a.table.read(p.reader, number); err == nil {
		d.info, err = object.ParseCommit(text)
		d.ok = err == nil
	}
	p.infos[number] = d
	return d.info, d.ok
}
