package match

import (
	"bytes"
	"encoding/binary"
	"sort"

	"github.com/unleak/unleak/finding"
)

// Lengths of the lines that programs wrap encoded text to, in bytes: base64 makes 76, PEM 64, xxd 60.
const (
	shortestWrap = 60
	longestWrap  = 200
)

// wrapped is encoded text that was wrapped, put together again: a value that stands on both sides of a line break is
// found in none of its lines.
type wrapped struct {
	text   []byte
	starts []int // in text, of each line
	from   []int // in the text it is of, of the same
}

// unwrap calls each for every stretch of text that was wrapped: lines of the alphabets of base64 and hexadecimal, each
// not longer than the one before. Whether two lines belong together shows in these two alone. Other texts are told by
// looking at a row of bytes at every stride-th one: in a line that is long enough one such row holds no blank, quote or
// bracket, nor anything else below the alphabets.
func unwrap(text []byte, r finding.Span, each func(*wrapped)) {
	const row, stride = 32, shortestWrap - 32
	var w wrapped
	for i := r.Start; i+row <= r.End; {
		if holdsLess(text[i : i+row]) {
			i += stride
			continue
		}
		start, ok := lineOf(text, r.Start, i)
		next := i
		if ok {
			next = w.collect(text, start, r.End)
		}
		if next <= i { // the line is none
			n := bytes.IndexByte(text[i:r.End], '\n')
			if n < 0 {
				return
			}
			next = i + n + 1
		}
		if len(w.starts) > 1 {
			each(&w)
		}
		w.text, w.starts, w.from = w.text[:0], w.starts[:0], w.from[:0]
		i = next
	}
}

// holdsLess tells whether one of 32 bytes is less than the alphabets' first, or no ASCII.
func holdsLess(b []byte) bool {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	found := uint64(0)
	for k := 0; k < 32; k += 8 {
		x := binary.LittleEndian.Uint64(b[k:])
		found |= (x - '+'*ones) | x // a byte less than '+' borrows: its high bit is set; the lowest such byte's for sure
	}
	return found&high != 0
}

// lineOf returns the start of the line that at is on, if nothing but blanks and encoded text stands before at on it.
func lineOf(text []byte, from, at int) (int, bool) {
	for i := at; i > max(from, at-longestWrap); i-- {
		if c := text[i-1]; c == '\n' {
			return i, true
		} else if !alphabet[c] && c != ' ' && c != '\t' {
			return 0, false
		}
	}
	return from, at-longestWrap <= from
}

// collect puts the lines from start on together, as long as they were wrapped, and returns where the next line begins.
func (w *wrapped) collect(text []byte, start, end int) int {
	last := longestWrap // length of the line before
	for start < end {
		next := end
		if i := bytes.IndexByte(text[start:end], '\n'); i >= 0 {
			next = start + i + 1
		}
		line, from := content(text, start, next)
		first := len(w.starts) == 0
		if len(line) == 0 || len(line) > last || (first || last < shortestWrap) && (!first || len(line) < shortestWrap) || !encoded(line) {
			break
		}
		w.starts, w.from, last = append(w.starts, len(w.text)), append(w.from, from), len(line)
		w.text = append(w.text, line...)
		start = next
	}
	return start
}

// content returns a line without what indents it and its end, and where that begins.
func content(text []byte, start, end int) (line []byte, from int) {
	line = bytes.TrimRight(text[start:end], " \t\r\n")
	cut := bytes.TrimLeft(line, " \t")
	return cut, start + len(line) - len(cut)
}

// alphabet holds the characters of base64, of its form for URLs, and of hexadecimal.
var alphabet = func() (t [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=") {
		t[c] = true
	}
	return t
}()

func encoded(line []byte) bool {
	for _, c := range line {
		if !alphabet[c] {
			return false
		}
	}
	return true
}

// place returns where a stretch of the text put together stands in the one it is of; whole are the lines it is on.
// across tells whether these are several.
func (w *wrapped) place(s finding.Span) (span, whole finding.Span, across bool) {
	first := sort.SearchInts(w.starts, s.Start+1) - 1
	last := sort.SearchInts(w.starts, s.End) - 1
	end := len(w.text)
	if last+1 < len(w.starts) {
		end = w.starts[last+1]
	}
	span = finding.Span{Start: w.from[first] + s.Start - w.starts[first], End: w.from[last] + s.End - w.starts[last]}
	return span, finding.Span{Start: w.from[first], End: w.from[last] + end - w.starts[last]}, last > first
}

// searchWrapped finds the values that stand across line breaks of wrapped text.
func (d *Detector) searchWrapped(text []byte, r finding.Span, dirty []finding.Span, out []finding.Match) []finding.Match {
	if dirty != nil { // as far as what touches the dirty spans may reach, line breaks and indentation counted
		more := d.set.reach + 2*longestWrap
		r.Start, r.End = max(0, r.Start-more), min(len(text), r.End+more)
		r.Start = bytes.LastIndexByte(text[:r.Start], '\n') + 1
		if i := bytes.IndexByte(text[r.End:], '\n'); i >= 0 {
			r.End += i + 1
		}
	}
	unwrap(text, r, func(w *wrapped) {
		first := len(out)
		out = d.search(w.text, finding.Span{End: len(w.text)}, nil, out)
		kept := out[:first]
		for _, m := range out[first:] {
			if m.Decoded == "" {
				continue // plain text is not wrapped
			}
			span, whole, across := w.place(m.Span)
			if !across {
				continue // found where it stands
			}
			if m.Span, m.Context = span, whole; touches(m.Context, dirty) {
				kept = append(kept, m)
			}
		}
		out = kept
	})
	return out
}
