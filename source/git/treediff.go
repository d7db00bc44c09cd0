package git

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"github.com/unleak/unleak/source/git/object"
)

// listed is an entry of a tree. Its name is a part of the tree's text.
type listed struct {
	name []byte
	file file
	at   int // where it starts
}

// difference returns the entries of a tree's text that another has not as they are, and those of the other that the
// text has not. Both are walked at once, as they are sorted; what they have in common is passed over without a look at
// each entry. It returns false if the text is not a tree to its end.
func difference(text, old []byte, hash int) (news, olds []listed, whole bool) {
	p, q := 0, 0
	for p < len(text) && q < len(old) {
		by := wholeEntries(text[p:], commonPrefix(text[p:], old[q:]), hash)
		if p, q = p+by, q+by; p == len(text) || q == len(old) {
			break
		}
		e, ok := object.NextEntry(text, p, hash)
		if !ok {
			break
		}
		f, ok := object.NextEntry(old, q, hash)
		if !ok {
			q = len(old)
			break
		}
		order := compareEntries(&e, &f)
		if order <= 0 {
			news, p = append(news, newListed(&e)), e.End
		}
		if order >= 0 {
			olds, q = append(olds, newListed(&f)), f.End
		}
	}
	news, p = restOf(news, text, p, hash)
	olds, _ = restOf(olds, old, q, hash)
	return news, olds, p == len(text)
}

func newListed(e *object.Entry) listed {
	return listed{e.Name, file{object.FromBytes(e.Raw), e.Mode}, e.Start}
}

// wholeEntries returns how many of the first n bytes are whole entries.
func wholeEntries(text []byte, n, hash int) int {
	at := 0
	for {
		i := bytes.IndexByte(text[at:n], 0)
		if i < 0 || at+i+1+hash > n {
			return at
		}
		at += i + 1 + hash
	}
}

// compareEntries orders entries as git does: folders as if their names ended in a slash.
func compareEntries(e, f *object.Entry) int {
	n := min(len(e.Name), len(f.Name))
	if c := bytes.Compare(e.Name[:n], f.Name[:n]); c != 0 {
		return c
	}
	after := func(e *object.Entry) int {
		switch {
		case len(e.Name) > n:
			return int(e.Name[n])
		case e.Mode.IsTree():
			return '/'
		}
		return 0
	}
	return after(e) - after(f)
}

// restOf appends the entries of text from p on.
func restOf(out []listed, text []byte, p, hash int) ([]listed, int) {
	for p < len(text) {
		e, ok := object.NextEntry(text, p, hash)
		if !ok {
			break
		}
		out, p = append(out, newListed(&e)), e.End
	}
	return out, p
}

// commonPrefix returns how many bytes are the same at the start.
func commonPrefix(a, b []byte) int {
	n := min(len(a), len(b))
	i := 0
	for ; i+8 <= n; i += 8 {
		if x := binary.LittleEndian.Uint64(a[i:]) ^ binary.LittleEndian.Uint64(b[i:]); x != 0 {
			return i + bits.TrailingZeros64(x)/8
		}
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}

// both returns the entries of a that start where one of b does; they are of the same text.
func both(a, b []listed) []listed {
	var out []listed
	for _, e := range a {
		for len(b) > 0 && b[0].at < e.at {
			b = b[1:]
		}
		if len(b) > 0 && b[0].at == e.at {
			out = append(out, e)
		}
	}
	return out
}

// byName finds entries by their names.
type byName struct {
	list  []listed
	names map[string]file // of long lists
}

// fewNames is how many names are looked through one by one.
const fewNames = 12

func newByName(list []listed) byName {
	b := byName{list: list}
	if len(list) > fewNames {
		b.names = make(map[string]file, len(list))
		for _, e := range list {
			b.names[string(e.name)] = e.file
		}
	}
	return b
}

func (b *byName) find(name []byte) (file, bool) {
	if b.names != nil {
		f, ok := b.names[string(name)]
		return f, ok
	}
	for i := range b.list {
		if bytes.Equal(b.list[i].name, name) {
			return b.list[i].file, true
		}
	}
	return file{}, false
}
