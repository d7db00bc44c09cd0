package generic

import "bytes"

// phrases fills the features that look for references, templates and placeholders.
func phrases(v []byte, f *Features) {
	switch v[0] {
	case '$':
		f[fStart] = 1
	case '{', '%', '<', '[', '(':
		f[fStart] = 2
	case '/', '.', '~', '\\':
		f[fStart] = 3
	case '*', '#', '@', '!', '-', ':', '&', '_':
		f[fStart] = 4
	}
	for i := 0; i+1 < len(v); i++ {
		switch v[i] {
		case '$':
			if v[i+1] == '{' || v[i+1] == '(' || isLetter(v[i+1]) && i == 0 {
				f[fTemplate] = 1
			}
		case '{':
			if v[i+1] == '{' || v[i+1] == '%' || v[len(v)-1] == '}' {
				f[fTemplate] = 1
			}
		case '#':
			if v[i+1] == '{' {
				f[fTemplate] = 1
			}
		case '<':
			if v[i+1] == '%' || v[i+1] == '?' || isLetter(v[i+1]) && bytes.IndexByte(v[i:], '>') > 0 {
				f[fTemplate] = 1
			}
		case '%':
			if ch := v[i+1]; ch == 's' || ch == 'd' || ch == 'v' || ch == '(' || ch == 'q' || ch == '@' || ch == '{' {
				f[fTemplate] = 1
			}
		}
	}
	f[fPlaceholder], f[fStock] = placeholder(v)
	f[fText] = flag(isText(v, f))
	if s := int(f[fSpaces]); s >= 1 && f[fLetters] > 0.6 {
		f[fSentence] = float32(s)
	}
}

// isText tells whether the value reads as text for people: several words and nothing else, or a script other than Latin.
func isText(v []byte, f *Features) bool {
	words := f[fLetters] + f[fNonASCII] + f[fSpaces]/float32(len(v))
	if f[fSpaces] > 0 && f[fDigits] == 0 {
		switch v[len(v)-1] {
		case '.', '!', '?', ':', ',':
			words += 1 / float32(len(v))
		}
		return words > 0.97 && (f[fUppers] > 0 || f[fSpaces] > 2)
	}
	return f[fNonASCII] > 0.5 && words > 0.95
}

var placeholders = [...]string{"your", "example", "placeholder", "changeme", "change_me", "change-me", "redacted", "removed", "hidden", "replace", "insert", "xxxx",
	"****", "....", "todo", "fixme", "enter", "dummy", "sample", "fake", "mock", "masked", "undefined", "null", "none", "<", "goes", "here", "____", "----", "filtered", "notreal", "invalid"}

var stock = [...]string{"password", "passwd", "secret", "admin", "foo", "bar", "test", "token", "pass", "key", "user", "root", "guest", "default", "123", "abc", "qwerty", "letmein", "hello", "value", "string", "some", "my", "pwd", "demo", "valid", "wrong", "auth"}

// marker is a word that tells something of a value.
type marker struct {
	text   string
	strong bool
}

// markers lists placeholders and stock words by their first byte.
var markers = func() (t [256][]marker) {
	for _, s := range placeholders {
		t[s[0]] = append(t[s[0]], marker{s, true})
	}
	for _, s := range stock {
		t[s[0]] = append(t[s[0]], marker{s, false})
	}
	return t
}()

// seconds has, for each first byte of markers, a bit for each byte that follows it there: its low five bits, which are those
// of a letter in either case.
var seconds = func() (t [256]uint32) {
	for c, list := range markers {
		for _, m := range list {
			if len(m.text) == 1 {
				t[c] = 1<<32 - 1
			} else {
				t[c] |= 1 << (m.text[1] & 31)
			}
		}
	}
	return t
}()

// placeholder counts the words that stand for a value, and tells how much of the value is known from bad passwords.
func placeholder(v []byte) (strong, weak float32) {
	if len(v) > 200 {
		return 0, 0
	}
	for i, ch := range v {
		first, second := lower(ch), byte(0)
		if i+1 < len(v) {
			second = v[i+1]
		}
		if seconds[first]>>(second&31)&1 == 0 {
			continue
		}
		for _, m := range markers[first] {
			if !hasFold(v, i, m.text) {
				continue
			}
			if m.strong {
				strong++
			} else {
				weak += float32(len(m.text)) / float32(len(v))
			}
		}
	}
	return strong, weak
}
