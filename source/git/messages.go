package git

import (
	"cmp"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/arrange"
	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/repo"
)

// message is a commit or tag whose text holds secrets.
type message struct {
	number   int32
	position int32  // of a commit
	ref      string // of a tag
	adrift   bool   // no reference leads to it
}

// messages reports the secrets in commits and tags: each where it first stands, or everywhere.
func (p *reporter) messages(tags []tag, refs []repo.Ref) {
	told := map[int32]bool{}
	for _, m := range p.inOrder(tags, refs) {
		l, head := p.prose(m)
		for i, match := range l.matches {
			s, ok := p.a.harvest.secrets[secret{match.Rule, match.Secret}]
			if !ok || told[s] && !p.run.opts.AllOccurrences {
				continue
			}
			place := inMessage(p.worker, l.text, head, l.matches[i])
			place.Origin = p.messageOrigin(m, s)
			if p.tell(match, place) {
				told[s] = true
			}
		}
		p.settle(-1)
	}
}

// inOrder returns the commits and tags that hold secrets which may be reported, and are asked for: commits in the order of history, then tags
// by reference.
func (p *reporter) inOrder(tags []tag, refs []repo.Ref) []message {
	names := map[int32]string{}
	for _, g := range tags {
		names[g.number] = ""
	}
	for _, ref := range refs {
		if number, ok := p.a.table.find(ref.ID[:p.a.table.store.Hash]); ok {
			if name, ok := names[number]; ok && (name == "" || ref.Name < name) {
				names[number] = ref.Name
			}
		}
	}
	var out []message
	for _, l := range p.a.leaves {
		if p.a.silent[l.number] {
			continue
		}
		m := message{number: l.number, position: none}
		switch p.a.table.nodes[l.number].kind {
		case object.Commit:
			i, ok := p.a.history.find(l.number)
			if ok {
				m.position = p.a.history.position[i]
			}
			m.adrift = !ok || int(m.position) >= p.a.history.reachable
		case object.Tag:
			m.ref = names[l.number]
			m.adrift = m.ref == ""
		default:
			continue
		}
		if m.adrift && (p.run.opts.ReachableOnly || p.run.partial()) || p.run.partial() && m.position < 0 {
			continue
		}
		out = append(out, m)
	}
	arrange.By(out, func(a, b message) int {
		if (a.position < 0) != (b.position < 0) {
			return cmp.Compare(b.position, a.position)
		}
		return cmp.Or(cmp.Compare(a.position, b.position), cmp.Compare(a.ref, b.ref),
			p.a.table.id(a.number).Compare(p.a.table.id(b.number)))
	})
	return out
}

// prose returns the searched text of a commit or tag, and how much of it comes before the message.
func (p *reporter) prose(m message) (l *located, head int) {
	p.run.recorder.restsOn(m.number)
	_, text, err := p.a.table.read(p.reader, m.number)
	if err != nil {
		return &located{}, 0
	}
	header, body := headAndBody(text)
	text = prose(header, text)
	return p.search(text), len(text) - len(body)
}

func (p *reporter) messageOrigin(m message, s int32) finding.Origin {
	g := &finding.GitOrigin{Repository: p.run.opts.Name, Ref: m.ref, Unreachable: m.adrift}
	if m.position >= 0 {
		p.commit(g, m.position)
	} else {
		g.Commit = p.a.table.id(m.number).String()
	}
	if int(s) < len(p.a.trails) {
		t := &p.a.trails[s]
		g.AtHead, g.Branches = t.atHead, t.branches
	}
	return finding.Origin{Kind: finding.KindMessage, Git: g}
}

// refs reports the secrets in names of references.
func (p *reporter) refs(refs []repo.Ref) {
	for _, ref := range refs {
		name := []byte(ref.Name)
		found, err := p.worker.Detect(name, nil)
		if err != nil {
			p.worker.Skip(finding.Skip{Name: ref.Name, Reason: finding.SkipFailed, Detail: err.Error()})
			continue
		}
		for _, m := range p.worker.Resolve(found) {
			g := &finding.GitOrigin{Repository: p.run.opts.Name, Ref: ref.Name, Commit: ref.ID.String()}
			p.worker.Report(name, finding.Origin{Kind: finding.KindMessage, Git: g}, m)
		}
		p.worker.Settle()
	}
}
