package git

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/pack"
	"github.com/unleak/unleak/source/git/repo"
)

// contents scans blobs, commits and tags for one goroutine.
type contents struct {
	ctx     context.Context // of the one scan it lives for
	opts    *Options
	table   *table
	harvest *harvest
	worker  *scanner.Worker
	sink    *scanner.Sink
	reader  *repo.Reader
	observe func(number int32, resolved []finding.Match) // tests see each blob through it

	hits    []hit
	spotted []spotted
	clean   []int32 // objects in which nothing was found
	large   []int32 // blobs read as streams
	packed  []int32 // archives
	skipped []packedTrouble
	lfs     []lfsPointer
	commits []commit
	parents []int32     // of all commits, one after the other, as links
	absent  []object.ID // what links lead to that is not in the store
	tags    []tag
	trouble []trouble
	silent  []int32 // commits and tags in which nothing is found that is accepted where it stands
	scratch []finding.Match
	kept    map[int32]*located // what the report will want to know of blobs
	keeping int                // bytes these take, about
}

// hit is a blob, commit or tag that holds secrets.
type hit struct {
	number  int32
	secrets []int32        // each once, see numbersOf
	spots   []finding.Span // where to look for them; nil: everywhere
}

// commit is what is kept of a commit until attribution.
type commit struct {
	number  int32
	tree    int32 // a link
	parents int   // in contents.parents: where its own start
	count   int   // and how many they are
	date    int64 // committer's, seconds
}

// link returns the number of what a commit leads to; below zero, that of contents.absent, inverted.
func (c *contents) link(id object.ID) int32 {
	if number, ok := c.table.find(id[:c.table.store.Hash]); ok {
		return number
	}
	c.absent = append(c.absent, id)
	return ^int32(len(c.absent) - 1)
}

type tag struct {
	number int32
	target object.ID
	name   string
}

type lfsPointer struct {
	number int32
	oid    string
}

// trouble is an object that could not be read, or, with read, one that does not make sense.
type trouble struct {
	number int32
	err    error
	read   bool
}

var errDetector = errors.New("not searched")

// known is what is remembered of a blob for the deltas built on it.
type known struct {
	matches []finding.Match // unresolved
	secrets []int32
	broken  bool // the detector broke down: nothing is known
	bare    bool // see scanner.Worker.Bare
}

var _ visitor[known] = (*contents)(nil)

func (c *contents) visit(number int32, text []byte, d *pack.Delta, base known) known {
	n := &c.table.nodes[number]
	switch n.kind {
	case object.Blob:
		return c.blob(number, text, d, base)
	case object.Commit:
		c.commit(number, text)
	case object.Tag:
		c.tag(number, text)
	}
	return known{}
}

func (c *contents) blob(number int32, text []byte, d *pack.Delta, base known) known {
	canonical := c.table.canonical(number)
	if c.table.isClean(number) {
		return known{broken: isArchive(text, c.opts.Archives)}
	}
	if c.harvest.has(canonical) && (c.table.nodes[number].child < 0 || c.table.recalled[canonical] && !c.table.feeds(number)) {
		return known{}
	}
	if c.sealed(number, canonical, text) {
		return known{}
	}
	if isArchive(text, c.opts.Archives) {
		if c.harvest.first(canonical) {
			c.archive(canonical, func(u *unpacker) []member { return u.text(text) })
		}
		return known{broken: true} // nothing is known of the bytes themselves
	}
	skips := c.skips()
	k, err := c.matches(canonical, text, d, base)
	if c.skips() > skips { // not all was searched: the same holds for what is built on it, and for the next scan
		k.broken = true
	}
	if err != nil {
		c.fail(number, fmt.Errorf("%w: %w", errDetector, err))
		return known{broken: true}
	}
	var resolved []finding.Match
	if len(k.matches) > 0 {
		resolved = c.worker.Resolve(c.copyOf(k.matches))
		k.secrets = c.harvest.numbersOf(resolved)
		if slices.Equal(k.secrets, base.secrets) {
			k.secrets = base.secrets
		}
		if c.observe != nil {
			c.observe(number, resolved)
		}
	}
	if !c.harvest.first(canonical) {
		return k
	}
	c.worker.Count("blobs", 1)
	c.worker.Cover(int64(len(text)))
	oid, pointer := lfsOID(text)
	if pointer {
		c.lfs = append(c.lfs, lfsPointer{canonical, oid})
	}
	switch {
	case len(k.matches) > 0:
		c.hit(canonical, &k, text, resolved, pointer)
	case !k.broken && !pointer:
		c.clean = append(c.clean, canonical)
	}
	return k
}

