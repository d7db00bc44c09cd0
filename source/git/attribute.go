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
	head        occurrence // where it stands at HEAD, if it does
	headPath    string     // likewise, located
	headLine    int
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
	leaves  []hit          // by leaf; those of LFS pointers have no secrets
	large   map[int32]bool // objects to be read as streams
	packed  map[int32]bool // archives
	kept    map[int32]*located
	silent  map[int32]bool   // see contents.silent
	homes   map[int32]bool   // blobs that the report looks at; nil: they are not to be remembered
	notes   map[int32]string // positions of commits that only notes lead to, with the reference

	trails     []trail // by secret
	submodules map[string]bool
	absents    map[int32]string   // absences that commits lead to, with a path
	rootless   map[object.ID]bool // trees of commits that are not there
	paths      map[int32]string   // of leaves: the first, in the order of commits, of those that were asked for if there is one
	left       leftOut
	cutShort   bool
	adrift     bool // in the part of the history that no reference leads to

	visits int // folders looked at for the root at hand
	listed int // bytes of paths, and of what was seen at them
	list   pathList
	seen   map[visit]bool
	stamps []int32 // by pruned tree: the last collection it was part of
	stamp  int32
	had    []int32 // by secret: likewise

	collected, todo []int32 // of collect, to be used again
}

// use tells how commits use a pruned tree as their root.
type use struct{ count, last int32 }

func newAttribution(t *table, h *history, f *forest, v *harvest, leaves []hit) *attribution {
	return &attribution{
		table: t, history: h, forest: f, harvest: v, leaves: leaves,
		trails: make([]trail, len(v.known)), rootless: map[object.ID]bool{}, submodules: map[string]bool{}, absents: map[int32]string{},
		paths: map[int32]string{}, list: newPathList(), seen: map[visit]bool{}, had: make([]int32, len(v.known)),
	}
}

// follow walks the commits of one part of the history, oldest first. Secrets that an earlier part has are left as
// they are.
func (a *attribution) follow(from, to int, unreachable bool) {
	a.adrift = unreachable
	had := a.placed()
	uses := map[int32]use{}
	var roots, firsts []int32
	for position := from; position < to; position++ {
		root := a.rootOf(a.history.order[position])
		if root == 0 {
			continue
		}
		u, known := uses[root]
		if !known {
			roots, firsts = append(roots, root), append(firsts, int32(position))
		}
		uses[root] = use{u.count + 1, int32(position)}
	}
	counted := make(chan any, 1)
	go func() { // it writes other fields of trails than record does
		var failed any
		protect(func() { a.count(roots, uses, had, unreachable) }, func(why any) { failed = why })
		counted <- failed
	}()
	for i, root := range roots {
		a.visits = 0
		a.expand(root, 0, occurrence{position: firsts[i]}, had, 0)
	}
	if failed := <-counted; failed != nil {
		panic(failed)
	}
}

// count adds to the trails of secrets in how many commits they are, and which is the last, given how commits use roots.
func (a *attribution) count(roots []int32, uses map[int32]use, had []bool, unreachable bool) {
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
	if tree < 0 {
		if !a.adrift {
			a.rootless[a.history.treeless[i]] = true
		}
		return 0
	}
	return a.forest.prune(tree, 0)
}

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

// tips notes which secrets HEAD and branches hold.
func (a *attribution) tips(refs []tip) {
	byRoot := map[int32][]int32{}
	for _, r := range refs {
		i, ok := a.history.find(r.number)
		if !ok || !r.head && r.branch == "" {
			continue
		}
		root := a.rootOf(i)
		secrets, ok := byRoot[root]
		if !ok {
			secrets = slices.Clone(a.collect(root))
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
				a.expand(root, 0, at, had, 0)
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
		if known[i] || a.left.leaves[int32(i)] || a.table.nodes[l.number].kind != object.Blob {
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
