package git

import (
	"cmp"
	"slices"
	"strings"

	"github.com/unleak/unleak/source/git/object"
)

// occurrence is a version of a file, or a name, that holds secrets, where it first appears at a path.
type occurrence struct {
	position int32  // in the history; none: no commit has it
	path     string // "" where no tree names it
	leaf     int32  // none: it is the name that holds the secret
	name     int32
	ref      string // reference that leads there without a commit
}

// trail is what the history says of one secret.
type trail struct {
	places      []occurrence
	commits     int
	last        int32 // position of the last commit that has it
	atHead      bool
	branches    []string
	removedBy   int32 // position, or none
	unreachable bool
}

// attribution finds where secrets come from, given the pruned trees of all commits.
type attribution struct {
	table   *table
	history *history
	forest  *forest
	harvest *harvest
	leaves  []hit            // by leaf; those of LFS pointers have no secrets
	large   map[int32]bool   // objects to be read as streams
	packed  map[int32]bool   // archives
	notes   map[int32]string // positions of commits that only notes lead to, with the reference

	trails     []trail // by secret
	submodules map[string]bool
	absents    map[int32]string // absences that commits lead to, with a path
	paths      map[int32]string // of leaves: the first, in the order of commits
	cutShort   bool
	adrift     bool // in the part of the history that no reference leads to

	visits int // folders looked at for the root at hand
	listed int // bytes of paths in seen
	seen   map[visit]bool
	stamps []int32 // by pruned tree: the last collection it was part of
	stamp  int32
	had    []int32 // by secret: likewise
}

// visit is a pruned tree at a path, or, below 0, a leaf.
type visit struct {
	tree int32
	path string
}

// use tells how commits use a pruned tree as their root.
type use struct{ count, last int32 }

// Trees that contain each other many times over name billions of paths in a few bytes. These bound how many folders are
// looked at for one commit, and how many bytes of paths are listed in all.
const (
	maxVisits = 1 << 16
	maxListed = 64 << 20
)

func newAttribution(t *table, h *history, f *forest, v *harvest, leaves []hit) *attribution {
	return &attribution{
		table: t, history: h, forest: f, harvest: v, leaves: leaves,
		trails: make([]trail, len(v.known)), submodules: map[string]bool{}, absents: map[int32]string{},
		paths: map[int32]string{}, seen: map[visit]bool{}, had: make([]int32, len(v.known)),
	}
}

// follow walks the commits of one part of the history, oldest first. Secrets that an earlier part has are left as
// they are.
func (a *attribution) follow(from, to int, unreachable bool) {
	a.adrift = unreachable
	had := a.placed()
	uses := map[int32]use{}
	var roots []int32
	for position := from; position < to; position++ {
		root := a.rootOf(a.history.order[position])
		if root == 0 {
			continue
		}
		u, known := uses[root]
		if !known {
			roots = append(roots, root)
			a.visits = 0
			a.expand(root, "", occurrence{position: int32(position)}, had, 0)
		}
		uses[root] = use{u.count + 1, int32(position)}
	}
	for _, root := range roots {
		u := uses[root]
		for _, s := range a.collect(root) {
			if had[s] {
				continue
			}
			t := &a.trails[s]
			t.commits += int(u.count)
			t.last = max(t.last, u.last)
			t.unreachable = unreachable
		}
	}
}

