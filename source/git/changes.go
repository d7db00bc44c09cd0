package git

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/repo"
)

// changes scans what the commits of a range add: to every parent, so that a merge counts with what it brings itself.
func (r *run) changes(ctx context.Context) error {
	refs, _ := r.repo.Refs()
	c := &changes{run: r, reader: r.keeping(), infos: map[object.ID]*brief{}, missing: map[object.ID]bool{}}
	if err := c.pick(refs); err != nil {
		return err
	}
	commits := c.order(ctx, c.walk(ctx))
	r.sink.Count("commits", int64(len(commits)))
	var news []addition
	seen := map[changed]bool{}
	for position, list := range c.additions(ctx, commits) {
		for _, n := range list {
			key := changed{n.path, n.file}
			if moved := n.named && (n.from != nil || n.removed != nil); moved || !seen[key] { // what was moved here may come anew later
				seen[key] = seen[key] || !moved
				n.position = int32(position)
				news = append(news, n)
			}
		}
	}
	news = append(news, c.files...)
	if slices.ContainsFunc(commits, c.lacksParent) {
		r.tooShallow()
	}
	for id := range c.missing {
		if r.repo.Shallow == 0 {
			r.sink.Skip(finding.Skip{Name: id.String(), Reason: finding.SkipMissing, Detail: "parent of a commit"})
		}
	}
	r.sink.Count("blobs", int64(len(news)))
	err := r.additions(ctx, news, func(n *addition) finding.Origin {
		g := &finding.GitOrigin{Repository: r.opts.Name}
		if n.position != none {
			g = c.origin(commits[n.position])
		}
		g.Blob = n.file.id.String()
		return finding.Origin{Kind: finding.KindGit, Path: n.path, Git: g}
	})
	if err != nil {
		return err
	}
	c.messages(commits)
	c.names()
	c.run.tellEffort()
	return ctx.Err()
}

// additions returns what each commit adds.
func (c *changes) additions(ctx context.Context, commits []object.ID) [][]addition {
	out := make([][]addition, len(commits))
	for _, id := range commits {
		for _, p := range c.infos[id].parents {
			c.info(p)
		}
	}
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(c.run.sink.Jobs(), len(commits)/compareBatch+1) {
		c.run.guarded(&group, func() {
			w := comparer{run: c.run, reader: c.run.keeping(), infos: c.infos}
			w.reader.Chains = true // trees are built on trees of other commits
			for ctx.Err() == nil {
				end := int64(len(commits)) - next.Add(compareBatch) + compareBatch // packs build older versions on newer ones
				if end <= 0 {
					return
				}
				for position := end - 1; position >= max(0, end-compareBatch); position-- {
					out[position] = w.additions(commits[position])
				}
			}
		})
	}
	group.Wait()
	return out
}

// compareBatch is how many commits a goroutine takes at a time: neighbours share most of their trees.
const compareBatch = 128

type changed struct {
	path string
	file file
}

// changes finds the commits of a range and what they add.
type changes struct {
	run     *run
	reader  *repo.Reader
	with    []object.ID // commits that lead to what is asked for
	without []object.ID // commits that lead to what is not
	common  bool        // what both lead to is not asked for
	tags    []object.ID // annotated tags that come with a push
	files   []addition  // that come with a push without a commit: references to blobs and trees
	infos   map[object.ID]*brief
	missing map[object.ID]bool
}

// pick turns the options into commits to start from.
func (c *changes) pick(refs []repo.Ref) error {
	r := c.run
	switch {
	case r.opts.Range != "":
		return c.pickRange(refs)
	case len(r.opts.Updates) > 0:
		return c.pickUpdates(refs)
	}
	starts := refs
	if r.opts.Branch != "" {
		id, err := r.resolve(r.opts.Branch, refs)
		if err != nil {
			return err
		}
		starts = []repo.Ref{{ID: id}}
	}
	for _, ref := range starts {
		id := ref.ID
		if _, err := commitAt(c.reader, &id); err == nil {
			c.with = append(c.with, id)
		}
	}
	return nil
}

