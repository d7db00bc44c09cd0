package generic

import (
	"bytes"
	"math"
)

// counts is what one pass over a value counts.
type counts struct {
	seen  [256]uint16
	kinds [256]uint8 // the distinct bytes, in order of first sight
	n     int        // how many there are

	lowers, uppers, digits, spaces, wide, hex, b64 int
	humps, changes, mixed, follows, run            int
}

func count(v []byte, c *counts) {
	const classes = charLower | charUpper | charDigit | charSpace
	run, last, before := 0, uint8(0), byte(0)
	for i, ch := range v {
		if c.seen[ch] == 0 {
			c.kinds[c.n] = ch
			c.n++
		}
		c.seen[ch]++
		k := chars[ch]
		class := k & classes
		if i > 0 {
			if class != last {
				c.changes++
				if both := class | last; both&charDigit != 0 && both&(charLower|charUpper) != 0 {
					c.mixed++
				}
				if class&charUpper != 0 && last&charLower != 0 {
					c.humps++
				}
			}
			if d := ch - before + 1; d <= 2 && (d != 0 || ch < before) && (d != 2 || ch > before) {
				c.follows++
			}
			if ch != before {
				run = 0
			}
		}
		run++
		c.run = max(c.run, run)
		last, before = class, ch
	}
	for _, ch := range c.kinds[:c.n] {
		c.tally(ch, int(c.seen[ch]))
	}
}

// tally counts a byte that a value holds n times.
func (c *counts) tally(ch byte, n int) {
	k := chars[ch]
	switch {
	case k&charLower != 0:
		c.lowers += n
	case k&charUpper != 0:
		c.uppers += n
	case k&charDigit != 0:
		c.digits += n
	case k&charSpace != 0:
		c.spaces += n
	case ch >= 0x80:
		c.wide += n
	}
	if k&charHex != 0 {
		c.hex += n
	}
	if k&charB64 != 0 {
		c.b64 += n
	}
}

// shape fills the features that count and compare the characters of the value.
func shape(v []byte, f *Features) {
	var c counts
	count(v, &c)
	n := float32(len(v))
	f[fLength] = n
	f[fLetters] = float32(c.lowers+c.uppers) / n
	f[fLowers], f[fUppers], f[fDigits] = float32(c.lowers)/n, float32(c.uppers)/n, float32(c.digits)/n
	f[fSpecials] = float32(len(v)-c.lowers-c.uppers-c.digits-c.spaces-c.wide) / n
	f[fSpaces], f[fNonASCII] = float32(c.spaces), float32(c.wide)/n
	f[fChanges], f[fRun], f[fHumps] = float32(c.changes)/n, float32(c.run), float32(c.humps)
	f[fSequence], f[fAlphaDigit] = float32(c.follows)/n, float32(c.mixed)/n
	seen := &c.seen
	f[fDots], f[fSlashes], f[fDashes], f[fUnderscores] = float32(seen['.']), float32(seen['/']+seen['\\']), float32(seen['-']), float32(seen['_'])
	kind(v, &c, f)
	entropy(&c, len(v), f)
}

// kind fills the flags for values of well-known kinds.
func kind(v []byte, c *counts, f *Features) {
	n, seen := len(v), &c.seen
	f[fHex], f[fBase64] = flag(c.hex == n), flag(c.b64 == n)
	f[fHexDigest] = flag(c.hex == n && (n == 32 || n == 40 || n == 56 || n == 64 || n == 96 || n == 128))
	f[fNumber] = flag(number(v))
	f[fCall] = flag(seen['('] > 0)
	f[fIdentifier] = flag(c.lowers+c.uppers+c.digits+int(seen['_']) == n && chars[v[0]]&charDigit == 0)
	f[fMail] = flag(seen['@'] == 1 && seen['.'] > 0)
	f[fURL] = flag(seen[':'] > 0 && bytes.Contains(v, []byte("://")))
	f[fUUID] = flag(n >= 36 && n <= 38 && seen['-'] == 4 && c.hex+4 >= 36)
	f[fPadding] = flag(v[n-1] == '=' && n > 8)
	f[fExtension] = flag(extension(v))
	f[fMixed] = flag(c.lowers > 0 && c.uppers > 0 && c.digits > 0)
	f[fBase32] = flag(n >= 16 && c.lowers == 0 && c.uppers > 0 && c.uppers+c.digits == n && seen['0']+seen['1']+seen['8']+seen['9'] == 0)
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

func entropy(c *counts, n int, f *Features) {
	f[fDistinct] = float32(c.n) / float32(n)
	n = min(n, maxValue)
	var sum float32
	for _, ch := range c.kinds[:c.n] {
		k := c.seen[ch]
		sum += float32(k) * logs[min(int(k), maxValue)]
	}
	h := logs[n] - sum/float32(n)
	f[fEntropy] = h
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
