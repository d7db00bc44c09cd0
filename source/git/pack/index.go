package pack

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/unleak/unleak/source/git/object"
)

// Index is a pack's index, version 1 or 2: the ids of its objects, sorted, with their offsets. It reads from the bytes
// it was parsed from, which must not change while it is used.
type Index struct {
	count  int
	hash   int
	fan    []byte // 256 counts
	ids    []byte // first id
	stride int    // from id to id
	off32  []byte // version 2
	off64  []byte // version 2
	trail  []byte // the pack's checksum
}

const (
	fanSize = 256 * 4
	v2Head  = 8
)

var (
	errIndexShort = errors.New("pack index: shorter than its own counts say")
	errIndexFan   = errors.New("pack index: fan-out table does not grow")
)

// ParseIndex checks the frame of an index of ids of hash bytes. What it accepts can be read without a panic; whether
// the offsets make sense is for the pack to tell.
func ParseIndex(data []byte, hash int) (*Index, error) {
	if bytes.HasPrefix(data, []byte("\xfftOc")) {
		return parseIndexV2(data, hash)
	}
	x := &Index{hash: hash, stride: 4 + hash}
	if len(data) < fanSize+2*hash {
		return nil, errIndexShort
	}
	x.fan = data[:fanSize]
	if err := x.readCount(len(data)); err != nil {
		return nil, err
	}
	end := fanSize + x.count*x.stride
	if len(data) < end+2*hash {
		return nil, errIndexShort
	}
	x.ids = data[fanSize:end]
	x.trail = data[end : end+hash]
	return x, nil
}

func parseIndexV2(data []byte, hash int) (*Index, error) {
	if len(data) < v2Head+fanSize+2*hash {
		return nil, errIndexShort
	}
	if v := binary.BigEndian.Uint32(data[4:]); v != 2 {
		return nil, fmt.Errorf("pack index: version %d is not known", v)
	}
	x := &Index{hash: hash, stride: hash, fan: data[v2Head : v2Head+fanSize]}
	if err := x.readCount(len(data)); err != nil {
		return nil, err
	}
	ids := v2Head + fanSize
	crc := ids + x.count*hash
	off := crc + 4*x.count
	far := off + 4*x.count
	end := len(data) - 2*hash
	if end < far {
		return nil, errIndexShort
	}
	x.ids, x.off32, x.off64, x.trail = data[ids:crc], data[off:far], data[far:end], data[end:end+hash]
	return x, nil
}

// readCount checks the fan-out table and takes the number of objects from it. limit bounds it, so that products of
// it do not overflow.
func (x *Index) readCount(limit int) error {
	last := uint32(0)
	for i := range 256 {
		n := binary.BigEndian.Uint32(x.fan[4*i:])
		if n < last {
			return errIndexFan
		}
		last = n
	}
	if int64(last) > int64(limit)/int64(x.hash) {
		return errIndexShort
	}
	x.count = int(last)
	return nil
}

// Len returns the number of objects.
func (x *Index) Len() int { return x.count }

// Raw returns the bytes of the i-th id.
func (x *Index) Raw(i int) []byte {
	at := i * x.stride
	if x.off32 == nil {
		at += 4
	}
	return x.ids[at : at+x.hash]
}

// ID returns the i-th id.
func (x *Index) ID(i int) object.ID { return object.FromBytes(x.Raw(i)) }

// Offset returns where in the pack the i-th object starts, or -1 if the index points outside its own table.
func (x *Index) Offset(i int) int64 {
	if x.off32 == nil {
		return int64(binary.BigEndian.Uint32(x.ids[i*x.stride:]))
	}
	near := binary.BigEndian.Uint32(x.off32[4*i:])
	if near&0x80000000 == 0 {
		return int64(near)
	}
	at := 8 * int64(near&0x7fffffff)
	if at+8 > int64(len(x.off64)) {
		return -1
	}
	far := binary.BigEndian.Uint64(x.off64[at:])
	if far > 1<<62 {
		return -1
	}
	return int64(far)
}

// Find returns the position of an id, given as raw bytes.
func (x *Index) Find(raw []byte) (int, bool) {
	lo, hi := x.bucket(raw[0])
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		switch bytes.Compare(x.Raw(mid), raw) {
		case 0:
			return mid, true
		case -1:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return lo, false
}

// bucket returns the range of ids that start with b.
func (x *Index) bucket(b byte) (lo, hi int) {
	if b > 0 {
		lo = int(binary.BigEndian.Uint32(x.fan[4*(int(b)-1):]))
	}
	return lo, int(binary.BigEndian.Uint32(x.fan[4*int(b):]))
}

// PackSum returns the checksum of the pack this index was made for, as the index tells.
func (x *Index) PackSum() []byte { return x.trail }
