package git

// visit is a pruned tree at a path, or, below 0, a leaf or a name.
type visit struct{ tree, path int32 }

// Trees that contain each other many times over name billions of paths in a few bytes. These bound how many folders are
// looked at for one commit, and about how many bytes paths and what was seen at them take in all.
const (
	maxVisits = 1 << 16
	maxListed = 64 << 20
	pathCost  = 64 // of a path beside its text
	visitCost = 24
)

// pathList numbers paths, so that most of what commits have in common with those before is recognised without its path
// being put together.
type pathList struct {
	texts []string // those of folders end with a slash; 0: the root
	last  []int32  // the pruned tree that stood there when it was last looked at; 0: none
	under map[step]int32
	known map[string]int32 // by text: a name may hold a slash
}

// step leads from a path to one below it.
type step struct {
	path   int32
	name   uint32
	folder bool
}

func newPathList() pathList {
	return pathList{texts: []string{""}, last: []int32{0}, under: map[step]int32{}, known: map[string]int32{"": 0}}
}

// below returns the number of what has a name in a folder; ok: there is room for it.
func (a *attribution) below(path int32, name uint32, folder bool) (n int32, ok bool) {
	l, to := &a.list, step{path, name & nameMask, folder}
	n, ok = l.under[to]
	if ok {
		return n, true
	}
	text := l.texts[path] + a.harvest.nameOf[name&nameMask]
	if folder {
		text += "/"
	}
	if n, ok = l.known[text]; !ok {
		n = int32(len(l.texts))
	}
	if a.listed += len(text) + pathCost; a.listed > maxListed {
		a.cutShort = true
		return 0, false
	}
	if !ok {
		l.texts, l.last = append(l.texts, text), append(l.last, 0)
		l.known[text] = n
	}
	l.under[to] = n
	return n, true
}

// edges are those of the version of a folder that was looked at last.
type edges []edge

// pass tells whether e is among the next of them, and goes on behind it. Folders change little from version to version.
func (l *edges) pass(e edge) bool {
	const ahead = 4
	for i := range min(ahead, len(*l)) {
		if (*l)[i] == e {
			*l = (*l)[i+1:]
			return true
		}
	}
	if len(*l) > 0 && (*l)[0].name == e.name {
		*l = (*l)[1:]
	}
	return false
}

// expand records every leaf below a pruned tree that has not been seen at its path.
func (a *attribution) expand(tree, path int32, at occurrence, had []bool, depth int) {
	if a.visits++; a.visits > maxVisits || depth > maxTreeDepth {
		a.cutShort = true
		return
	}
	if !a.see(visit{tree, path}) {
		return
	}
	last := edges(a.forest.pruned[a.list.last[path]])
	a.list.last[path] = 0
	for _, e := range a.forest.pruned[tree] {
		if last.pass(e) && e.name&edgeAbsent == 0 { // all below was seen with the folder's last version
			continue
		}
		here, ok := a.below(path, e.name, false)
		if !ok {
			return
		}
		at.path = a.list.texts[here]
		if e.name&edgeNamed != 0 {
			at.leaf, at.name = none, int32(e.name&nameMask)
			if a.see(visit{-1 - at.name, here}) {
				a.record(at, a.harvest.nameHas[at.name], had)
			}
		}
		switch {
		case e.name&edgeTree != 0:
			if folder, ok := a.below(path, e.name, true); ok && e.child != 0 {
				a.expand(e.child, folder, at, had, depth+1)
			}
		case e.name&edgeGitlink != 0:
			a.submodules[at.path] = true
		case e.name&edgeAbsent != 0 && !a.adrift:
			if old, ok := a.absents[e.child]; !ok || a.prefers(at.path, old, at.path < old) {
				a.absents[e.child] = at.path
			}
		case e.name&edgeLeaf != 0:
			at.leaf, at.name = e.child, none
			if old, ok := a.paths[e.child]; !ok || a.prefers(at.path, old, false) {
				a.paths[e.child] = at.path
			}
			if a.see(visit{-1 - int32(len(a.harvest.nameOf)) - e.child, here}) {
				a.record(at, a.leaves[e.child].secrets, had)
			}
		}
	}
	if a.visits <= maxVisits { // else the next commit goes on with what was left out
		a.list.last[path] = tree
	}
}

// see tells whether something is seen at its path for the first time, and there is room to remember it.
func (a *attribution) see(v visit) bool {
	if a.seen[v] {
		return false
	}
	if a.listed += visitCost; a.listed > maxListed {
		a.cutShort = true
		return false
	}
	a.seen[v] = true
	return true
}

// prefers tells whether a path is a better name than an old one: one that was asked for is better than one that was not.
func (a *attribution) prefers(path, old string, otherwise bool) bool {
	if now, before := a.left.asked(path), a.left.asked(old); now != before {
		return now
	}
	return otherwise
}

// record adds an occurrence to the trails of secrets, unless its path was not asked for. Notes have no paths of their own.
func (a *attribution) record(o occurrence, secrets []int32, had []bool) {
	if len(secrets) == 0 {
		return
	}
	if a.noteRef(o.position) == "" && !a.left.asked(o.path) {
		a.left.take(o, secrets)
		return
	}
	for _, s := range secrets {
		if had == nil || !had[s] {
			a.trails[s].places = append(a.trails[s].places, o)
		}
	}
}

// collect returns the secrets below a pruned tree, each once; they are valid until the next call.
func (a *attribution) collect(root int32) []int32 {
	a.stamp++
	if n := len(a.forest.pruned); len(a.stamps) < n {
		a.stamps = append(a.stamps, make([]int32, n-len(a.stamps))...)
	}
	out := a.collected[:0]
	add := func(secrets []int32) {
		for _, s := range secrets {
			if a.had[s] != a.stamp {
				a.had[s] = a.stamp
				out = append(out, s)
			}
		}
	}
	todo := append(a.todo[:0], root)
	a.stamps[root] = a.stamp
	for len(todo) > 0 {
		tree := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, e := range a.forest.pruned[tree] {
			if e.name&edgeNamed != 0 {
				add(a.harvest.nameHas[e.name&nameMask])
			}
			switch {
			case e.name&edgeTree != 0:
				if a.stamps[e.child] != a.stamp {
					a.stamps[e.child] = a.stamp
					todo = append(todo, e.child)
				}
			case e.name&edgeLeaf != 0:
				add(a.leaves[e.child].secrets)
			}
		}
	}
	a.collected, a.todo = out, todo
	return out
}
