package archive

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A SQLite database is handed on as it is, which shows what stands in one piece, deleted rows among it. Besides, each
// table is handed on as a member in which every value stands behind the name of its column, values that the file keeps
// in several pages or as UTF-16 being whole. Layout: sqlite.org, "Database File Format" (2024).

const (
	sqliteHeader    = 100
	sqliteMaxValue  = 64 << 20 // bytes of a row; larger ones are left to the plain bytes
	sqliteMaxDepth  = 32       // of a b-tree
	sqliteMaxTables = 10_000
)

// sqliteFile is an open database.
type sqliteFile struct {
	r        io.ReaderAt
	size     int64
	pageSize int
	usable   int
	encoding uint32 // 1 UTF-8, 2 UTF-16 little endian, 3 big endian
}

// sqliteTable is a row of the schema.
type sqliteTable struct {
	name    string
	root    uint32
	columns []string
}

func (w *walker) sqlite(f *spooled, path []string, depth int) error {
	db, err := openSQLite(f)
	if err != nil {
		return err
	}
	tables, err := db.tables()
	for _, t := range tables {
		if !w.enter() {
			return nil
		}
		rows := db.rows(t)
		w.member(rows, path, t.name, depth)
		rows.Close()
		if w.done() {
			return nil
		}
	}
	return err
}

func openSQLite(f *spooled) (*sqliteFile, error) {
	var head [sqliteHeader]byte
	if _, err := f.ReadAt(head[:], 0); err != nil {
		return nil, notEOF(err)
	}
	db := &sqliteFile{r: f, size: f.size, pageSize: int(binary.BigEndian.Uint16(head[16:])), encoding: binary.BigEndian.Uint32(head[56:])}
	if db.pageSize == 1 {
		db.pageSize = 1 << 16
	}
	db.usable = db.pageSize - int(head[20])
	if db.pageSize < 512 || db.pageSize&(db.pageSize-1) != 0 || db.usable < 480 {
		return nil, fmt.Errorf("sqlite: pages of %d bytes, of which %d are used", db.pageSize, db.usable)
	}
	return db, nil
}

// tables reads the schema, whose table has its root on page 1.
func (db *sqliteFile) tables() ([]sqliteTable, error) {
	out := []sqliteTable{{name: "sqlite_schema", root: 1, columns: []string{"type", "name", "tbl_name", "rootpage", "sql"}}}
	var err error
	for row, rowErr := range db.walk(1) {
		if rowErr != nil {
			err = rowErr
			continue
		}
		if len(row) < 5 || len(out) >= sqliteMaxTables {
			continue
		}
		kind, name, sql := db.text(row[0]), db.text(row[1]), db.text(row[4])
		root, _ := row[3].(int64)
		if kind != "table" || root <= 1 || root > math.MaxUint32 {
			continue
		}
		out = append(out, sqliteTable{name: name, root: uint32(root), columns: sqliteColumns(sql)})
	}
	return out, err
}

// rows returns the text of a table: "column=value" lines, and an empty line behind each row. Where a row is a name and
// a value, as tables of settings have them, "name=value" is added.
func (db *sqliteFile) rows(t sqliteTable) *sequence {
	return &sequence{next: func(yield func([]byte) bool) error {
		var last error
		for row, err := range db.walk(t.root) {
			if err != nil {
				last = err
				continue
			}
			if text := db.line(t, row); len(text) > 0 && !yield(text) {
				return nil
			}
		}
		return last
	}}
}

func (db *sqliteFile) line(t sqliteTable, row []any) []byte {
	var b []byte
	var texts []string
	for i, v := range row {
		text, ok := db.value(v)
		if !ok {
			continue
		}
		texts = append(texts, text)
		column := "column" + strconv.Itoa(i+1)
		if i < len(t.columns) {
			column = t.columns[i]
		}
		b = append(b, column...)
		b = append(b, '=')
		b = append(b, text...)
		b = append(b, '\n')
	}
	if len(texts) == 2 && len(texts[0]) < 100 {
		b = append(b, texts[0]+"="+texts[1]+"\n"...)
	}
	if len(b) > 0 {
		b = append(b, '\n')
	}
	return b
}

// value returns texts, and blobs that are text; not numbers.
func (db *sqliteFile) value(v any) (string, bool) {
	switch v := v.(type) {
	case sqliteText:
		text := db.text(v)
		return text, text != ""
	case []byte:
		return string(v), len(v) > 0 && utf8.Valid(v)
	}
	return "", false
}

type sqliteText []byte

func (db *sqliteFile) text(v any) string {
	b, _ := v.(sqliteText)
	switch db.encoding {
	case 2:
		swapped := make([]byte, len(b)&^1)
		for i := 0; i+1 < len(b); i += 2 {
			swapped[i], swapped[i+1] = b[i+1], b[i]
		}
		return utf16Text(swapped)
	case 3:
		return utf16Text(b)
	}
	return string(b)
}

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

var (
	columnName  = regexp.MustCompile("^\\s*(?:\"([^\"]+)\"|`([^`]+)`|\\[([^\\]]+)\\]|'([^']+)'|([\\pL_][\\pL\\pN_$]*))")
	constraints = regexp.MustCompile(`(?i)^\s*(?:constraint|primary\s+key|unique|check|foreign\s+key)\b`)
)

// sqliteColumns returns the names of the columns of a CREATE TABLE statement, as well as that goes without a parser of
// SQL.
func sqliteColumns(sql string) []string {
	_, body, ok := strings.Cut(sql, "(")
	if !ok {
		return nil
	}
	var out []string
	depth, start := 0, 0
	take := func(def string) {
		if constraints.MatchString(def) {
			return
		}
		if m := columnName.FindStringSubmatch(def); m != nil {
			out = append(out, strings.Join(m[1:], ""))
		}
	}
	for i, c := range body {
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				take(body[start:i])
				return out
			}
		case ',':
			if depth == 0 {
				take(body[start:i])
				start = i + 1
			}
		}
	}
	return out
}