// hit records a blob in which something matches.
func (c *contents) hit(number int32, k *known, text []byte, resolved []finding.Match, pointer bool) {
	var spots []finding.Span
	if !k.broken {
		spots = spotsOf(k.matches)
	}
	if len(k.secrets) > 0 {
		c.hits = append(c.hits, hit{number, k.secrets, spots})
	}
	if c.opts.Cache != "" && spots != nil && !pointer {
		c.spotted = append(c.spotted, spotted{number, spots, k.secrets})
	}
	c.keep(number, text, resolved)
}

// matches returns the unresolved matches of a blob.
func (c *contents) matches(canonical int32, text []byte, d *pack.Delta, base known) (known, error) {
	if found, ok, err := searchSpots(c.worker, text, c.table.spots[canonical]); ok {
		return known{matches: slices.Clone(found)}, err
	}
	return search(c.worker, text, d, base)
}

// skips returns how many things the detector did not search so far.
func (c *contents) skips() int64 {
	_, _, n := c.worker.Tally("")
	return n
}

// archive records what is inside an archive.
func (c *contents) archive(number int32, read func(*unpacker) []member) {
	c.worker.Count("blobs", 1)
	c.worker.Count("archives", 1)
	c.packed = append(c.packed, number)
	before, skips := len(c.skipped), c.skips()
	u := &unpacker{ctx: c.ctx, worker: c.worker, limits: c.opts.Limits, problem: func(p archive.Problem) {
		c.skipped = append(c.skipped, packedTrouble{number, p})
	}}
	if s := c.harvest.numbersOf(matchesOf(read(u))); len(s) > 0 {
		c.hits = append(c.hits, hit{number: number, secrets: s})
	} else if len(c.skipped) == before && c.skips() == skips {
		c.clean = append(c.clean, number)
	}
}

// copyOf returns matches for Resolve to work on.
func (c *contents) copyOf(matches []finding.Match) []finding.Match {
	c.scratch = append(c.scratch[:0], matches...)
	for i := range c.scratch {
		m := &c.scratch[i]
		m.Parts, m.Tags, m.Proofs = slices.Clip(m.Parts), slices.Clip(m.Tags), slices.Clip(m.Proofs)
	}
	return c.scratch
}

// whole takes the large blobs on which no delta is built: they are read as streams.
func (c *contents) whole(number int32, size int64) bool {
	if c.table.nodes[number].kind != object.Blob {
		return false
	}
	canonical := c.table.canonical(number)
	if c.harvest.has(canonical) {
		return true
	}
	if c.table.isArchive(c.reader, number, c.opts.Archives) && c.harvest.first(canonical) {
		c.large = append(c.large, canonical)
		c.archive(canonical, func(u *unpacker) []member { return c.table.unpack(c.reader, number, u) })
		return true
	}
	var l located
	skips := c.skips()
	err := c.table.stream(c.ctx, c.worker, c.reader, number, false, l.add)
	if err != nil && !errors.Is(err, context.Canceled) {
		c.fail(number, err)
		return true
	}
	if !c.harvest.first(canonical) {
		c.worker.Cover(-size)
		return true
	}
	c.worker.Count("blobs", 1)
	c.large = append(c.large, canonical)
	if s := c.harvest.numbersOf(l.matches); len(s) > 0 {
		c.hits = append(c.hits, hit{number: canonical, secrets: s})
		c.keepLocated(canonical, &l)
	} else if c.skips() == skips {
		c.clean = append(c.clean, canonical)
	}
	return true
}

func (c *contents) fail(number int32, err error) {
	c.trouble = append(c.trouble, trouble{c.table.canonical(number), err, false})
}

func (c *contents) done(objects int) { c.sink.Progress("objects", int64(objects), 0) }
