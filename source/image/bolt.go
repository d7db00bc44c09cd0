package image

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
)

// boltFile reads a bbolt database as far as containerd's names of images need it: buckets within buckets, keys and values.
// The program that owns the file holds a lock on it all the time; it is read without, as of its last transaction.
//
// Layout: bbolt's internal/common/page.go, bucket.go and meta.go (v1.3 and v1.4): pages of a header (id 8, flags 2, count 2,
// overflow 4 bytes), then elements that point forward to their keys and values; numbers in the machine's order, which is
// little-endian wherever containerd runs.
type boltFile struct {
	r        io.ReaderAt
	pageSize int64
	root     uint64
	pages    int // read so far
}

const (
	boltMagic   = 0xed0cdaed
	boltVersion = 2
	boltHeader  = 16
	boltMeta    = 64
	boltElement = 16
	boltBucket  = 1 << 0 // flag of a value that is a bucket
	boltBranch  = 1 << 0 // flags of pages
	boltLeaf    = 1 << 1

	boltMaxPages = 1 << 18
	boltMaxDepth = 64
	boltMaxPage  = 64 << 20
)

var errBolt = errors.New("not a bbolt database, or damaged")

// boltNode is a bucket: a page, or the bytes of one that stands in its parent.
type boltNode struct {
	page   uint64
	inline []byte
}

func openBolt(r io.ReaderAt) (*boltFile, error) {
	f := &boltFile{r: r}
	last := uint64(0)
	for _, at := range []int64{0, 4096, 8192, 16384, 65536} { // two of them, a page apart
		var b [boltHeader + boltMeta]byte
		if _, err := r.ReadAt(b[:], at); err != nil {
			continue
		}
		m := b[boltHeader:]
		sum := fnv.New64a()
		sum.Write(m[:56])
		if binary.LittleEndian.Uint32(m) != boltMagic || binary.LittleEndian.Uint32(m[4:]) != boltVersion ||
			binary.LittleEndian.Uint64(m[56:]) != sum.Sum64() {
			continue
		}
		size, transaction := binary.LittleEndian.Uint32(m[8:]), binary.LittleEndian.Uint64(m[48:])
		if size < 512 || size > 1<<20 || f.pageSize != 0 && transaction <= last {
			continue
		}
		f.pageSize, f.root, last = int64(size), binary.LittleEndian.Uint64(m[16:]), transaction
	}
	if f.pageSize == 0 {
		return nil, errBolt
	}
	return f, nil
}

func (f *boltFile) top() boltNode { return boltNode{page: f.root} }

// page reads a page with those it runs over into.
func (f *boltFile) page(id uint64) ([]byte, error) {
	if f.pages++; f.pages > boltMaxPages || id > 1<<40 {
		return nil, errBolt
	}
	var head [boltHeader]byte
	if _, err := f.r.ReadAt(head[:], int64(id)*f.pageSize); err != nil {
		return nil, fmt.Errorf("%w: %w", errBolt, err)
	}
	size := (int64(binary.LittleEndian.Uint32(head[12:])) + 1) * f.pageSize
	if size > boltMaxPage {
		return nil, errBolt
	}
	b := make([]byte, size)
	if _, err := f.r.ReadAt(b, int64(id)*f.pageSize); err != nil && err != io.EOF {
		return nil, fmt.Errorf("%w: %w", errBolt, err)
	}
	return b, nil
}

// each calls visit with every key of a bucket, in order, and its value, or its bucket.
func (f *boltFile) each(n boltNode, visit func(key, value []byte, bucket *boltNode) error) error {
	if n.inline != nil {
		return f.elements(n.inline, 0, visit)
	}
	return f.walk(n.page, 0, visit)
}

func (f *boltFile) walk(id uint64, depth int, visit func(key, value []byte, bucket *boltNode) error) error {
	b, err := f.page(id)
	if err != nil {
		return err
	}
	return f.elements(b, depth, visit)
}

func (f *boltFile) elements(b []byte, depth int, visit func(key, value []byte, bucket *boltNode) error) error {
	if depth > boltMaxDepth || len(b) < boltHeader {
		return errBolt
	}
	flags, count := binary.LittleEndian.Uint16(b[8:]), int(binary.LittleEndian.Uint16(b[10:]))
	if boltHeader+count*boltElement > len(b) {
		return errBolt
	}
	for i := range count {
		at := boltHeader + i*boltElement
		e := b[at : at+boltElement]
		if flags&boltBranch != 0 {
			if err := f.walk(binary.LittleEndian.Uint64(e[8:]), depth+1, visit); err != nil {
				return err
			}
			continue
		}
		if flags&boltLeaf == 0 {
			return errBolt
		}
		start := int64(at) + int64(binary.LittleEndian.Uint32(e[4:]))
		middle := start + int64(binary.LittleEndian.Uint32(e[8:]))
		end := middle + int64(binary.LittleEndian.Uint32(e[12:]))
		if end > int64(len(b)) {
			return errBolt
		}
		key, value := b[start:middle], b[middle:end]
		if err := f.entry(key, value, binary.LittleEndian.Uint32(e)&boltBucket != 0, visit); err != nil {
			return err
		}
	}
	return nil
}

func (f *boltFile) entry(key, value []byte, isBucket bool, visit func(key, value []byte, bucket *boltNode) error) error {
	if !isBucket {
		return visit(key, value, nil)
	}
	if len(value) < 16 {
		return errBolt
	}
	n := boltNode{page: binary.LittleEndian.Uint64(value)}
	if n.page == 0 {
		n.inline = value[16:]
	}
	return visit(key, nil, &n)
}

// bucket returns the bucket at a path of keys; false where there is none.
func (f *boltFile) bucket(n boltNode, path ...string) (boltNode, bool, error) {
	for _, name := range path {
		var found *boltNode
		err := f.each(n, func(key, _ []byte, bucket *boltNode) error {
			if bucket != nil && string(key) == name {
				found = bucket
			}
			return nil
		})
		if err != nil || found == nil {
			return boltNode{}, false, err
		}
		n = *found
	}
	return n, true, nil
}
