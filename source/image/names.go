package image

import (
	"encoding/binary"
	"path"
	"slices"
	"strings"
)

// names is what a layer does to the file system, kept as hashes of paths so that a layer of a million files costs a few
// megabytes.
type names struct {
	entries []uint64 // of everything that is there
	solid   []uint64 // of what is there and no folder
	gone    []uint64 // of what a whiteout removes
	opaque  []uint64 // of folders whose former content is gone
	last    string   // the folder of the last entry
}

// whiteouts as the OCI image specification 1.1 has them, section "Whiteouts" of layer.md
const (
	whiteoutPrefix = ".wh."
	whiteoutOpaque = ".wh..wh..opq"
	whiteoutMeta   = ".wh..wh." // of aufs itself: neither file nor whiteout
)

func newNames() names { return names{} }

// pathHash returns 48 bits, so that differences between sorted hashes are short. It is the same in every run. Who makes
// two paths with one hash changes what is said of them, not whether they are read.
func pathHash(p string) uint64 {
	h := uint64(0xcbf29ce484222325) // FNV-1a, 64 bits
	for i := range len(p) {
		h = (h ^ uint64(p[i])) * 0x100000001b3
	}
	return (h ^ h>>32*0x9e3779b97f4a7c15) >> 16
}

// add takes a clean path of the layer. It returns false for a whiteout, which is no file.
func (n *names) add(p string, folder bool) bool {
	dir, base := path.Split(p)
	switch {
	case base == whiteoutOpaque:
		n.opaque = append(n.opaque, pathHash(strings.TrimSuffix(dir, "/")))
		return false
	case strings.HasPrefix(base, whiteoutMeta):
		return true
	case strings.HasPrefix(base, whiteoutPrefix):
		n.gone = append(n.gone, pathHash(dir+base[len(whiteoutPrefix):]))
		return false
	}
	if dir != n.last { // folders on the way are there, with or without an entry of their own
		n.last = dir
		for i, c := range dir {
			if c == '/' {
				n.entries = append(n.entries, pathHash(dir[:i]))
			}
		}
	}
	h := pathHash(p)
	n.entries = append(n.entries, h)
	if !folder {
		n.solid = append(n.solid, h)
	}
	return true
}

// seal makes n ready to be asked.
func (n *names) seal() {
	for _, list := range []*[]uint64{&n.entries, &n.solid, &n.gone, &n.opaque} {
		slices.Sort(*list)
		*list = slices.Clip(slices.Compact(*list))
	}
}

// hides tells whether the layer removes or overwrites the file at p of a layer below.
func (n *names) hides(p string) bool {
	h := pathHash(p)
	if has(n.entries, h) || has(n.gone, h) {
		return true
	}
	for up := p; up != ""; {
		i := strings.LastIndexByte(up, '/')
		up = up[:max(i, 0)]
		h := pathHash(up)
		if has(n.opaque, h) || up != "" && (has(n.gone, h) || has(n.solid, h)) {
			return true
		}
	}
	return false
}

func has(list []uint64, h uint64) bool {
	_, ok := slices.BinarySearch(list, h)
	return ok
}

// cleanPath returns a path as it stands in the image, without a slash before it and without dots.
func cleanPath(p string) string { return strings.TrimPrefix(path.Clean("/"+p), "/") }

// encode appends the lists of a layer's names, which are sorted: of each the count and the steps from one to the next,
// as uvarints.
func (n *names) encode(to []byte) []byte {
	for _, list := range [][]uint64{n.entries, n.solid, n.gone, n.opaque} {
		to = binary.AppendUvarint(to, uint64(len(list)))
		last := uint64(0)
		for _, h := range list {
			to = binary.AppendUvarint(to, h-last)
			last = h
		}
	}
	return to
}

func decodeNames(b []byte) (names, error) {
	n := newNames()
	for _, list := range []*[]uint64{&n.entries, &n.solid, &n.gone, &n.opaque} {
		count, k := binary.Uvarint(b)
		if k <= 0 || count > uint64(len(b)) {
			return names{}, errKnown
		}
		b = b[k:]
		*list = make([]uint64, 0, count)
		last := uint64(0)
		for range count {
			step, k := binary.Uvarint(b)
			if k <= 0 {
				return names{}, errKnown
			}
			b = b[k:]
			last += step
			*list = append(*list, last)
		}
	}
	if len(b) > 0 {
		return names{}, errKnown
	}
	return n, nil
}
