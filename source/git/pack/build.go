package pack

import (
	"encoding/binary"
	"slices"

	"github.com/unleak/unleak/source/git/object"
)

// Located is an object with where its entry starts.
type Located struct {
	ID     object.ID
	Offset int64
}

// BuildIndex makes the index of a pack from what lies where. Of an object that is there twice, the first entry counts.
// sum is the pack's checksum.
func BuildIndex(all []Located, hash int, sum []byte) *Index {
	slices.SortStableFunc(all, func(a, b Located) int { return a.ID.Compare(b.ID) })
	all = slices.CompactFunc(all, func(a, b Located) bool { return a.ID == b.ID })
	x := &Index{count: len(all), hash: hash, stride: hash, trail: sum, fan: make([]byte, fanSize), off32: make([]byte, 0, 4*len(all))}
	at := 0
	for b := range 256 {
		for at < len(all) && int(all[at].ID[0]) <= b {
			at++
		}
		binary.BigEndian.PutUint32(x.fan[4*b:], uint32(at))
	}
	for _, l := range all {
		x.ids = append(x.ids, l.ID[:hash]...)
		if l.Offset < 1<<31 {
			x.off32 = binary.BigEndian.AppendUint32(x.off32, uint32(l.Offset))
			continue
		}
		x.off32 = binary.BigEndian.AppendUint32(x.off32, 1<<31|uint32(len(x.off64)/8))
		x.off64 = binary.BigEndian.AppendUint64(x.off64, uint64(l.Offset))
	}
	return x
}

// Count returns how many objects a pack claims to hold; its head has been checked.
func Count(data []byte) int64 { return int64(binary.BigEndian.Uint32(data[8:])) }
