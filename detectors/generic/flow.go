package generic

import "bytes"

// flow takes the items of a YAML flow list without quotes that starts at i and ends its line: pass: [one, two]. It tells
// whether there is one; a single item in brackets is what masks look like.
func (b *binder) flow(i int) bool {
	c := b.c
	n := bytes.IndexByte(b.text[i:], ']')
	if c.sep != sepColon || n < 0 || bytes.IndexByte(b.text[i:i+n], ',') < 0 {
		return false
	}
	end := i + n
	if k := skipSpace(b.text, end+1); k < len(b.text) && b.text[k] != '\r' && b.text[k] != '#' && b.text[k] != '}' && b.text[k] != ',' {
		return false
	}
	for k := i + 1; k < end; k++ {
		if ch := b.text[k]; ch == '"' || ch == '\'' || ch == '[' || ch == '{' || ch == '(' {
			return false
		}
	}
	c.quote = quoteNone
	for lo := i + 1; lo < end; c.arg++ {
		hi := lo + max(0, bytes.IndexByte(b.text[lo:end], ','))
		if b.text[hi] != ',' {
			hi = end
		}
		from := skipSpace(b.text, lo)
		to := from
		for to < hi && isValueByte(b.text[to]) {
			to++
		}
		if skipSpace(b.text, to) >= hi && !b.emit(from, to) {
			break
		}
		lo = hi + 1
	}
	return true
}
