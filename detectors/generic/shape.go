package generic

import (
	"bytes"
	"math"
)

// shape fills the features that count and compare the characters of the value.
func shape(v []byte, f *Features) {
	var seen [256]uint16
	var kinds [256]uint8
	distinct := 0
	var lowers, uppers, digits, spaces, wide, hex, b64, changes, run, longest, follows, humps, mixedChanges int
	var last uint8
	for i, ch := range v {
		if seen[ch] == 0 {
			kinds[distinct] = ch
			distinct++
		}
		seen[ch]++
		k := chars[ch]
		switch {
		case k&charLower != 0:
			lowers++
			if i+1 < len(v) && chars[v[i+1]]&charUpper != 0 {
				humps++
			}
		case k&charUpper != 0:
			uppers++
		case k&charDigit != 0:
			digits++
		case k&charSpace != 0:
			spaces++
		case ch >= 0x80:
			wide++
		}
		if k&charHex != 0 {
			hex++
		}
		if k&charB64 != 0 {
			b64++
		}
		class := k & (charLower | charUpper | charDigit | charSpace)
		if i > 0 {
			if class != last {
				changes++
				if (class|last)&charDigit != 0 && (class|last)&(charLower|charUpper) != 0 {
					mixedChanges++
				}
			}
			if d := int(ch) - int(v[i-1]); d == 1 || d == -1 || d == 0 {
				follows++
			}
			if ch == v[i-1] {
				run++
			} else {
				run = 1
			}
		} else {
			run = 1
		}
		longest = max(longest, run)
		last = class
	}
	n := float32(len(v))
	f[fLength] = n
	f[fLetters] = float32(lowers+uppers) / n
	f[fLowers], f[fUppers], f[fDigits] = float32(lowers)/n, float32(uppers)/n, float32(digits)/n
	f[fSpecials] = float32(len(v)-lowers-uppers-digits-spaces-wide) / n
	f[fSpaces], f[fNonASCII] = float32(spaces), float32(wide)/n
	f[fChanges], f[fRun], f[fHumps] = float32(changes)/n, float32(longest), float32(humps)
	f[fHex] = flag(hex == len(v))
	f[fHexDigest] = flag(hex == len(v) && (len(v) == 32 || len(v) == 40 || len(v) == 56 || len(v) == 64 || len(v) == 96 || len(v) == 128))
	f[fBase64] = flag(b64 == len(v))
	f[fNumber] = flag(number(v))
	f[fSequence] = float32(follows) / n
	f[fDots], f[fSlashes], f[fDashes], f[fUnderscores] = float32(seen['.']), float32(seen['/']+seen['\\']), float32(seen['-']), float32(seen['_'])
	f[fCall] = flag(seen['('] > 0)
	f[fIdentifier] = flag(lowers+uppers+digits+int(seen['_']) == len(v) && chars[v[0]]&charDigit == 0)
	f[fMail] = flag(seen['@'] == 1 && seen['.'] > 0)
	f[fURL] = flag(seen[':'] > 0 && bytes.Contains(v, []byte("://")))
	f[fUUID] = flag(len(v) >= 36 && len(v) <= 38 && seen['-'] == 4 && hex+4 >= 36)
	f[fPadding] = flag(v[len(v)-1] == '=' && len(v) > 8)
	f[fExtension] = flag(extension(v))
	f[fMixed] = flag(lowers > 0 && uppers > 0 && digits > 0)
	f[fBase32] = flag(len(v) >= 16 && lowers == 0 && uppers > 0 && uppers+digits == len(v) && seen['0']+seen['1']+seen['8']+seen['9'] == 0)
	f[fAlphaDigit] = float32(mixedChanges) / n
	entropy(&seen, kinds[:distinct], len(v), f)
}

// number tells whether v is a number as code writes it: decimal, hexadecimal of at most 64 bits, a version.
func number(v []byte) bool {
	if len(v) > 0 && (v[0] == '-' || v[0] == '+') {
		v = v[1:]
	}
	if len(v) > 2 && len(v) <= 20 && v[0] == '0' && (v[1]|0x20 == 'x' || v[1]|0x20 == 'b' || v[1]|0x20 == 'o') {
		for _, ch := range v[2:] {
			if chars[ch]&charHex == 0 && ch != '_' && ch|0x20 != 'u' && ch|0x20 != 'l' {
				return false
			}
		}
		return true
	}
	digits := 0
	for _, ch := range v {
		if chars[ch]&charDigit != 0 {
			digits++
		} else if ch != '.' && ch != '-' && ch != '_' {
			return false
		}
	}
	return digits > 0
}

// log2 of small whole numbers
var logs = func() (t [maxValue + 1]float32) {
	for i := 1; i < len(t); i++ {
		t[i] = float32(math.Log2(float64(i)))
	}
	return t
}()

func entropy(seen *[256]uint16, kinds []uint8, n int, f *Features) {
	n = min(n, maxValue)
	var sum float32
	for _, ch := range kinds {
		k := seen[ch]
		sum += float32(k) * logs[min(int(k), maxValue)]
	}
	h := logs[n] - sum/float32(n)
	f[fEntropy] = h
	f[fDistinct] = float32(len(kinds)) / float32(n)
	if n > 1 {
		f[fRelative] = h / logs[min(n, 64)]
	}
}

// extension tells whether the value ends as a file name does: a dot and two to five letters.
func extension(v []byte) bool {
	k := bytes.LastIndexByte(v, '.')
	if k <= 0 || len(v)-k-1 < 1 || len(v)-k-1 > 5 {
		return false
	}
	for _, ch := range v[k+1:] {
		if chars[ch]&charLower == 0 {
			return false
		}
	}
	return true
}

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

// placeholder counts the words that stand for a value, and tells how much of the value is known from bad passwords.
func placeholder(v []byte) (strong, weak float32) {
	if len(v) > 200 {
		return 0, 0
	}
	for i := range v {
		for _, m := range markers[lower(v[i])] {
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
