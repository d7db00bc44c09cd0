package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// Table is a table with its rows. A value is an int64, a string or nil.
type Table struct {
	Name    string
	Columns []string // "name TYPE"
	Rows    [][]any
}

const (
	pageSize   = 4096
	headerSize = 100
	leafTable  = 0x0d
	innerTable = 0x05
	maxLocal   = pageSize - 35 // of a row; longer ones would need overflow pages
)

// ErrTooLong is the error of a row that does not fit a page.
var ErrTooLong = errors.New("sqlite: a row is longer than a page")

// Write returns the file of a database. version goes into the header as the user version.
func Write(tables []Table, version uint32) ([]byte, error) {
	w := &writer{pages: make([][]byte, 1)}
	var schema []cell
	for i, t := range tables {
		root, err := w.table(t)
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", t.Name, err)
		}
		sql := "CREATE TABLE " + t.Name + " (" + strings.Join(t.Columns, ", ") + ")"
		schema = append(schema, leafCell(int64(i+1), record([]any{"table", t.Name, t.Name, int64(root), sql})))
	}
	first := page(leafTable, headerSize, schema, 0)
	if first == nil {
		return nil, ErrTooLong
	}
	w.pages[0] = first
	head := first[:headerSize]
	copy(head, "SQLite format 3\x00")
	binary.BigEndian.PutUint16(head[16:], pageSize)
	copy(head[18:], []byte{1, 1, 0, 64, 32, 32})
	for at, v := range map[int]uint32{24: 1, 28: uint32(len(w.pages)), 40: 1, 44: 4, 56: 1, 60: version, 92: 1, 96: 3045000} {
		binary.BigEndian.PutUint32(head[at:], v)
	}
	out := make([]byte, 0, len(w.pages)*pageSize)
	for _, p := range w.pages {
		out = append(out, p...)
	}
	return out, nil
}

type writer struct{ pages [][]byte }

// cell is a row on a leaf page, or a child on an interior one.
type cell struct {
	key  int64
	text []byte
}

// child is a page with the greatest row id on it.
type child struct {
	page int
	key  int64
}

// table writes the pages of a table and returns its root.
func (w *writer) table(t Table) (int, error) {
	var leaves []child
	var cells []cell
	size := 0
	flush := func() {
		w.pages = append(w.pages, page(leafTable, 0, cells, 0))
		key := int64(0)
		if len(cells) > 0 {
			key = cells[len(cells)-1].key
		}
		leaves = append(leaves, child{len(w.pages), key})
		cells, size = nil, 0
	}
	for i, row := range t.Rows {
		if len(row) != len(t.Columns) {
			return 0, fmt.Errorf("row %d has %d values, want %d", i, len(row), len(t.Columns))
		}
		r := record(row)
		if len(r) > maxLocal {
			return 0, ErrTooLong
		}
		c := leafCell(int64(i+1), r)
		if size+len(c.text)+2 > pageSize-8 {
			flush()
		}
		cells = append(cells, c)
		size += len(c.text) + 2
	}
	flush()
	for len(leaves) > 1 {
		leaves = w.inner(leaves)
	}
	return leaves[0].page, nil
}

// inner writes one level of interior pages over children.
func (w *writer) inner(children []child) []child {
	const most = 250 // children of 4 bytes and a key of at most 9 fit well
	var out []child
	for len(children) > 0 {
		n := min(most, len(children))
		if rest := len(children) - n; rest == 1 { // no page with a single child
			n--
		}
		part := children[:n]
		children = children[n:]
		var cells []cell
		for _, c := range part[:len(part)-1] {
			text := binary.BigEndian.AppendUint32(nil, uint32(c.page))
			cells = append(cells, cell{c.key, putVarint(text, uint64(c.key))})
		}
		right := part[len(part)-1]
		w.pages = append(w.pages, page(innerTable, 0, cells, uint32(right.page)))
		out = append(out, child{len(w.pages), right.key})
	}
	return out
}

// page lays cells out on a page; from is where its b-tree header starts. It returns nil when they do not fit.
func page(kind byte, from int, cells []cell, right uint32) []byte {
	p := make([]byte, pageSize)
	h := p[from:]
	h[0] = kind
	array := from + 8
	if kind == innerTable {
		binary.BigEndian.PutUint32(h[8:], right)
		array = from + 12
	}
	end := pageSize
	for i, c := range cells {
		end -= len(c.text)
		if end < array+2*len(cells) {
			return nil
		}
		copy(p[end:], c.text)
		binary.BigEndian.PutUint16(p[array+2*i:], uint16(end))
	}
	binary.BigEndian.PutUint16(h[3:], uint16(len(cells)))
	binary.BigEndian.PutUint16(h[5:], uint16(end))
	return p
}

func leafCell(key int64, r []byte) cell {
	text := putVarint(nil, uint64(len(r)))
	text = putVarint(text, uint64(key))
	return cell{key, append(text, r...)}
}

// record encodes the values of a row.
func record(row []any) []byte {
	var types, body []byte
	for _, v := range row {
		switch v := v.(type) {
		case int64:
			types = putVarint(types, 6)
			body = binary.BigEndian.AppendUint64(body, uint64(v))
		case string:
			types = putVarint(types, uint64(13+2*len(v)))
			body = append(body, v...)
		default:
			types = putVarint(types, 0)
		}
	}
	size := len(types) + 1
	if size > 127 { // the size counts itself
		size++
	}
	return append(append(putVarint(nil, uint64(size)), types...), body...)
}

// putVarint appends a number in SQLite's way: seven bits a byte, the most significant first.
func putVarint(b []byte, v uint64) []byte {
	if v>>56 != 0 {
		for shift := 57; shift >= 8; shift -= 7 {
			b = append(b, byte(v>>shift)|0x80)
		}
		return append(b, byte(v))
	}
	n := 1
	for v>>(7*n) != 0 {
		n++
	}
	for i := n - 1; i > 0; i-- {
		b = append(b, byte(v>>(7*i))|0x80)
	}
	return append(b, byte(v)&0x7f)
}
