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

// difference returns the entries of a tree's text and of another's, without those that both have at their start and
// end. It returns false if the text is not a tree to its end.
func difference(text, old []byte, hash int) (news, olds []listed, whole bool) {
	start, q := 0, 0
	for prefix := commonPrefix(text, old); start < len(text); {
		e, ok := object.NextEntry(text, start, hash)
		if !ok || e.End > prefix {
			break
		}
		start = e.End
	}
	p := start
	q = start
	same := commonSuffix(text[start:], old[start:])
	for p < len(text) {
		if rest := len(text) - p; rest <= same {
			olds, q = entriesUpTo(olds, old, q, len(old)-rest, hash)
			if q == len(old)-rest {
				return news, olds, true
			}
		}
		e, ok := object.NextEntry(text, p, hash)
		if !ok {
			break
		}
		news = append(news, listed{e.Name, file{object.FromBytes(e.Raw), e.Mode}, e.Start})
		p = e.End
	}
	olds, _ = entriesUpTo(olds, old, q, len(old), hash)
	return news, olds, p == len(text)
}

// entriesUpTo appends the entries of text from p on, until one ends at or behind end.
func entriesUpTo(out []listed, text []byte, p, end, hash int) ([]listed, int) {
	for p < end {
		e, ok := object.NextEntry(text, p, hash)
		if !ok {
			return out, len(text) + 1
		}
		out = append(out, listed{e.Name, file{object.FromBytes(e.Raw), e.Mode}, e.Start})
		p = e.End
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

// commonSuffix returns how many bytes are the same at the end.
func commonSuffix(a, b []byte) int {
	n := min(len(a), len(b))
	a, b = a[len(a)-n:], b[len(b)-n:]
	i := n
	for ; i >= 8; i -= 8 {
		if x := binary.LittleEndian.Uint64(a[i-8:]) ^ binary.LittleEndian.Uint64(b[i-8:]); x != 0 {
			return n - i + bits.LeadingZeros64(x)/8
		}
	}
	for i > 0 && a[i-1] == b[i-1] {
		i--
	}
	return n - i
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
