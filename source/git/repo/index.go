package repo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/unleak/unleak/source/git/object"
	"github.com/unleak/unleak/source/git/pack"
)

// IndexEntry is a file in the index.
type IndexEntry struct {
	Path  string
	ID    object.ID
	Mode  object.Mode
	Stage int  // 0; of a conflict: 1 base, 2 ours, 3 theirs
	Later bool // git add --intent-to-add: no content yet
}

// ErrSplit says that an index holds only what differs from a shared one.
var ErrSplit = errors.New("split index")

var errIndex = errors.New("index: it ends too early or makes no sense")

// Index is the index of a repository: its entries in git's order, and what the cache of trees says of them.
type Index struct {
	Trees CachedTrees

	data    []byte // entries and nothing behind them; nil if list stands for them
	hash    int
	version uint32
	count   int
	list    []IndexEntry
	release func()
}

// OpenIndex maps the index; file, if not empty, stands for the repository's own. A repository without one has an empty
// one. Close it when done with.
func (r *Repo) OpenIndex(file string) (*Index, error) {
	if file == "" {
		file = filepath.Join(r.GitDir, "index")
	}
	data, release, err := pack.Map(file) // git puts a new file in its place, and never writes into it
	if os.IsNotExist(err) {
		return &Index{}, nil
	}
	if err != nil {
		return nil, err
	}
	x, err := NewIndex(data, r.Hash)
	if err != nil {
		release()
		return nil, err
	}
	x.release = release
	return x, nil
}

// ListedIndex returns an index of entries that are known, in git's order.
func ListedIndex(entries []IndexEntry) *Index { return &Index{list: entries, count: len(entries)} }

// Len is how many entries the index has.
func (x *Index) Len() int { return x.count }

// Close unmaps the index. Nothing read from it may be used after.
func (x *Index) Close() {
	if x.release != nil {
		x.release()
	}
}

const (
	indexHead     = 12
	indexStat     = 40 // times, device, inode, mode, owner, size
	indexMode     = 24 // where in that the mode is
	flagExtended  = 0x4000
	flagStage     = 0x3000
	flagLater     = 0x2000 // of the extended flags: intent to add
	maxIndexPaths = 1 << 26
)

// NewIndex reads the frame of an index of version 2, 3 or 4 (gitformat-index(5)) whose ids have hash bytes, and checks
// every entry. The index keeps data. If an extension makes the entries incomplete, the error is ErrSplit; extensions
// that are not known are passed over.
func NewIndex(data []byte, hash int) (*Index, error) {
	if len(data) < indexHead+hash || string(data[:4]) != "DIRC" {
		return nil, errors.New("index: no index header")
	}
	x := &Index{hash: hash, version: binary.BigEndian.Uint32(data[4:])}
	if x.version < 2 || x.version > 4 {
		return nil, fmt.Errorf("index: version %d is not known", x.version)
	}
	x.count = int(binary.BigEndian.Uint32(data[8:]))
	if x.count > len(data)/(indexStat+hash+2) || x.count > maxIndexPaths {
		return nil, errIndex
	}
	x.data = data[:len(data)-hash]
	c := x.Cursor()
	for c.Next() {
	}
	if c.Err != nil {
		return nil, c.Err
	}
	return x, x.extensions(c.next)
}

// extensions reads what stands behind the entries.
func (x *Index) extensions(p int) error {
	end := len(x.data)
	for p+8 <= end {
		size := int(binary.BigEndian.Uint32(x.data[p+4:]))
		switch {
		case string(x.data[p:p+4]) == "link":
			return ErrSplit
		case size > end-p-8:
			return errIndex
		case string(x.data[p:p+4]) == "TREE":
			x.Trees = parseCachedTrees(x.data[p+8:p+8+size], x.hash)
		}
		p += 8 + size
	}
	return nil
}

