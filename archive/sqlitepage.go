package archive

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
)

// walk yields the rows of the table whose tree starts at root, leaf by leaf. A damaged page is yielded as an error, and
// the walk goes on.
func (db *sqliteFile) walk(root uint32) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		budget := db.size/int64(db.pageSize) + 1 // no page is read twice in a sound file
		db.tree(root, 0, &budget, yield)
	}
}

func (db *sqliteFile) tree(number uint32, depth int, budget *int64, yield func([]any, error) bool) bool {
	if *budget--; *budget < 0 || depth > sqliteMaxDepth {
		return yield(nil, errors.New("sqlite: pages of a table form a ring"))
	}
	page, err := db.page(number)
	if err != nil {
		return yield(nil, err)
	}
	head := 0
	if number == 1 {
		head = sqliteHeader
	}
	kind := page[head]
	cells := int(binary.BigEndian.Uint16(page[head+3:]))
	array := head + 8
	if kind == 0x05 || kind == 0x02 {
		array = head + 12
	}
	if array+2*cells > len(page) {
		return yield(nil, fmt.Errorf("sqlite: page %d is damaged", number))
	}
	for i := range cells {
		at := int(binary.BigEndian.Uint16(page[array+2*i:]))
		if at+4 > len(page) {
			if !yield(nil, fmt.Errorf("sqlite: page %d is damaged", number)) {
				return false
			}
			continue
		}
		if !db.cell(kind, page[at:], depth, budget, yield) {
			return false
		}
	}
	if kind == 0x05 || kind == 0x02 {
		return db.tree(binary.BigEndian.Uint32(page[head+8:]), depth+1, budget, yield)
	}
	return true
}

// cell yields the row of a cell and walks the page it leads to. Tables without row ids keep their rows in index pages,
// the inner ones too.
func (db *sqliteFile) cell(kind byte, cell []byte, depth int, budget *int64, yield func([]any, error) bool) bool {
	switch kind {
	case 0x05:
		return db.tree(binary.BigEndian.Uint32(cell), depth+1, budget, yield)
	case 0x02:
		if !db.tree(binary.BigEndian.Uint32(cell), depth+1, budget, yield) {
			return false
		}
		cell = cell[4:]
	case 0x0d, 0x0a:
	default:
		return yield(nil, fmt.Errorf("sqlite: page of kind %d", kind))
	}
	size, n := varint(cell)
	cell = cell[n:]
	most := (db.usable-12)*64/255 - 23
	if kind == 0x0d {
		_, n = varint(cell)
		cell = cell[n:]
		most = db.usable - 35
	}
	if size > sqliteMaxValue {
		return true
	}
	payload, err := db.payload(cell, int(size), most)
	if err != nil {
		return yield(nil, err)
	}
	row, err := sqliteRecord(payload)
	return yield(row, err)
}

// payload puts a row together from its cell and its overflow pages.
func (db *sqliteFile) payload(cell []byte, size, most int) ([]byte, error) {
	if size <= most {
		if size > len(cell) {
			return nil, errors.New("sqlite: a row leaves its page")
		}
		return cell[:size], nil
	}
	least := (db.usable-12)*32/255 - 23
	local := least + (size-least)%(db.usable-4)
	if local > most {
		local = least
	}
	if local+4 > len(cell) {
		return nil, errors.New("sqlite: a row leaves its page")
	}
	out := append([]byte(nil), cell[:local]...)
	next := binary.BigEndian.Uint32(cell[local:])
	for len(out) < size {
		page, err := db.page(next)
		if err != nil {
			return nil, err
		}
		next = binary.BigEndian.Uint32(page)
		out = append(out, page[4:min(db.usable, 4+size-len(out))]...)
	}
	return out, nil
}

func (db *sqliteFile) page(number uint32) ([]byte, error) {
	page := make([]byte, db.pageSize)
	at := (int64(number) - 1) * int64(db.pageSize)
	if number == 0 || at+int64(db.pageSize) > db.size {
		return nil, fmt.Errorf("sqlite: page %d is not in the file", number)
	}
	if _, err := db.r.ReadAt(page, at); err != nil && err != io.EOF {
		return nil, err
	}
	return page, nil
}

// varint reads a big-endian number of one to nine bytes and its length; section 1.6.
func varint(b []byte) (uint64, int) {
	var n uint64
	for i, c := range b {
		if i == 8 {
			return n<<8 | uint64(c), 9
		}
		n = n<<7 | uint64(c&0x7f)
		if c < 0x80 {
			return n, i + 1
		}
	}
	return n, len(b)
}

// sqliteRecord takes a row apart; section 2.1.
func sqliteRecord(b []byte) ([]any, error) {
	size, n := varint(b)
	if size > uint64(len(b)) || int(size) < n {
		return nil, errors.New("sqlite: a row's header is damaged")
	}
	head, body := b[n:size], b[size:]
	var row []any
	for len(head) > 0 {
		kind, n := varint(head)
		head = head[n:]
		length := serialSize(kind)
		if length > uint64(len(body)) {
			return row, errors.New("sqlite: a row is cut short")
		}
		value := body[:length]
		body = body[length:]
		switch {
		case kind >= 12 && kind%2 == 0:
			row = append(row, value)
		case kind >= 13:
			row = append(row, sqliteText(value))
		case kind >= 1 && kind <= 6:
			row = append(row, bigEndian(value))
		default:
			row = append(row, nil)
		}
	}
	return row, nil
}

func serialSize(kind uint64) uint64 {
	if kind >= 12 {
		return (kind - 12) / 2
	}
	return [12]uint64{0, 1, 2, 3, 4, 6, 8, 8}[kind]
}

func bigEndian(b []byte) int64 {
	var n int64
	for i, c := range b {
		if i == 0 {
			n = int64(int8(c))
			continue
		}
		n = n<<8 | int64(c)
	}
	return n
}
