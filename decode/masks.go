package decode

// Bytes are classified 32 at a time where the processor can (masks_amd64.s), by the same tables one at a time elsewhere.
//
// A class bit holds for a byte if it is set both in the table of its low and in that of its high nibble, so that a bit
// stands for a product of nibble sets. Three questions are answered for each byte of a block, a bit each:
//
//   - pairs: may an escape or another rare thing start here? Asked of the byte and the one after it, group by group.
//   - base: is it a base64 symbol?
//   - list: may it stand in a list of numbers?
//
// The answer to the first may be yes too often, never too seldom; the other two are exact.

// nibbles is a pair of tables for one question, each twice for the two lanes of a 256-bit register.
type nibbles struct{ low, high [32]byte }

// add makes bit hold for the bytes with these low and high nibbles.
func (n *nibbles) add(bit byte, high, low string) {
	for _, t := range []struct {
		table *[32]byte
		set   string
	}{{&n.low, low}, {&n.high, high}} {
		for i := range len(t.set) {
			v := nibble(t.set[i])
			t.table[v] |= bit
			t.table[v+16] |= bit
		}
	}
}

func (n *nibbles) of(c byte) byte { return n.low[c&15] & n.high[c>>4] }

// questions is laid out as masks_amd64.s reads it.
type questions struct {
	first, second, base, list nibbles
	nibble                    [32]byte
}

var asked = func() (q questions) {
	const all = "0123456789abcdef"
	pair := func(bit byte, high1, low1, high2, low2 string) {
		q.first.add(bit, high1, low1)
		q.second.add(bit, high2, low2)
	}
	pair(1<<0, "2", "27", "02", "0adbe627")      // quotes, then space, line break, + . & or a quote
	pair(1<<1, "2", "27", "0357", "9c")          // quotes, then tab, < | or backslash
	pair(1<<2, "2", "56", "234567", all)         // % and &, then anything printable
	pair(1<<3, "5", "c", "023567", "0123afd58c") // backslash, then x u U _ / \ 0-3 or a line break
	pair(1<<4, "3", "d", "034", "0123456789ad")  // =, then a digit or a line break
	pair(1<<5, "ec", "2f", "8ab", "01bd")        // lead bytes of zero-width characters
	pair(1<<6, "01", "0b", all, all)             // escape and zero, then anything
	pair(1<<7, "35", "58c", "237", "b5e")        // U+, 85 and <~
	q.second.add(1<<4, "4", "bcef")              // = and B, C, E, F
	q.base.add(1<<0, "2", "bdf")                 // + - /
	q.base.add(1<<1, "3", "0123456789")          //
	q.base.add(1<<2, "46", "123456789abcdef")    // A-O, a-o
	q.base.add(1<<3, "57", "0123456789a")        // P-Z, p-z
	q.base.add(1<<4, "5", "f")                   // _
	q.list.add(1<<0, "0", "9ad")                 // white space
	q.list.add(1<<1, "2", "0cd")                 // space , -
	q.list.add(1<<2, "3", "0123456789ab")        // digits : ;
	q.list.add(1<<3, "46", "123456")             // A-F, a-f
	q.list.add(1<<4, "57", "8")                  // X, x
	for i := range q.nibble {
		q.nibble[i] = 0x0f
	}
	return q
}()

// masks is what is known of a block: bit i%32 of word i/32 speaks of byte i.
type masks struct {
	pairs, base, list [blockBytes / 32]uint32
}

// classify fills m for text[from:to), at most blockBytes, and returns the number of words. Bytes after to get no bit.
func (m *masks) classify(text []byte, from, to int) int {
	words := (to - from + 31) / 32
	whole := 0
	if simd {
		if whole = min((to-from)/32, (len(text)-from-1)/32); whole > 0 {
			masksAVX2(&text[from], whole*32, &asked, &m.pairs[0], &m.base[0], &m.list[0])
		}
	}
	for w := whole; w < words; w++ {
		m.word(w, text, from+32*w, min(from+32*w+32, to))
	}
	return words
}

// firsts and seconds are the tables of pairs by byte.
var firsts, seconds = func() (f, s [256]byte) {
	for c := range f {
		f[c], s[c] = asked.first.of(byte(c)), asked.second.of(byte(c))
	}
	return f, s
}()

// word classifies text[from:to), at most 32 bytes, one by one.
func (m *masks) word(w int, text []byte, from, to int) {
	var pairs, base, list uint32
	before := byte(0)
	for i, c := range text[from:to] {
		if before&seconds[c] != 0 {
			pairs |= 1 << (i - 1)
		}
		before = firsts[c]
		k := uint32(class[c])
		base |= k / uint32(inBase64) & 1 << i
		list |= k / uint32(inList) & 1 << i
	}
	if to < len(text) && to > from && before&seconds[text[to]] != 0 {
		pairs |= 1 << (to - from - 1)
	}
	m.pairs[w], m.base[w], m.list[w] = pairs, base, list
}
