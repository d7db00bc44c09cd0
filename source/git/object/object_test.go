package object

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestID(t *testing.T) {
	for _, hex := range []string{
		"0123456789abcdef0123456789abcdef01234567",
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	} {
		id, err := ParseID(hex)
		if err != nil || id.String() != hex || FromBytes(id[:len(hex)/2]) != id {
			t.Errorf("%s: %s %v", hex, id, err)
		}
	}
	for _, bad := range []string{"", "0123", strings.Repeat("g", 40), strings.Repeat("0", 41)} {
		if _, err := ParseID(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	if !(ID{}).IsZero() || (ID{1}).IsZero() {
		t.Error("the zero id is not told from others")
	}
}

const commitText = `tree 0123456789abcdef0123456789abcdef01234567
parent 1123456789abcdef0123456789abcdef01234567
parent 2123456789abcdef0123456789abcdef01234567
author A U Thor <a@example.org> 1700000000 +0530
committer C <c@example.org> 1700000001 -0800
gpgsig -----BEGIN PGP SIGNATURE-----
 
 abc
 -----END PGP SIGNATURE-----

Subject line

Body
`

func TestParseCommit(t *testing.T) {
	c, err := ParseCommit([]byte(commitText))
	if err != nil {
		t.Fatal(err)
	}
	if c.Tree.String()[0] != '0' || len(c.Parents) != 2 || c.Parents[1].String()[0] != '2' {
		t.Errorf("%+v", c)
	}
	if c.Author.Name != "A U Thor" || c.Author.Email != "a@example.org" || c.Author.When.Format(time.RFC3339) != "2023-11-15T03:43:20+05:30" {
		t.Errorf("author %+v", c.Author)
	}
	if c.Committer.When.Format(time.RFC3339) != "2023-11-14T14:13:21-08:00" {
		t.Errorf("committer %+v", c.Committer)
	}
	if string(c.Message) != "Subject line\n\nBody\n" || Subject(c.Message) != "Subject line" {
		t.Errorf("message %q", c.Message)
	}
	if !bytes.HasPrefix(c.Header, []byte("author ")) || !bytes.HasSuffix(c.Header, []byte("SIGNATURE-----\n")) {
		t.Errorf("header %q", c.Header)
	}
}

func TestOddCommits(t *testing.T) {
	tree := "tree 0123456789abcdef0123456789abcdef01234567\n"
	for text, ok := range map[string]bool{
		"":                            false,
		"author x\n":                  false,
		"tree 01\n":                   false,
		tree:                          true,
		tree + "\nmessage":            true,
		tree + "parent zz\n":          false,
		tree + "author\n\n":           true,
		tree + "author <<>> x y\n\nm": true,
		tree + "author A <b> 99999999999999999999 +9999\n\nm": true,
	} {
		if _, err := ParseCommit([]byte(text)); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestParseTag(t *testing.T) {
	text := "object 0123456789abcdef0123456789abcdef01234567\ntype commit\ntag v1\ntagger T <t@e> 1 +0000\n\nmessage\n"
	g, err := ParseTag([]byte(text))
	if err != nil || g.Kind != Commit || g.Name != "v1" || g.Tagger.Email != "t@e" || string(g.Message) != "message\n" {
		t.Errorf("%+v %v", g, err)
	}
	for _, bad := range []string{"", "object 01\n", "object 0123456789abcdef0123456789abcdef01234567\n"} {
		if _, err := ParseTag([]byte(bad)); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestNextEntry(t *testing.T) {
	id := strings.Repeat("\x07", SHA1)
	text := []byte("40000 dir\x00" + id + "100644 a b\x00" + id + "160000 sub\x00" + id + "120000 l\x00" + id)
	var names []string
	p := 0
	for p < len(text) {
		e, ok := NextEntry(text, p, SHA1)
		if !ok {
			t.Fatalf("no entry at %d", p)
		}
		if e.Start != p || string(e.Raw) != id {
			t.Errorf("%+v", e)
		}
		names = append(names, string(e.Name))
		if want := string(e.Name) == "dir"; e.Mode.IsTree() != want {
			t.Errorf("%s: tree %v", e.Name, !want)
		}
		if e.Mode.IsGitlink() != (string(e.Name) == "sub") || e.Mode.IsSymlink() != (string(e.Name) == "l") {
			t.Errorf("%s: mode %o", e.Name, e.Mode)
		}
		p = e.End
	}
	if strings.Join(names, "|") != "dir|a b|sub|l" {
		t.Errorf("names %q", names)
	}
	for _, bad := range []string{"1", "100644", "100644 ", "100644 x", "100644 x\x00short", "100644 \x00" + id, "9 x\x00" + id, "1234567890 x\x00" + id} {
		if _, ok := NextEntry([]byte(bad), 0, SHA1); ok {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestParseLoose(t *testing.T) {
	kind, size, head, err := ParseLoose([]byte("blob 12\x00content"))
	if err != nil || kind != Blob || size != 12 || head != 8 {
		t.Errorf("%v %d %d %v", kind, size, head, err)
	}
	for _, bad := range []string{"", "blob", "blob 12", "blob x\x00", "blob -1\x00", "blub 1\x00", strings.Repeat("b", 100) + " 1\x00"} {
		if _, _, _, err := ParseLoose([]byte(bad)); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func FuzzTree(f *testing.F) {
	f.Add([]byte("40000 dir\x00"+strings.Repeat("\x07", SHA1)), SHA1)
	f.Fuzz(func(t *testing.T, text []byte, hash int) {
		if hash != SHA1 && hash != SHA256 {
			hash = SHA1
		}
		for p := 0; ; {
			e, ok := NextEntry(text, p, hash)
			if !ok {
				break
			}
			if e.Start != p || e.End <= p || e.End > len(text) || len(e.Raw) != hash || len(e.Name) == 0 {
				t.Fatalf("entry at %d: %+v", p, e)
			}
			p = e.End
		}
	})
}

func FuzzCommit(f *testing.F) {
	f.Add([]byte(commitText))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ParseCommit(text)
		if err == nil && len(c.Header)+len(c.Message) > len(text) {
			t.Fatal("more came out than went in")
		}
		if g, err := ParseTag(text); err == nil && len(g.Header)+len(g.Message) > len(text) {
			t.Fatal("more came out than went in")
		}
		_ = Subject(c.Message)
	})
}

func FuzzLoose(f *testing.F) {
	f.Add([]byte("blob 12\x00content"))
	f.Fuzz(func(t *testing.T, text []byte) {
		kind, size, head, err := ParseLoose(text)
		if err == nil && (!kind.Whole() || size < 0 || head > len(text) || text[head-1] != 0) {
			t.Fatalf("%v %d %d", kind, size, head)
		}
	})
}