// rootOf returns the pruned tree of a commit.
func (a *attribution) rootOf(i int32) int32 {
	tree := a.history.commits[i].tree
	number, ok := a.table.find(tree[:a.table.store.Hash])
	if !ok {
		return 0
	}
	return a.forest.prune(number, 0)
}

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
			if old, ok := a.absents[e.child]; !ok || at.path < old {
				a.absents[e.child] = at.path
			}
		case e.name&edgeLeaf != 0:
			at.leaf, at.name = e.child, none
			if _, ok := a.paths[e.child]; !ok {
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

// nameOf returns what to call a leaf: its first path, or its id.
func (a *attribution) nameOf(leaf int32) string {
	if path := a.paths[leaf]; path != "" {
		return path
	}
	return a.table.id(a.leaves[leaf].number).String()
}

// placed tells which secrets have a place already.
func (a *attribution) placed() []bool {
	had := make([]bool, len(a.trails))
	for s := range a.trails {
		had[s] = len(a.trails[s].places) > 0
	}
	return had
}

// record adds an occurrence to the trails of secrets.
func (a *attribution) record(o occurrence, secrets []int32, had []bool) {
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

// tips notes which secrets HEAD and branches hold.
func (a *attribution) tips(refs []tip) {
	byRoot := map[int32][]int32{}
	for _, r := range refs {
		i, ok := a.history.at[r.number]
		if !ok || !r.head && r.branch == "" {
			continue
		}
		root := a.rootOf(i)
		secrets, ok := byRoot[root]
		if !ok {
			secrets = a.collect(root)
			byRoot[root] = secrets
		}
		for _, s := range secrets {
			t := &a.trails[s]
			if r.head {
				t.atHead = true
			}
			if r.branch != "" {
				t.branches = append(t.branches, r.branch)
			}
		}
	}
}

// direct records what references lead to without a commit: tags of blobs and trees.
func (a *attribution) direct(refs []tip) {
	had := a.placed()
	leafOf := map[int32]int32{}
	for i, l := range a.leaves {
		leafOf[l.number] = int32(i)
	}
	for _, r := range refs {
		at := occurrence{position: none, ref: r.name, name: none}
		switch a.table.nodes[r.number].kind {
		case object.Tree:
			if root := a.forest.prune(r.number, 0); root != 0 {
				a.expand(root, "", at, had, 0)
			}
		case object.Blob:
			if leaf, ok := leafOf[r.number]; ok {
				at.leaf = leaf
				a.record(at, a.leaves[leaf].secrets, had)
			}
		}
	}
}

// rest records blobs that no commit and no reference leads to. all: also those whose secrets stand elsewhere.
func (a *attribution) rest(all bool) {
	known := make([]bool, len(a.leaves))
	for _, t := range a.trails {
		for _, p := range t.places {
			if p.leaf >= 0 {
				known[p.leaf] = true
			}
		}
	}
	had := a.placed()
	for i, l := range a.leaves {
		if known[i] || a.table.nodes[l.number].kind != object.Blob {
			continue
		}
		o := occurrence{position: none, leaf: int32(i), name: none}
		for _, s := range l.secrets {
			if !had[s] || all {
				a.trails[s].places = append(a.trails[s].places, o)
			}
			if !had[s] {
				a.trails[s].unreachable = true
			}
		}
	}
}

// finish orders places and finds which commit removed a secret.
func (a *attribution) finish() {
	lasts := map[int32][]int32{}
	for s := range a.trails {
		t := &a.trails[s]
		slices.SortFunc(t.places, a.compare)
		t.removedBy = none
		slices.Sort(t.branches)
		t.branches = slices.Compact(t.branches)
		if t.commits > 0 && !t.atHead && len(t.branches) == 0 {
			lasts[t.last] = append(lasts[t.last], int32(s))
		}
	}
	if len(lasts) == 0 {
		return
	}
	for position, i := range a.history.order {
		for _, p := range a.history.commits[i].parents {
			for _, s := range lasts[a.history.position[p]] {
				if t := &a.trails[s]; t.removedBy == none {
					t.removedBy = int32(position)
				}
			}
		}
	}
}

// noteRef returns the reference of notes a commit belongs to; "" for others.
func (a *attribution) noteRef(position int32) string { return a.notes[position] }

// findNotes fills notes: commits that references under refs/notes lead to, and no other.
func (a *attribution) findNotes(refs []tip) {
	a.notes = map[int32]string{}
	var others []int32
	for _, r := range refs {
		if !strings.HasPrefix(r.name, notesPrefix) {
			others = append(others, r.number)
		}
	}
	var reached []bool
	for _, r := range refs {
		if !strings.HasPrefix(r.name, notesPrefix) {
			continue
		}
		if reached == nil {
			reached = a.history.reach(others)
		}
		for i, in := range a.history.reach([]int32{r.number}) {
			position := a.history.position[i]
			if in && !reached[i] && a.notes[position] == "" {
				a.notes[position] = r.name
			}
		}
	}
}

const notesPrefix = "refs/notes/"

// compare orders occurrences: by commit, those without one last, then by path and blob.
func (a *attribution) compare(x, y occurrence) int {
	if (x.position < 0) != (y.position < 0) {
		return cmp.Compare(y.position, x.position)
	}
	if c := cmp.Or(cmp.Compare(x.position, y.position), strings.Compare(x.ref, y.ref), strings.Compare(x.path, y.path)); c != 0 {
		return c
	}
	if x.leaf < 0 || y.leaf < 0 {
		return cmp.Compare(x.leaf, y.leaf)
	}
	return a.table.id(a.leaves[x.leaf].number).Compare(a.table.id(a.leaves[y.leaf].number))
}
