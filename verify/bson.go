package verify

import (
	"encoding/binary"
	"math"
)

// bsonDoc is a document being written (BSON 1.1).
type bsonDoc struct{ b []byte }

func (d *bsonDoc) key(kind byte, name string) {
	d.b = append(append(append(d.b, kind), name...), 0)
}

func (d *bsonDoc) int32(name string, v int32) {
	d.key(0x10, name)
	d.b = binary.LittleEndian.AppendUint32(d.b, uint32(v))
}

func (d *bsonDoc) text(name, v string) {
	d.key(0x02, name)
	d.b = binary.LittleEndian.AppendUint32(d.b, uint32(len(v)+1))
	d.b = append(append(d.b, v...), 0)
}

func (d *bsonDoc) binary(name string, v []byte) {
	d.key(0x05, name)
	d.b = binary.LittleEndian.AppendUint32(d.b, uint32(len(v)))
	d.b = append(append(d.b, 0), v...)
}

func (d *bsonDoc) bytes() []byte {
	out := binary.LittleEndian.AppendUint32(nil, uint32(len(d.b)+5))
	return append(append(out, d.b...), 0)
}

// readBSON reads the numbers, texts, binary values and lists of a document up to the first field of another kind that
// carries a length it cannot skip. Numbers are float64, lists maps from "0", "1".
func readBSON(b []byte) (map[string]any, bool) {
	if len(b) < 5 {
		return nil, false
	}
	size := int64(binary.LittleEndian.Uint32(b)) // counts itself and the end mark
	if size < 5 || size > int64(len(b)) {
		return nil, false
	}
	b = b[4:size]
	out := map[string]any{}
	for len(b) > 0 && b[0] != 0 {
		kind := b[0]
		end := 1
		for end < len(b) && b[end] != 0 {
			end++
		}
		if end == len(b) {
			return nil, false
		}
		name := string(b[1:end])
		v, n, ok := bsonValue(kind, b[end+1:])
		if !ok {
			return nil, false
		}
		if v != nil {
			out[name] = v
		}
		b = b[end+1+n:]
	}
	return out, true
}

// bsonValue reads a value of a kind and returns its size.
func bsonValue(kind byte, b []byte) (any, int, bool) {
	fixed := map[byte]int{0x01: 8, 0x07: 12, 0x08: 1, 0x09: 8, 0x0a: 0, 0x10: 4, 0x11: 8, 0x12: 8, 0x13: 16}
	if n, ok := fixed[kind]; ok {
		if len(b) < n {
			return nil, 0, false
		}
		switch kind {
		case 0x01:
			return math.Float64frombits(binary.LittleEndian.Uint64(b)), n, true
		case 0x10:
			return float64(int32(binary.LittleEndian.Uint32(b))), n, true
		case 0x12:
			return float64(int64(binary.LittleEndian.Uint64(b))), n, true
		}
		return nil, n, true
	}
	if len(b) < 4 {
		return nil, 0, false
	}
	size := int64(binary.LittleEndian.Uint32(b))
	switch kind {
	case 0x02: // text, its end mark counted
		if size < 1 || size > int64(len(b)-4) {
			return nil, 0, false
		}
		return string(b[4 : 4+size-1]), int(4 + size), true
	case 0x05: // binary, with its kind
		if size > int64(len(b)-5) {
			return nil, 0, false
		}
		return append([]byte{}, b[5:5+size]...), int(5 + size), true
	case 0x03, 0x04: // document, array: the size counts itself
		if size < 5 || size > int64(len(b)) {
			return nil, 0, false
		}
		if kind == 0x04 {
			list, ok := readBSON(b[:size])
			return list, int(size), ok
		}
		return nil, int(size), true
	}
	return nil, 0, false
}
