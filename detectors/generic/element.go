package generic

import "bytes"

// tag handles <name>value<, <td>name</td><td>value< and <key>name</key><string>value<.
func (b *binder) tag(j int) {
	t, c := b.text, b.c
	c.sep = sepTag
	p := c.Key.Start - 1
	if b.at(j) == '>' {
		if p < b.lo || t[p] != '<' && t[p] != ':' && (c.keyQuote == quoteNone || p == b.lo || t[p-1] != '=') {
			return // neither <name> nor <entry key="name">
		}
		b.element(j + 1)
		return
	}
	for n := 0; n < 6; n++ {
		j = skipSpace(b.text, j)
		if j >= len(b.text) {
			if !b.nextLine() {
				return
			}
			if j = skipSpace(b.text, j+1); b.at(j) != '<' {
				return
			}
			continue
		}
		if b.text[j] != '<' {
			break
		}
		k := b.tagEnd(j)
		if k < 0 {
			return
		}
		j = k + 1
	}
	if ch := b.at(j); ch == ':' || ch == '=' {
		c.sep = sepColon
		b.value(j + 1)
		return
	}
	b.element(j)
}

// tagEnd returns where the tag that starts before i closes, or -1.
func (b *binder) tagEnd(i int) int {
	for k := i; k < len(b.text) && k < i+160; k++ {
		if b.text[k] == '>' {
			return k
		}
	}
	return -1
}

// attributes handles an element with further attributes: <password encrypted="false">value<, <setting name="Password"
// serializeAs="String"><value>value<. It tells whether the name is, or is named in, an element with a value.
func (b *binder) attributes(j int) bool {
	t, c := b.text, b.c
	p := c.Key.Start - 1
	if c.keyQuote != quoteNone && (p-5 < b.lo || t[p-1] != '=' || !lastWord(t[b.lo:p-1], "name", "key", "id")) {
		return false
	}
	for n := 0; p >= b.lo && t[p] != '<'; p-- {
		if n++; n > 80 || t[p] == '>' {
			return false
		}
	}
	if p < b.lo || c.keyQuote == quoteNone && p+1 != c.Key.Start && t[c.Key.Start-1] != ':' {
		return false
	}
	k := b.tagEnd(j)
	if k < 0 || t[k-1] == '/' || t[k-1] == '=' {
		return false
	}
	c.sep = sepTag
	b.element(k + 1)
	return true
}

const cdata = "<![CDATA["

// element takes the text of an element from i on: on this line or on one of its own, bare, in a CDATA section or in an
// element called value.
func (b *binder) element(i int) {
	c, from := b.c, i
	for range 2 {
		if i = b.skipLines(i, 1); !hasFold(b.text, i, "<value") {
			break
		}
		k := b.tagEnd(i)
		if k < 0 {
			return
		}
		i = k + 1
	}
	shut := quotes[quoteTag].shut
	if has(b.text, i, cdata) {
		i, shut = i+len(cdata), "]]>"
	}
	end := len(b.text)
	if n := bytes.Index(b.text[min(i, end):], []byte(shut)); n >= 0 {
		end = i + n
	} else if bytes.IndexByte(b.text[from:min(i, end)], '\n') >= 0 && !has(b.text, b.skipLines(end, 1), "</") {
		return // what stands alone on its line has to be closed on the next
	}
	for end > i && (isSpace(b.text[end-1]) || b.text[end-1] == '\r') {
		end--
	}
	c.quote = quoteTag
	b.emit(i, end)
}