// Cursor goes through the entries of an index. Path and Raw are valid until Next is called.
type Cursor struct {
	Path  []byte
	Raw   []byte // the id's bytes
	Mode  object.Mode
	Stage int  // as in IndexEntry
	Later bool // as in IndexEntry
	At    int  // number of the entry, from 0
	Err   error

	x    *Index
	next int // where the next entry is
	last []byte
}

// Cursor returns one that stands before the first entry.
func (x *Index) Cursor() *Cursor { return &Cursor{x: x, next: indexHead, At: -1} }

// Next goes to the next entry. It returns false behind the last one and at a broken one, which Err tells of.
func (c *Cursor) Next() bool {
	if c.At++; c.At >= c.x.count || c.Err != nil {
		c.Path = nil
		return false
	}
	if c.x.list != nil {
		e := &c.x.list[c.At]
		c.Path, c.Raw, c.Mode, c.Stage, c.Later = []byte(e.Path), e.ID[:], e.Mode, e.Stage, e.Later
		return true
	}
	if !c.parse(c.x.data) {
		c.Err = errIndex
		return false
	}
	return true
}

// Copy returns a cursor that stands where this one does.
func (c *Cursor) Copy() *Cursor {
	d := *c
	if c.x.version == 4 {
		d.last = bytes.Clone(c.last)
		d.Path = d.last
	}
	return &d
}

// ID is the entry's.
func (c *Cursor) ID() object.ID { return object.FromBytes(c.Raw) }

// parse reads the entry at c.next.
func (c *Cursor) parse(data []byte) bool {
	start, p, hash := c.next, c.next, c.x.hash
	if len(data)-p < indexStat+hash+2 {
		return false
	}
	c.Mode = object.Mode(binary.BigEndian.Uint32(data[p+indexMode:]))
	p += indexStat
	c.Raw = data[p : p+hash]
	p += hash
	flags := binary.BigEndian.Uint16(data[p:])
	c.Stage = int(flags&flagStage) >> 12
	c.Later = false
	p += 2
	if flags&flagExtended != 0 && c.x.version > 2 {
		if len(data)-p < 2 {
			return false
		}
		c.Later = binary.BigEndian.Uint16(data[p:])&flagLater != 0
		p += 2
	}
	strip := 0
	if c.x.version == 4 {
		if strip, p = indexVarint(data, p); p < 0 || strip > len(c.last) {
			return false
		}
	}
	n := bytes.IndexByte(data[p:], 0)
	if n < 0 {
		return false
	}
	if c.x.version == 4 {
		c.last = append(c.last[:len(c.last)-strip], data[p:p+n]...)
		c.Path, c.next = c.last, p+n+1
		return true
	}
	c.Path = data[p : p+n]
	c.next = start + (p+n+1-start+7)&^7 // padded with one to eight zero bytes to a multiple of eight
	return c.next <= len(data)
}

// indexVarint reads a number as offset deltas write it; next is -1 if there is none.
func indexVarint(data []byte, p int) (v, next int) {
	for {
		if p >= len(data) || v > 1<<40 {
			return 0, -1
		}
		c := data[p]
		p++
		v |= int(c & 0x7f)
		if c&0x80 == 0 {
			return v, p
		}
		v = (v + 1) << 7
	}
}

// ParseListing reads what `git ls-files --stage -z` prints: "mode id stage\tpath\0".
func ParseListing(out []byte) ([]IndexEntry, error) {
	var entries []IndexEntry
	for line := range strings.SplitSeq(string(out), "\x00") {
		if line == "" {
			continue
		}
		head, path, ok := strings.Cut(line, "\t")
		var e IndexEntry
		var hex string
		if n, err := fmt.Sscanf(head, "%o %s %d", &e.Mode, &hex, &e.Stage); !ok || n != 3 || err != nil {
			return nil, fmt.Errorf("listing of the index: %q is no entry", line)
		}
		id, err := object.ParseID(hex)
		if err != nil {
			return nil, err
		}
		e.ID, e.Path = id, path
		entries = append(entries, e)
	}
	return entries, nil
}
