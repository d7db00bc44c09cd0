package archive

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The files in testdata were made by other programs: 7-Zip 22.01 and 26.02, Info-ZIP 3.0, GNU cpio 2.13, dpkg-deb, rpmbuild
// 4.18, SQLite 3.40, ReportLab 4, fpdf2, qpdf 11, ncompress 4.2.4, gcab 1.5, lzip 1.23, javac 17 and CPython 3.7 to 3.13. They hold tokens, found here by the place they stand at.
func TestFixtures(t *testing.T) {
	two := map[string]string{"a.txt": "1", "d/b.txt": "2"}
	one := map[string]string{"a.txt": "1"}
	for name, c := range map[string]struct {
		found    map[string]string // member to tokens
		problems map[string]Reason
	}{
		"plain.7z":      {found: two},
		"ppmd.7z":       {found: two},
		"encrypted.7z":  {problems: map[string]Reason{"a.txt": Encrypted}},
		"hidden.7z":     {problems: map[string]Reason{"": Encrypted}},
		"plain.zip":     {found: two},
		"encrypted.zip": {problems: map[string]Reason{"a.txt": Encrypted}},
		"lzma.zip":      {found: one},
		"bzip2.zip":     {found: one},
		"deflate64.zip": {found: one},
		"deflate64.7z":  {found: two},
		"mszip.cab":     {found: two},
		"stored.cab":    {found: two},
		"12.Z":          {found: map[string]string{"": "1"}},
		"two.lz":        {found: map[string]string{"": "1 2"}},
		"A.class":       {found: map[string]string{"names": "1 2", "constants": "3"}},
		"newc.cpio":     {found: one},
		"odc.cpio":      {found: map[string]string{"d/b.txt": "2"}},
		"xz.deb":        {found: map[string]string{"control.tar.xz!postinst": "1", "data.tar.xz!etc/b.txt": "2"}},
		"zstd.rpm":      {found: map[string]string{"(header)": "1", "etc/b": "2"}},
		"reportlab.pdf": {found: map[string]string{"": "9", "page 1": "1 10 11 12", "page 2": "2", "strings": "9"}},
		"owner-r2.pdf":  {found: map[string]string{"page 1": "1 10 11 12", "page 2": "2", "strings": "9"}},
		"owner-r4.pdf":  {found: map[string]string{"page 1": "1 10 11 12", "page 2": "2", "strings": "9"}},
		"owner-r5.pdf":  {found: map[string]string{"page 1": "1 10 11 12", "page 2": "2", "strings": "9"}},
		"owner-r6.pdf":  {found: map[string]string{"page 1": "1 10 11 12", "page 2": "2", "strings": "9"}},
		"user-r6.pdf":   {problems: map[string]Reason{"": Encrypted}},
		"fpdf.pdf":      {found: map[string]string{"page 1": "3"}},
		"utf-8.db":      {found: databaseTokens()},
		"utf-16le.db":   {found: databaseTokens()},
		"utf-16be.db":   {found: databaseTokens()},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := os.ReadFile(filepath.Join("testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			r := walk(t, stream(in), Limits{})
			got := map[string]string{}
			for member, text := range r.members {
				if tokens := tokensIn(text); tokens != "" && !(member == "" && strings.HasSuffix(name, ".db")) {
					got[member] = tokens
				}
			}
			if c.found == nil {
				c.found = map[string]string{}
			}
			if c.problems == nil {
				c.problems = map[string]Reason{}
			}
			if d := cmp.Diff(c.found, got); d != "" {
				t.Errorf("tokens (-want +got):\n%s", d)
			}
			if d := cmp.Diff(c.problems, r.problems); d != "" {
				t.Errorf("problems (-want +got):\n%s", d)
			}
		})
	}
}

// TestPython: what gives a constant a name is told for every version that numbers its instructions differently.
func TestPython(t *testing.T) {
	for _, version := range []string{"3.7", "3.8", "3.10", "3.11", "3.12", "3.13"} {
		in, err := os.ReadFile(filepath.Join("testdata", version+".pyc"))
		if err != nil {
			t.Fatal(err)
		}
		r := walk(t, stream(in), Limits{})
		for _, line := range []string{
			"password = \"" + "tok" + "_000000000001\"", "local = \"" + "tok" + "_000000000002\"", "attr = \"" + "tok" + "_000000000003\"",
			"password = \"" + "tok" + "_000000000004\"", "three = \"" + "tok" + "_000000000006\"", "only = \"" + "tok" + "_000000000007\"",
			"b = \"" + "tok" + "_000000000010\"",
		} {
			if !strings.Contains("\n"+r.members["names"], "\n"+line+"\n") {
				t.Errorf("%s: no line %q in %q", version, line, r.members["names"])
			}
		}
		if got := tokensIn(r.members["constants"]); got != "5 8 12 11" || len(r.problems) > 0 || len(r.members) != 2 {
			t.Errorf("%s: other constants %q, problems %v, members %q", version, got, r.problems, r.order)
		}
		r = walk(t, stream(in[:len(in)-30]), Limits{})
		if tokensIn(r.members[""]) == "" || r.problems[""] != Corrupt {
			t.Errorf("%s, cut: members %q, problems %v", version, r.order, r.problems)
		}
	}
}

