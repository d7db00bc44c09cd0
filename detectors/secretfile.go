package detectors

import (
	"bytes"

	"github.com/unleak/unleak/finding"
)

// secretFileTechnique finds the passwords of a file that is nothing but rows of one layout and comments, without a
// word that says what they are. The rule's path tells it from other files of that layout. Of a long file it reads the first
// secretFileMost bytes.
//
// Which of several such rules applies is known once the path is: no line has another password in two layouts, and their matches give way
// to all others, so that none hides what is found at another path.
type secretFileTechnique struct {
	noLiterals
	// row returns where in a line the password stands, from == to where it has none; false: no such row.
	row   func(line []byte) (from, to int, ok bool)
	pairs bool // a row takes two lines, a name and its password
	odd   bool // one row in three may be none of these, in the whole and, but for a head of a few, in any beginning
	made  bool // many other files have that layout: a password has to look like one
}

var byteOrder = []byte("\xef\xbb\xbf") // UTF-8's mark

const (
	secretFileMost = 16 << 10 // bytes that are read
	mostPairs      = 40       // lines of a file of pairs
	oddAhead       = 16       // rows: of half as many odd ones the others may still be to come
)

// files asks the techniques of whole files. What is decoded is no file.
func (s *Scanner) files() {
	if s.isNested() || len(s.dirty) > 0 && s.dirty[0].Start > secretFileMost {
		return
	}
	head := s.text[:min(len(s.text), secretFileMost)]
	at, end, next := nextRow(head, 0)
	if at == end {
		return
	}
	first := head[at:end]
	at, end, _ = nextRow(head, next)
	second := head[at:end]
	n := len(s.out)
	for _, c := range s.wholeFile {
		x := c.technique.(secretFileTechnique)
		if _, _, ok := x.row(first); !ok {
			if !x.odd || len(second) == 0 {
				continue
			}
			if _, _, ok = x.row(second); !ok {
				continue
			}
		}
		s.out = x.rows(c, s.text, s.out)
	}
	s.keepTouching(n)
}

// nextRow returns where the first line from at on stands that is neither empty nor a comment, from == to if there is none, and
// where the one behind it begins.
func nextRow(text []byte, at int) (from, to, next int) {
	if at == 0 {
		at = len(text) - len(bytes.TrimPrefix(text, byteOrder))
	}
	for at < len(text) {
		end := len(text)
		if n := bytes.IndexByte(text[at:], '\n'); n >= 0 {
			end = at + n
		}
		from, to, at = at, end, end+1
		for to > from && (text[to-1] == '\r' || isBlank(text[to-1])) {
			to--
		}
		if to > from && text[from] != '#' && text[from] != ';' {
			return from, to, at
		}
	}
	return 0, 0, at
}

func isBlank(b byte) bool { return b == ' ' || b == '\t' }

// rows appends the passwords of a text that is such a file.
func (x secretFileTechnique) rows(c *compiled, text []byte, out []finding.Match) []finding.Match {
	context := min(len(text), secretFileMost)
	if len(text) > secretFileMost {
		n := bytes.LastIndexByte(text[:secretFileMost], '\n')
		if n < 0 || x.pairs {
			return out
		}
		text = text[:n+1]
	}
	first := len(out)
	names, made, odd := 0, 0, 0
	for at := 0; at < len(text); {
		start, stop, next := nextRow(text, at)
		if start == stop {
			break
		}
		line := text[start:stop]
		at = next
		from, to, ok := x.row(line)
		if !ok && !x.odd {
			return out[:first]
		}
		if !ok {
			if odd++; 2*odd > names+oddAhead {
				return out[:first]
			}
			continue
		}
		if names++; x.pairs && names > mostPairs {
			return out[:first]
		}
		if x.pairs && names%2 == 1 {
			if looksMade(line[from:to]) {
				made++
			}
			continue
		}
		if from == to || x.made && !looksMade(line[from:to]) || !c.secretOfFile(line[from:to]) {
			continue
		}
		out = append(out, finding.Match{Rule: c.ID, Secret: string(line[from:to]), Span: finding.Span{Start: start + from, End: start + to},
			Context: finding.Span{End: context}, Confidence: c.Confidence, Tags: c.Tags, Rank: rankFile})
	}
	if 2*odd > names {
		return out[:first]
	}
	if x.pairs && (names%2 == 1 || 4*made > names) {
		return out[:first]
	}
	return out
}

// secretOfFile tells whether a field is a password and stands for none.
func (c *compiled) secretOfFile(v []byte) bool {
	if filler, _ := placeholder(v); filler != "" || len(v) < 4 {
		return false
	}
	for _, re := range c.reject {
		if re.Match(v) {
			return false
		}
	}
	return true
}
