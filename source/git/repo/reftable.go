package repo

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/unleak/unleak/internal/plainfile"
	"github.com/unleak/unleak/source/git/object"
)

// tableRef is a record of a reftable: what a reference is, or that it is no more.
type tableRef struct {
	name   string
	id     object.ID
	target string // of a symbolic reference
	gone   bool
}

// bounds on what a table may hold: the bytes of a name, and of all names
const (
	maxRefName  = 16 << 10
	maxRefNames = 256 << 20
	maxTable    = 1 << 30
)

var (
	errTable     = errors.New("reftable: no such header, or a version that is not known")
	errTableBody = errors.New("reftable: a block or record makes no sense")
)

// parseTable reads the references of one reftable file (Documentation/technical/reftable of git 2.51, 2025-08):
//
//	header  "REFT", version, block size (3 bytes), two update indexes (8 each); of version 2, the hash
//	blocks  kind, length (3), records, restart offsets; of references: kind "r", first in the file
//	footer
//
// The first block's length counts the header.
func parseTable(data []byte, hash int) ([]tableRef, error) {
	head := 24
	if len(data) < head || string(data[:4]) != "REFT" {
		return nil, errTable
	}
	switch data[4] {
	case 1:
	case 2:
		head = 28
		if len(data) < head {
			return nil, errTable
		}
		if want := map[int]string{object.SHA1: "sha1", object.SHA256: "s256"}[hash]; string(data[24:28]) != want {
			return nil, fmt.Errorf("reftable: hash %q is not the repository's", data[24:28])
		}
	default:
		return nil, errTable
	}
	size := uint24(data[5:])
	t := tableReader{hash: hash}
	for start, at := 0, head; at+4 <= len(data) && data[at] == 'r'; at = start {
		length := uint24(data[at+1:])
		end := start + length
		if end > len(data) || end < at+4+2 {
			return t.refs, errTableBody
		}
		restarts := int(binary.BigEndian.Uint16(data[end-2:]))
		last := end - 2 - 3*restarts
		if last < at+4 {
			return t.refs, errTableBody
		}
		if err := t.block(data[at+4 : last]); err != nil {
			return t.refs, err
		}
		if start+size >= end && end < len(data) && data[end] == 0 { // padded to the size of a block
			end = start + size
		}
		start = end
	}
	return t.refs, nil
}

type tableReader struct {
	hash  int
	refs  []tableRef
	names int // bytes
}

// block reads the records of a block.
func (t *tableReader) block(b []byte) error {
	name, p := "", 0
	next := func() int {
		var v int
		v, p = tableVarint(b, p)
		return v
	}
	take := func(n int) []byte {
		if p < 0 || n < 0 || n > len(b)-p {
			p = -1
			return nil
		}
		out := b[p : p+n]
		p += n
		return out
	}
	for p >= 0 && p < len(b) {
		prefix, suffix := next(), next()
		kind := suffix & 7
		rest := take(suffix >> 3)
		if p < 0 || prefix < 0 || prefix > len(name) || prefix+len(rest) > maxRefName {
			return errTableBody
		}
		name = name[:prefix] + string(rest)
		if t.names += len(name); t.names > maxRefNames {
			return errTableBody
		}
		next() // update index
		r := tableRef{name: name}
		switch kind {
		case 0:
			r.gone = true
		case 1:
			r.id = object.FromBytes(take(t.hash))
		case 2: // a tag, and what it leads to
			r.id = object.FromBytes(take(t.hash))
			take(t.hash)
		case 3:
			r.target = string(take(next()))
		default:
			return errTableBody
		}
		if p < 0 {
			return errTableBody
		}
		t.refs = append(t.refs, r)
	}
	if p < 0 {
		return errTableBody
	}
	return nil
}

// tableVarint reads a number as offset deltas have it; -1 for the position if there is none.
func tableVarint(b []byte, p int) (v, next int) {
	if p < 0 || p >= len(b) {
		return 0, -1
	}
	v = int(b[p] & 0x7f)
	for b[p]&0x80 != 0 {
		if p++; p >= len(b) || v > 1<<48 {
			return 0, -1
		}
		v = (v+1)<<7 | int(b[p]&0x7f)
	}
	return v, p + 1
}

func uint24(b []byte) int { return int(b[0])<<16 | int(b[1])<<8 | int(b[2]) }

// readTables reads the stack of reftables of a git folder: a later one has the last word.
func (r *Repo) readTables(dir string, see func(tableRef)) (broken []string) {
	dir = filepath.Join(dir, "reftable")
	list, err := plainfile.Read(filepath.Join(dir, "tables.list"))
	if err != nil {
		if os.IsNotExist(err) {
			return nil
		}
		return []string{"reftable/tables.list"}
	}
	for _, name := range strings.Fields(string(list)) {
		refs, err := r.readTable(filepath.Join(dir, filepath.Base(name)))
		for _, ref := range refs {
			see(ref)
		}
		if err != nil {
			broken = append(broken, "reftable/"+filepath.Base(name))
		}
	}
	return broken
}

func (r *Repo) readTable(name string) ([]tableRef, error) {
	st, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() || st.Size() > maxTable {
		return nil, errTable
	}
	data, err := plainfile.Read(name)
	if err != nil {
		return nil, err
	}
	return parseTable(data, r.Hash)
}
