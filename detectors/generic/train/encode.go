package main

import (
	"encoding/binary"
	"math"
)

// encode writes a forest in the format of data/model.bin.
func encode(f *forest) []byte {
	var nodes []byte
	roots := []byte{}
	count := uint32(0)
	le := binary.LittleEndian
	for _, t := range f.trees {
		roots = le.AppendUint32(roots, count)
		var put func(i int)
		put = func(i int) {
			at := len(nodes)
			n := t[i]
			count++
			if n.feature < 0 {
				nodes = le.AppendUint16(nodes, 0xffff)
				nodes = le.AppendUint16(nodes, 0)
				nodes = le.AppendUint32(nodes, math.Float32bits(n.value))
				return
			}
			nodes = le.AppendUint16(nodes, uint16(n.feature))
			nodes = le.AppendUint16(nodes, 0)
			nodes = le.AppendUint32(nodes, math.Float32bits(n.threshold))
			put(n.left)
			le.PutUint16(nodes[at+2:], uint16((len(nodes)-at)/8))
			put(n.right)
		}
		put(0)
	}
	out := le.AppendUint32(nil, uint32(len(f.trees)))
	out = le.AppendUint32(out, math.Float32bits(float32(f.bias)))
	out = le.AppendUint32(out, count)
	return append(append(out, roots...), nodes...)
}
