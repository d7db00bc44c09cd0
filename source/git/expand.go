package git

// visit is a pruned tree at a path, or, below 0, a leaf.
type visit struct {
	tree int32
	path string
}

// Trees that contain each other many times over name billions of paths in a few bytes. These bound how many folders are
// looked at for one commit, and how many bytes of paths are listed in all.
const (
	maxVisits = 1 << 16
	maxListed = 64 << 20
)

// expand records every leaf below a pruned tree that has not been seen at its path.
func (a *attribution) expand(tree int32, path string, at occurrence, had []bool, depth int) {
	if a.visits++; a.visits > maxVisits || depth > maxTreeDepth {
		a.cutShort = true
		return
	}
	if !a.see(visit{tree, path}) {
		return
	}
	for _, e := range a.forest.pruned[tree] {
		at.path = path + a.harvest.nameOf[e.name&nameMask]
		if e.name&edgeNamed != 0 {
			at.leaf, at.name = none, int32(e.name&nameMask)
			if a.see(visit{-1 - at.name, at.path}) {
				a.record(at, a.harvest.nameHas[at.name], had)
			}
		}
		switch {
		case e.name&edgeTree != 0:
			if e.child != 0 {
				a.expand(e.child, at.path+"/", at, had, depth+1)
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
			if a.see(visit{-1 - int32(len(a.harvest.nameOf)) - e.child, at.path}) {
				a.record(at, a.leaves[e.child].secrets, had)
			}
		}
	}
}

// see tells whether something is seen at its path for the first time, and there is room to remember it.
func (a *attribution) see(v visit) bool {
	if a.seen[v] {
		return false
	}
	if a.listed += len(v.path) + pathCost; a.listed > maxListed {
		a.cutShort = true
		return false
	}
	a.seen[v] = true
	return true
}

// pathCost is about what an entry of seen takes beside its path.
const pathCost = 48

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

// collect returns the secrets below a pruned tree, each once.
func (a *attribution) collect(root int32) []int32 {
	a.stamp++
	if n := len(a.forest.pruned); len(a.stamps) < n {
		a.stamps = append(a.stamps, make([]int32, n-len(a.stamps))...)
	}
	var out []int32
	add := func(secrets []int32) {
		for _, s := range secrets {
			if a.had[s] != a.stamp {
				a.had[s] = a.stamp
				out = append(out, s)
			}
		}
	}
	todo := []int32{root}
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
	return out
}
