package archive

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/unleak/unleak/internal/lazyregexp"
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

var (
	columnName  = lazyregexp.New("^\\s*(?:\"([^\"]+)\"|`([^`]+)`|\\[([^\\]]+)\\]|'([^']+)'|([\\pL_][\\pL\\pN_$]*))")
	constraints = lazyregexp.New(`(?i)^\s*(?:constraint|primary\s+key|unique|check|foreign\s+key)\b`)
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
