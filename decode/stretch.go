package decode

import "sort"

// Span is the bytes [Start, End) of a text.
type Span struct{ Start, End int }

// touches reports whether two spans share a byte or a border.
func (s Span) touches(o Span) bool { return s.Start <= o.End && o.Start <= s.End }

// Stretch is one encoded part of a text, decoded. It is valid until yield returns.
type Stretch struct {
	// Name of the encoding, as in "base64".
	Name string
	// Source is the part of the text that was decoded, with its context.
	Source Span
	// Text is what it decodes to. The caller must not change it.
	Text []byte
	// Dirty lists, in order, the parts of Text that do not stand in the source as they are; an empty span marks a
	// place where bytes were left out. nil means all of Text. A match that touches none of them is no news.
	Dirty []Span
	// Cut says that there is more, beyond what a compressed stream is inflated to.
	Cut bool

	pieces []piece // by at; empty: any part of Text comes from the whole Source
	bits   int     // bits a symbol carries; a piece's at counts symbols
}

// piece maps symbols [at, the next piece's at) to the source: each to size bytes, step bytes behind those of the symbol
// before it, the first to those at src. With step 0 all of them come from the same bytes. For bits == 8 a symbol is a
// byte of Text.
type piece struct{ at, src, size, step int32 } // src counts from Source.Start

// SourceSpan maps a span of Text to the smallest span of the source text that encodes it. An empty span maps to the
// source between the bytes before and after it.
func (s *Stretch) SourceSpan(t Span) Span {
	t.Start = min(max(t.Start, 0), len(s.Text))
	t.End = min(max(t.End, t.Start), len(s.Text))
	if len(s.pieces) == 0 || len(s.Text) == 0 {
		return s.Source
	}
	if t.Start < t.End {
		return Span{s.startOf(t.Start), s.endOf(t.End - 1)}
	}
	from, to := s.Source.Start, s.Source.End
	if t.Start > 0 {
		from = s.endOf(t.Start - 1)
	}
	if t.Start < len(s.Text) {
		to = s.startOf(t.Start)
	}
	return Span{min(from, to), max(from, to)}
}

// startOf is where the source of byte i of Text begins.
func (s *Stretch) startOf(i int) int {
	sym := i * 8 / s.bits
	p := s.pieceAt(sym)
	return s.Source.Start + int(p.src) + (sym-int(p.at))*int(p.step)
}

// endOf is where the source of byte i of Text ends.
func (s *Stretch) endOf(i int) int {
	sym := (i*8 + 7) / s.bits
	p := s.pieceAt(sym)
	return min(s.Source.Start+int(p.src)+(sym-int(p.at))*int(p.step)+int(p.size), s.Source.End)
}

func (s *Stretch) pieceAt(sym int) piece {
	n := sort.Search(len(s.pieces), func(i int) bool { return int(s.pieces[i].at) > sym })
	return s.pieces[max(n-1, 0)]
}
