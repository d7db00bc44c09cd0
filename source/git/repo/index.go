package repo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/unleak/unleak/source/git/object"
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

// maxIndex bounds the size of an index; a million files take about 100 MB.
const maxIndex = 2 << 30

// Index reads the index; file, if not empty, stands for the repository's own. A repository without one has no
// entries.
func (r *Repo) Index(file string) ([]IndexEntry, error) {
	if file == "" {
		file = filepath.Join(r.GitDir, "index")
	}
	f, err := os.Open(file)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxIndex))
	if err != nil {
		return nil, err
	}
	return ParseIndex(data, r.Hash)
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

// ParseIndex reads an index of version 2, 3 or 4 (gitformat-index(5)) whose ids have hash bytes. Extensions are passed
// over, but for one that makes the entries incomplete: then the error is ErrSplit.
func ParseIndex(data []byte, hash int) ([]IndexEntry, error) {
	if len(data) < indexHead+hash || string(data[:4]) != "DIRC" {
		return nil, errors.New("index: no index header")
	}
	version := binary.BigEndian.Uint32(data[4:])
	if version < 2 || version > 4 {
		return nil, fmt.Errorf("index: version %d is not known", version)
	}
	count := int(binary.BigEndian.Uint32(data[8:]))
	if count > len(data)/(indexStat+hash+2) || count > maxIndexPaths {
		return nil, errIndex
	}
	entries := make([]IndexEntry, 0, count)
	p, end := indexHead, len(data)-hash
	last := ""
	for range count {
		e, next, err := parseIndexEntry(data[:end], p, hash, version, last)
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
		p, last = next, e.Path
	}
	for p+8 <= end {
		if string(data[p:p+4]) == "link" {
			return entries, ErrSplit
		}
		size := int(binary.BigEndian.Uint32(data[p+4:]))
		if size > end-p-8 {
			return nil, errIndex
		}
		p += 8 + size
	}
	return entries, nil
}

// parseIndexEntry reads the entry at p. last is the path before it, which version 4 shortens paths by.
func parseIndexEntry(data []byte, p, hash int, version uint32, last string) (e IndexEntry, next int, err error) {
	start := p
	if len(data)-p < indexStat+hash+2 {
		return e, 0, errIndex
	}
	e.Mode = object.Mode(binary.BigEndian.Uint32(data[p+indexMode:]))
	p += indexStat
	e.ID = object.FromBytes(data[p : p+hash])
	p += hash
	flags := binary.BigEndian.Uint16(data[p:])
	e.Stage = int(flags&flagStage) >> 12
	p += 2
	if flags&flagExtended != 0 && version > 2 {
		if len(data)-p < 2 {
			return e, 0, errIndex
		}
		e.Later = binary.BigEndian.Uint16(data[p:])&flagLater != 0
		p += 2
	}
	prefix := ""
	if version == 4 {
		strip, q := indexVarint(data, p)
		if q < 0 || strip > len(last) {
			return e, 0, errIndex
		}
		prefix, p = last[:len(last)-strip], q
	}
	n := bytes.IndexByte(data[p:], 0)
	if n < 0 {
		return e, 0, errIndex
	}
	e.Path = prefix + string(data[p:p+n])
	p += n + 1
	if version < 4 { // padded with one to eight zero bytes to a multiple of eight
		p = start + (p-start+7)&^7
		if p > len(data) {
			return e, 0, errIndex
		}
	}
	return e, p, nil
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
