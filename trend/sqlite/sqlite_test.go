package sqlite

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func database(n int) []Table {
	t := Table{Name: "things", Columns: []string{"name TEXT", "size INTEGER", "note TEXT"}}
	for i := range n {
		var note any
		if i%3 == 0 {
			note = strings.Repeat("é", i%1500)
		}
		t.Rows = append(t.Rows, []any{fmt.Sprint("thing ", i), int64(i) * math.MaxInt32 * int64(1-2*(i%2)), note})
	}
	return []Table{t, {Name: "empty", Columns: []string{"x INTEGER"}}}
}

// What is written is read back, for tables of no page to several levels of pages.
func TestRoundTrip(t *testing.T) {
	for _, n := range []int{0, 1, 10, 1000, 30_000} {
		tables := database(n)
		data, err := Write(tables, 7)
		if err != nil {
			t.Fatal(err)
		}
		db, err := Open(data)
		if err != nil || db.Version != 7 {
			t.Fatal(db, err)
		}
		for _, want := range tables {
			var got [][]any
			if err := db.Rows(want.Name, func(row []any) { got = append(got, row) }); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want.Rows, got); d != "" {
				t.Fatalf("%d rows: %.2000s", n, d)
			}
		}
	}
}

// SQLite itself finds the file sound and reads the same, and its own files can be read.
func TestAgainstSQLite(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil || exec.Command(python, "-c", "import sqlite3").Run() != nil {
		t.Skip("NOT TESTED against SQLite: there is no python3 with sqlite3")
	}
	data, err := Write(database(20_000), 1)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "x.db")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	script := `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
print(db.execute("PRAGMA integrity_check").fetchone()[0], db.execute("SELECT count(*), sum(size), sum(length(note)) FROM things").fetchone())
db.execute("INSERT INTO things VALUES (?, 5, 'x')", ("long " * 3000,))
db.execute("DELETE FROM things WHERE size = 0")
db.commit()
db.execute("VACUUM")
`
	c := exec.Command(python, "-c", script, name)
	var said strings.Builder
	c.Stderr = &said
	out, err := c.Output()
	sum, length, rows := int64(0), 0, 0
	for _, r := range rowsOf(20_000) {
		sum += r[1].(int64)
		if s, ok := r[2].(string); ok {
			length += len([]rune(s))
		}
	}
	if want := fmt.Sprintf("ok (20000, %d, %d)\n", sum, length); err != nil || string(out) != want {
		t.Fatalf("%v: %s, want %s; it says %s", err, out, want, said.String())
	}
	if data, err = os.ReadFile(name); err != nil {
		t.Fatal(err)
	}
	db, err := Open(data)
	if err != nil {
		t.Fatal(err)
	}
	last := ""
	if err := db.Rows("things", func(row []any) { rows++; last = row[0].(string) }); err != nil || rows != 20_000 || len(last) != 15_000 {
		t.Fatalf("%v: %d rows, the last of %d characters", err, rows, len(last))
	}
}

func rowsOf(n int) [][]any { return database(n)[0].Rows }

func TestTooLong(t *testing.T) {
	if _, err := Write([]Table{{Name: "t", Columns: []string{"a"}, Rows: [][]any{{strings.Repeat("x", 5000)}}}}, 1); err == nil {
		t.Error("a row longer than a page was written")
	}
}

func FuzzOpen(f *testing.F) {
	data, err := Write(database(100), 1)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		db, err := Open(data)
		if err != nil {
			return
		}
		for name := range db.roots {
			_ = db.Rows(name, func([]any) {})
		}
	})
}
