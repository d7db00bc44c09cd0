package detectors

import (
	"bytes"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/newline"
)

// Blocks are credentials of many lines: keys in PEM, PuTTY's format, JSON. They can be longer than any window that
// every edit should pay for, so their reach is not a distance but a kind of text: a block goes on only over lines
// that blockLine accepts. From a changed byte it is found by walking back over such lines, and in ordinary source or
// prose that walk ends at once.

// blockLimit is the most bytes a block may span. An RSA key of 16,384 bits takes 12.7 kB in PEM.
const blockLimit = 16 << 10

// blockByte tells which bytes a block's lines are made of: base64, JSON punctuation, quotes, and what comments,
// quotations and source code put before and between the lines.
var blockByte = func() (t [256]bool) {
	for c := range t {
		t[c] = base64Byte(byte(c))
	}
	for _, c := range "_- \t\r\\\"'`,:.#*>|{}[]&@" {
		t[c] = true
	}
	return t
}()

// what a byte is to blockLine
const (
	byteOther  = 1 << iota // no part of a block
	byteBase64             // a part of a word, and of a run of base64
	byteSpace              // ends a word
	byteQuote
	byteColon
)

var byteKind = func() (t [256]uint8) {
	for c := range t {
		switch {
		case !blockByte[c]:
			t[c] = byteOther
		case base64Byte(byte(c)):
			t[c] = byteBase64
		}
	}
	t[' '], t['\t'], t['"'], t['\''], t[':'] = byteSpace, byteSpace, byteQuote, byteQuote, byteColon
	return t
}()

// blockLine tells whether a line, without its line break, may stand in the middle of a block: empty, one word (of any
// decoration), a word long enough for base64, a quoted key and value, or a header such as "Comment: ...".
func blockLine(line []byte) bool {
	if len(line) > blockLimit {
		return false
	}
	words, longest, met := 0, 0, uint8(0)
	inWord := false
	for i := 0; i < len(line); i++ {
		kind := byteKind[line[i]]
		if kind != byteBase64 {
			met |= kind
			if kind == byteOther {
				return headerLine(line)
			}
			inWord = inWord && kind != byteSpace
			continue
		}
		if !inWord {
			words++
		}
		inWord = true
		start := i
		for i+1 < len(line) && byteKind[line[i+1]] == byteBase64 {
			i++
		}
		longest = max(longest, i+1-start)
	}
	return words <= 1 || longest >= 16 || met&byteQuote != 0 && met&byteColon != 0 || headerLine(line)
}

// headerLine tells whether line is "Word-Word: text", or a key of YAML with its value.
func headerLine(line []byte) bool {
	for len(line) > 0 && (line[0] == ' ' || line[0] == '\t' || line[0] == '#' || line[0] == '*' || line[0] == '>' || line[0] == '|') {
		line = line[1:]
	}
	i := bytes.IndexByte(line[:min(len(line), 25)], ':')
	if i < 3 || len(line) > 200 {
		return false
	}
	for _, c := range line[:i] {
		if c != '-' && c != '_' && c != '.' && (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return i+1 < len(line) && line[i+1] == ' '
}

func base64Byte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '='
}

// blockStart returns where a block that reaches to pos may begin at the earliest; it looks back to floor at most.
func blockStart(text []byte, pos, floor int) int {
	floor = max(floor, pos-blockLimit)
	i := pos
	for i > floor && text[i-1] != '\n' && blockByte[text[i-1]] {
		i--
	}
	for i > floor && text[i-1] == '\n' {
		start := newline.Last(text[floor:i-1]) + 1 + floor
		if !blockLine(text[start : i-1]) {
			return max(start, i-1-lineReach)
		}
		i = start
	}
	return max(floor, i-lineReach)
}

// blockNear is how far a block is followed before it is worth a look whether there is the mark of one at all: lists of
// words and simple YAML are made of lines like those of blocks.
const blockNear = 512

// blockStart is blockStart for the text at hand, which ends early where no block's mark stands.
func (s *Scanner) blockStart(pos, floor int) int {
	floor = max(floor, pos-blockLimit)
	if pos-floor > blockNear {
		if start := blockStart(s.text, pos, pos-blockNear); start > pos-blockNear || !s.marked(floor, pos) {
			return start
		}
	}
	return blockStart(s.text, pos, floor)
}

// blockEnd is blockEnd for the text at hand, which ends early where no block's mark stands.
func (s *Scanner) blockEnd(pos, ceiling int) (end int, whole bool) {
	if ceiling-pos > blockNear {
		if end, whole = blockEnd(s.text, pos, pos+blockNear); !whole {
			return end, false
		}
		if !s.marked(pos, ceiling) {
			return end, false
		}
	}
	return blockEnd(s.text, pos, ceiling)
}

// firstWord returns the first three letters in a row, and those that follow: what several ways to write a literal have in
// common, and a byte that few texts are full of to begin with. Without such a word it returns all of the literal.
func firstWord(literal string) []byte {
	for _, w := range strings.FieldsFunc(literal, func(r rune) bool { return r|0x20 < 'a' || r|0x20 > 'z' }) {
		if len(w) >= 3 {
			return []byte(w)
		}
	}
	return []byte(literal)
}

// marked tells whether a block's mark stands in text[from:to) or reaches into it. What was looked at without finding one
// is not looked at again.
func (s *Scanner) marked(from, to int) bool {
	from, to = max(0, from-lineReach), min(len(s.text), to+lineReach)
	p := s.plain
	switch {
	case p.Start <= from && to <= p.End:
		return false
	case p.Start <= from && from <= p.End:
		from, p.End = max(from, p.End-lineReach), to
	case from < p.Start && p.Start <= to && to <= p.End:
		to, p.Start = min(to, p.Start+lineReach), from
	default:
		p = finding.Span{Start: from, End: to}
	}
	for _, m := range s.marks {
		if bytes.Contains(s.text[from:to], m) {
			return true
		}
	}
	s.plain = p
	return false
}

// BuiltOn says, for the text that is scanned next, that what is not dirty in it comes from a text of which Bare said yes.
func (s *Scanner) BuiltOn(bare bool) { s.builtOn = bare }

// Bare tells whether the text that was scanned last is known to hold no mark of a block. What is built on it then need not
// be followed as far as blocks reach.
func (s *Scanner) Bare() bool { return s.bare }

// lineReach is how far before what a block may hold its literal may begin.
const lineReach = 64

// blockEnd returns where a block that reaches from pos on may end at the latest; it looks as far as ceiling at most,
// and whole tells whether only that stopped it.
func blockEnd(text []byte, pos, ceiling int) (end int, whole bool) {
	ceiling = min(len(text), ceiling)
	i := pos
	for i < ceiling && text[i] != '\n' && blockByte[text[i]] {
		i++
	}
	for i < ceiling && text[i] == '\n' {
		n := bytes.IndexByte(text[i+1:ceiling], '\n')
		if n < 0 {
			return ceiling, true
		}
		if !blockLine(text[i+1 : i+1+n]) {
			return min(ceiling, i+1+n), false
		}
		i += 1 + n
	}
	return min(ceiling, i+lineReach), i >= ceiling
}
