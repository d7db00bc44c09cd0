package pack

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/unleak/unleak/source/git/object"
)

// Multi is a multi-pack-index: objects of several packs in one list, each with one of the packs that hold it
// (gitformat-pack(5), git 2.51, 2025-08). An object that several packs hold stands there once, so that it is no
// substitute for the packs' own indexes unless it happens to list all of one (Complete).
type Multi struct {
	Packs []string // names of the packs' indexes, "pack-....idx"

	hash, count int
	ids         []byte
	offsets     []byte // pack and offset of each object
	far         []byte // offsets too large for that
}

const (
	multiHead  = 12
	multiChunk = 12
)

var errMulti = errors.New("multi-pack-index: shorter than its own counts say")

// ParseMulti checks the frame of a multi-pack-index of ids of hash bytes. What it accepts can be read without a panic.
func ParseMulti(data []byte, hash int) (*Multi, error) {
	if len(data) < multiHead+hash || string(data[:4]) != "MIDX" {
		return nil, errors.New("multi-pack-index: no such header")
	}
	if v := data[4]; v != 1 && v != 2 {
		return nil, fmt.Errorf("multi-pack-index: version %d is not known", v)
	}
	if want := map[int]byte{object.SHA1: 1, object.SHA256: 2}[hash]; data[5] != want {
		return nil, fmt.Errorf("multi-pack-index: hash %d is not the repository's", data[5])
	}
	chunks, err := multiChunks(data[:len(data)-hash], int(data[6]))
	if err != nil {
		return nil, err
	}
	m := &Multi{hash: hash, ids: chunks["OIDL"], offsets: chunks["OOFF"], far: chunks["LOFF"]}
	m.count = len(m.ids) / hash
	if len(m.ids) != m.count*hash || len(m.offsets) != 8*m.count {
		return nil, errMulti
	}
	packs := int64(binary.BigEndian.Uint32(data[8:]))
	names := chunks["PNAM"]
	for range packs {
		name, rest, ok := bytes.Cut(names, []byte{0})
		if !ok || len(name) == 0 {
			return nil, errMulti
		}
		m.Packs = append(m.Packs, string(name))
		names = rest
	}
	return m, nil
}

// multiChunks returns the parts of the file by their ids.
func multiChunks(body []byte, count int) (map[string][]byte, error) {
	if len(body) < multiHead+(count+1)*multiChunk {
		return nil, errMulti
	}
	table := body[multiHead:]
	out := map[string][]byte{}
	for i := range count {
		at := binary.BigEndian.Uint64(table[i*multiChunk+4:])
		end := binary.BigEndian.Uint64(table[(i+1)*multiChunk+4:])
		if at > end || end > uint64(len(body)) {
			return nil, errMulti
		}
		out[string(table[i*multiChunk:i*multiChunk+4])] = body[at:end]
	}
	return out, nil
}

// Len returns the number of objects.
func (m *Multi) Len() int { return m.count }

// Located returns the objects that the list places in one of its packs, sorted by id.
func (m *Multi) Located(pack int) []Located {
	var out []Located
	for i := range m.count {
		if int64(binary.BigEndian.Uint32(m.offsets[8*i:])) != int64(pack) {
			continue
		}
		offset := int64(binary.BigEndian.Uint32(m.offsets[8*i+4:]))
		if len(m.far) > 0 && offset&0x80000000 != 0 {
			at := 8 * (offset & 0x7fffffff)
			if at+8 > int64(len(m.far)) {
				continue
			}
			offset = int64(binary.BigEndian.Uint64(m.far[at:]) & (1<<63 - 1))
		}
		out = append(out, Located{object.FromBytes(m.ids[i*m.hash : (i+1)*m.hash]), offset})
	}
	return out
}