// lacksParent tells whether a parent of a commit is not here.
func (c *changes) lacksParent(id object.ID) bool {
	return slices.ContainsFunc(c.infos[id].parents, func(p object.ID) bool { return c.missing[p] })
}

func (c *changes) pickRange(refs []repo.Ref) error {
	from, to, _ := strings.Cut(c.run.opts.Range, "..")
	to, c.common = strings.CutPrefix(to, ".")
	a, err := c.run.resolve(from, refs)
	if err != nil {
		return fmt.Errorf("start of the range: %w; a shallow clone may have to be deepened", err)
	}
	b, err := c.run.resolve(to, refs)
	if err != nil {
		return fmt.Errorf("end of the range: %w", err)
	}
	c.with, c.without = []object.ID{b}, []object.ID{a}
	if c.common {
		c.with = append(c.with, a)
	}
	return nil
}

func (c *changes) pickUpdates(refs []repo.Ref) error {
	for _, u := range c.run.opts.Updates {
		next, err := object.ParseID(u.New)
		if err != nil { // a name, as a hook manager may give it
			next, err = c.run.resolve(u.New, refs)
		}
		if err != nil {
			return fmt.Errorf("update of %s: %w", u.Ref, err)
		}
		if next.IsZero() {
			continue
		}
		if !c.tip(u.Ref, &next) {
			continue
		}
		c.with = append(c.with, next)
		old, err := object.ParseID(u.Old)
		if err != nil && u.Old != "" {
			old, err = c.run.resolve(u.Old, refs)
		}
		if err == nil && !old.IsZero() {
			if _, err := commitAt(c.reader, &old); err == nil {
				c.without = append(c.without, old)
			}
		}
	}
	pushed := map[string]bool{}
	for _, u := range c.run.opts.Updates {
		pushed[u.Ref] = true
	}
	for _, ref := range refs {
		id := ref.ID
		// The receiving side has all its references already, the sending side knows only what it saw of remotes.
		there := c.run.opts.Hook && !pushed[ref.Name] || strings.HasPrefix(ref.Name, "refs/remotes/")
		if !there {
			continue
		}
		if _, err := commitAt(c.reader, &id); err == nil {
			c.without = append(c.without, id)
		}
	}
	return nil
}

// tip tells whether what a reference is to lead to is a commit, and makes id that commit's. The annotated tags on the
// way are kept for their messages, a blob or tree at its end as files.
func (c *changes) tip(ref string, id *object.ID) bool {
	for range maxTags {
		kind, text, err := c.reader.Read(*id)
		if err != nil {
			c.run.skipObject(ref, *id, err)
			return false
		}
		switch kind {
		case object.Commit:
			return true
		case object.Blob:
			c.files = append(c.files, addition{path: ref, file: file{*id, object.ModeFile}, position: none})
			return false
		case object.Tree:
			files := map[string]file{}
			c.run.flattener(c.reader, files).files(*id, "", 0)
			for _, path := range slices.Sorted(maps.Keys(files)) {
				c.files = append(c.files, addition{path: path, file: files[path], position: none, named: true})
			}
			return false
		}
		t, err := object.ParseTag(text)
		if err != nil {
			c.run.skipObject(ref, *id, err)
			return false
		}
		c.tags = append(c.tags, *id)
		*id = t.Target
	}
	c.run.skipObject(ref, *id, nil) // too many tags one behind the other
	return false
}

// origin describes a commit of the range.
func (c *changes) origin(id object.ID) *finding.GitOrigin {
	g := &finding.GitOrigin{Repository: c.run.opts.Name, Commit: id.String()}
	if kind, text, err := c.reader.Read(id); err == nil && kind == object.Commit {
		if info, err := object.ParseCommit(text); err == nil {
			g.Author, g.Email, g.Date = info.Author.Name, info.Author.Email, info.Author.When
			g.Subject = object.Subject(info.Message)
		}
	}
	return g
}