// TestPythonTuplesOfTuples: tuples that hold one another twice are not walked for ever.
func TestPythonTuplesOfTuples(t *testing.T) {
	b := append([]byte("\xa7\r\r\n"), make([]byte, 12)...)
	b = append(b, 'c')
	b = append(b, make([]byte, 20)...)                          // numbers
	b = append(b, 's', 0, 0, 0, 0, ')', 1)                      // code, constants
	b = append(b, ')'|0x80, 60)                                 // a tuple of
	b = append(b, ')'|0x80, 2, 'z', 4, 't', 'e', 'x', 't', 'N') // one with a text, and of each time the one before twice
	for i := range byte(59) {
		b = append(b, ')'|0x80, 2, 'r', i+1, 0, 0, 0, 'r', i+1, 0, 0, 0)
	}
	b = append(b, bytes.Repeat([]byte{'N'}, 6)...)
	b = append(b, make([]byte, 4)...)
	b = append(b, 'N', 'N')
	r := walk(t, stream(b), Limits{})
	if r.members["constants"] != "text\n" || len(r.problems) > 0 {
		t.Errorf("members %q, problems %v", r.members, r.problems)
	}
}

// tokensIn returns the numbers of the tokens in text, in their order, each once.
func tokensIn(text string) string {
	var out []string
	for _, part := range strings.Split(text, "tok_")[1:] {
		if len(part) >= 12 {
			if n := strings.TrimLeft(part[:12], "0"); !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return strings.Join(out, " ")
}

func databaseTokens() map[string]string {
	var users, settings []string
	for i := range 12 {
		users = append(users, fmt.Sprint(100+i))
	}
	for _, i := range []int{0, 1, 10, 11, 2, 3, 4, 5, 6, 7, 8, 9} { // by key, which is a text
		settings = append(settings, fmt.Sprint(200+i))
	}
	return map[string]string{"users": strings.Join(users, " "), "settings": strings.Join(settings, " ")}
}

func TestDatabaseRows(t *testing.T) {
	in, err := os.ReadFile("testdata/utf-16le.db")
	if err != nil {
		t.Fatal(err)
	}
	r := walk(t, stream(in), Limits{})
	for member, want := range map[string]string{
		"users":    "user name=u0\npassword=" + "tok" + "_000000000100\nu0=" + "tok" + "_000000000100\n\n",
		"settings": "k=key0\nv=" + "tok" + "_000000000200\nkey0=" + "tok" + "_000000000200\n\n",
	} {
		if !strings.HasPrefix(r.members[member], want) {
			t.Errorf("%s starts with %.120q, want %q", member, r.members[member], want)
		}
	}
	if names := slices.Sorted(maps.Keys(r.members)); !slices.Equal(names, []string{"", "empty", "settings", "sqlite_schema", "users"}) {
		t.Errorf("members %q", names)
	}
}

func TestColumns(t *testing.T) {
	for sql, want := range map[string][]string{
		"CREATE TABLE t(a, b TEXT)":                                        {"a", "b"},
		"create table x (\"a b\" int, [c], `d` text default ('a,b'), 'e')": {"a b", "c", "d", "e"},
		"CREATE TABLE t (id integer primary key, n numeric(10,2), CONSTRAINT u UNIQUE (id, n), FOREIGN KEY (n) REFERENCES y(z))": {"id", "n"},
		"no table": nil,
	} {
		if got := sqliteColumns(sql); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", sql, got, want)
		}
	}
}

func FuzzDocuments(f *testing.F) {
	names, err := filepath.Glob("testdata/*")
	if err != nil || len(names) < 10 {
		f.Fatalf("seeds: %v, %v", names, err)
	}
	for _, n := range names {
		if b, err := os.ReadFile(n); err == nil {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		limits := Limits{Bytes: 32 << 20, Entries: 10_000, Memory: 1 << 20, Spool: 4 << 20}
		one := walk(t, stream(b), limits)
		two := walk(t, Input{Reader: bytes.NewReader(b), At: bytes.NewReader(b), Size: int64(len(b))}, limits)
		if d := cmp.Diff(one.members, two.members); d != "" {
			t.Errorf("members depend on the kind of reader (-stream +random access):\n%s", d)
		}
	})
}
