package git

import (
	"cmp"
	"strings"
)

// maxHeadVisits bounds how many folders of HEAD are looked at for where secrets stand there.
const maxHeadVisits = 1 << 20

// heads notes where the secrets that HEAD holds stand there: at the path they came in at if they still do, else at the
// first path in order.
func (a *attribution) heads(refs []tip) {
	for _, r := range refs {
		if !r.head {
			continue
		}
		if i, ok := a.history.find(r.number); ok {
			a.visits = 0
			a.headTree(a.rootOf(i), "", 0)
		}
	}
}

// headTree looks at a pruned tree of HEAD.
func (a *attribution) headTree(tree int32, path string, depth int) {
	if a.visits++; a.visits > maxHeadVisits || depth > maxTreeDepth {
		return
	}
	for _, e := range a.forest.pruned[tree] {
		at := occurrence{position: none, path: path + a.harvest.nameOf[e.name&nameMask], leaf: none, name: none}
		if e.name&edgeNamed != 0 {
			at.name = int32(e.name & nameMask)
			a.headHas(at, a.harvest.nameHas[at.name])
		}
		switch {
		case e.name&edgeTree != 0 && e.child != 0:
			a.headTree(e.child, at.path+"/", depth+1)
		case e.name&edgeLeaf != 0:
			at.leaf, at.name = e.child, none
			a.headHas(at, a.leaves[e.child].secrets)
		}
	}
}

// headHas takes a place of HEAD for the secrets there if they have no better one.
func (a *attribution) headHas(at occurrence, secrets []int32) {
	if len(secrets) == 0 || !a.left.asked(at.path) {
		return
	}
	for _, s := range secrets {
		t := &a.trails[s]
		if len(t.places) == 0 {
			continue
		}
		old, first := t.head.path, t.places[0].path
		switch {
		case old == "", at.path == first, old != first && strings.Compare(at.path, old) < 0:
			t.head = at
		}
	}
}

// head returns the path and line at which a secret stands at HEAD; "": it does not.
func (p *reporter) head(t *trail, about secret) (path string, line int) {
	if !t.atHead || t.head.path == "" {
		return "", 0
	}
	l := p.at(t.head)
	for i, m := range l.matches {
		if m.Rule == about.rule && m.Secret == about.value {
			return t.head.path, l.place(p.worker, i).Start.Line
		}
	}
	for i := range l.matches { // a part of another secret by now
		for k := range l.matches[i].Parts {
			part := &l.matches[i].Parts[k]
			if part.Rule == about.rule && part.Value.Reveal() == about.value {
				whole := l.place(p.worker, i) // it locates the parts, of what is not encoded
				return t.head.path, cmp.Or(part.Start.Line, whole.Start.Line)
			}
		}
	}
	return t.head.path, 0
}
