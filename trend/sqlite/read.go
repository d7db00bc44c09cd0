package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// ErrDamaged is the error of a file that is no database, or not whole.
var ErrDamaged = errors.New("sqlite: not a database, or damaged")

// Database is a file that was read.
type Database struct {
	Version uint32 // the user version
	data    []byte
	page    int
	usable  int
	budget  int // bytes of rows that may still be gathered: rows of a sound file do not share pages
	roots   map[string]uint32
}

// Open reads the schema of a database.
func Open(data []byte) (*Database, error) {
	if len(data) < headerSize || string(data[:16]) != "SQLite format 3\x00" {
		return nil, ErrDamaged
	}
	size := int(binary.BigEndian.Uint16(data[16:]))
	if size == 1 {
		size = 65536
	}
	usable := size - int(data[20])
	if size < 512 || size&(size-1) != 0 || usable < 480 || binary.BigEndian.Uint32(data[56:]) > 1 {
		return nil, ErrDamaged
	}
	db := &Database{Version: binary.BigEndian.Uint32(data[60:]), data: data, page: size, usable: usable, roots: map[string]uint32{}}
	db.budget = 2 * len(data)
	err := db.walk(1, 0, map[uint32]bool{}, func(row []any) {
		if len(row) < 5 || row[0] != "table" {
			return
		}
		name, _ := row[1].(string)
		root, _ := row[3].(int64)
		if root > 0 && root <= math.MaxUint32 {
			db.roots[name] = uint32(root)
		}
	})
	return db, err
}

// Rows calls see with each row of a table, in order; a column that is a row's id is nil. A table that is not there has
// none.
func (db *Database) Rows(table string, see func(row []any)) error {
	root, ok := db.roots[table]
	if !ok {
		return nil
	}
	db.budget = 2 * len(db.data)
	return db.walk(root, 0, map[uint32]bool{}, see)
}

// walk goes through the tree of a table. seen keeps it from going in circles.
func (db *Database) walk(number uint32, depth int, seen map[uint32]bool, see func([]any)) error {
	const deepest = 32
	at := int64(number-1) * int64(db.page)
	if number == 0 || at+int64(db.page) > int64(len(db.data)) || seen[number] || depth > deepest {
		return fmt.Errorf("page %d: %w", number, ErrDamaged)
	}
	seen[number] = true
	p := db.data[at : at+int64(db.page)]
	head := 0
	if number == 1 {
		head = headerSize
	}
	cells := int(binary.BigEndian.Uint16(p[head+3:]))
	array := head + 8
	if p[head] == innerTable {
		array = head + 12
	} else if p[head] != leafTable {
		return fmt.Errorf("page %d: %w", number, ErrDamaged)
	}
	if array+2*cells > len(p) {
		return fmt.Errorf("page %d: %w", number, ErrDamaged)
	}
	for i := range cells {
		c := int(binary.BigEndian.Uint16(p[array+2*i:]))
		if c+4 > len(p) {
			return fmt.Errorf("page %d: %w", number, ErrDamaged)
		}
		if p[head] == innerTable {
			if err := db.walk(binary.BigEndian.Uint32(p[c:]), depth+1, seen, see); err != nil {
				return err
			}
			continue
		}
		row, err := db.row(p[c:])
		if err != nil {
			return fmt.Errorf("page %d: %w", number, err)
		}
		see(row)
	}
	if p[head] == innerTable {
		return db.walk(binary.BigEndian.Uint32(p[head+8:]), depth+1, seen, see)
	}
	return nil
}

// row decodes a cell of a leaf page.
func (db *Database) row(c []byte) ([]any, error) {
	size, n := varint(c)
	_, m := varint(c[n:])
	payload, err := db.payload(c[n+m:], size)
	if err != nil {
		return nil, err
	}
	head, n := varint(payload)
	if n == 0 || head < uint64(n) || head > uint64(len(payload)) {
		return nil, ErrDamaged
	}
	types, body := payload[n:head], payload[head:]
	var row []any
	for len(types) > 0 {
		t, n := varint(types)
		types = types[n:]
		v, used := value(t, body)
		if n == 0 || used < 0 {
			return nil, ErrDamaged
		}
		row, body = append(row, v), body[used:]
	}
	return row, nil
}

// payload gathers a row that may go on in overflow pages.
func (db *Database) payload(c []byte, size uint64) ([]byte, error) {
	limit := uint64(db.usable - 35)
	if db.budget -= int(min(size, uint64(len(db.data)))); db.budget < 0 {
		return nil, ErrDamaged
	}
	if size <= limit {
		if size > uint64(len(c)) {
			return nil, ErrDamaged
		}
		return c[:size], nil
	}
	if size > uint64(len(db.data)) {
		return nil, ErrDamaged
	}
	least := uint64((db.usable-12)*32/255 - 23)
	local := least + (size-least)%uint64(db.usable-4)
	if local > limit {
		local = least
	}
	if local+4 > uint64(len(c)) {
		return nil, ErrDamaged
	}
	out := append([]byte(nil), c[:local]...)
	next := binary.BigEndian.Uint32(c[local:])
	for uint64(len(out)) < size {
		at := int64(next-1) * int64(db.page)
		if next == 0 || at+int64(db.page) > int64(len(db.data)) {
			return nil, ErrDamaged
		}
		p := db.data[at : at+int64(db.usable)]
		out = append(out, p[4:4+min(size-uint64(len(out)), uint64(db.usable-4))]...)
		next = binary.BigEndian.Uint32(p)
	}
	return out, nil
}

// value decodes one value and tells how many bytes it takes; -1 when they are not there.
func value(t uint64, b []byte) (any, int) {
	sizes := [...]int{0, 1, 2, 3, 4, 6, 8, 8, 0, 0}
	switch {
	case t >= 12:
		n := (t - 12) / 2
		if n > uint64(len(b)) {
			return nil, -1
		}
		return string(b[:n]), int(n)
	case t >= uint64(len(sizes)) || sizes[t] > len(b):
		return nil, -1
	case t == 0:
		return nil, 0
	case t == 7:
		return int64(math.Float64frombits(binary.BigEndian.Uint64(b))), 8
	case t >= 8:
		return int64(t - 8), 0
	}
	n := sizes[t]
	v := int64(int8(b[0]))
	for _, c := range b[1:n] {
		v = v<<8 | int64(c)
	}
	return v, n
}

// varint reads a number and tells how many bytes it takes; 0 when the text ends before it does.
func varint(b []byte) (uint64, int) {
	var v uint64
	for i := 0; i < len(b) && i < 9; i++ {
		if i == 8 {
			return v<<8 | uint64(b[i]), 9
		}
		v = v<<7 | uint64(b[i]&0x7f)
		if b[i] < 0x80 {
			return v, i + 1
		}
	}
	return 0, 0
}
