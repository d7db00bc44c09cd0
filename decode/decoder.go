package decode

import (
	"bytes"
	"math/bits"
)

// Decoder finds encoded stretches. It holds scratch memory: use one per goroutine.
type Decoder struct {
	levels []*level // one per Find in progress, since yield may call Find again
	depth  int
}

// level is the scratch memory of one Find.
type level struct {
	text   []byte
	within Span
	yield  func(*Stretch)

	stretch Stretch
	out     []byte
	pieces  []piece
	dirty   []Span

	masks    masks
	symbols  []byte
	values   [2][]byte // of a list of numbers, in two readings
	spots    []piece   // where they stand
	segments []segment
	escapes  [len(families)]cursor
	runsTo   int                   // runs before this offset are done
	listsTo  int                   // number lists before this offset are done
	wideTo   int                   // UTF-16 before this offset is done
	adobe    struct{ to, end int } // where the next "~>" stands, for starts before to
	base85At int                   // the quote last looked at
	inflater inflater
	cut      bool // what is emitted was not inflated to its end
}

// New returns a Decoder.
func New() *Decoder { return &Decoder{} }

// blockBytes is scanned for all triggers in turn, while it is in the nearest cache.
const blockBytes = 16 << 10

// sampleBack is how far outside `within` runs are looked for, so that a run that only touches it is seen: the shortest
// line that continues, and the deepest indentation after it.
const sampleBack = 512

// Find calls yield for every encoded stretch of text whose Source touches within. The stretch is valid until yield
// returns. Yield may call Find on the same Decoder with another text.
func (d *Decoder) Find(text []byte, within Span, yield func(*Stretch)) {
	within.Start = min(max(within.Start, 0), len(text))
	within.End = min(max(within.End, within.Start), len(text))
	if d.depth == len(d.levels) {
		d.levels = append(d.levels, &level{})
	}
	l := d.levels[d.depth]
	d.depth++
	l.text, l.within, l.yield = text, within, yield
	l.find()
	l.text, l.yield = nil, nil
	l.shrink()
	d.depth--
}

// shrink gives back scratch that one odd text blew up.
func (l *level) shrink() {
	const keep = 2 << 20
	if cap(l.out) > keep {
		l.out = nil
	}
	if cap(l.symbols) > keep {
		l.symbols = nil
	}
	if cap(l.values[0]) > keep {
		l.values = [2][]byte{}
	}
	if cap(l.spots) > keep/16 {
		l.spots = nil
	}
	if cap(l.pieces) > keep/16 {
		l.pieces = nil
	}
}

func (l *level) find() {
	from, to := l.within.Start, l.within.End
	l.compressed()
	l.runsTo, l.listsTo, l.wideTo = 0, 0, 0
	l.adobe.to, l.base85At = 0, -1
	lo, hi := max(0, from-2*ContextBytes), min(len(l.text), to+sampleBack)
	words := l.masks.classify(l.text, lo, min(lo+blockBytes, hi))
	met := l.families(lo, from)
	early := met>>len(families) != 0 // whether something may begin before from
	for i := range families {
		c := &l.escapes[i]
		c.at, c.limit = from, min(len(l.text), to+ContextBytes)
		if met>>i&1 != 0 {
			c.back(&families[i], l.text, from)
			early = early || c.at < from
		}
		l.clusters(&families[i], c, lo)
	}
	skip := 0
	if !early {
		skip = (from - lo) / 32
	}
	for at := lo; at < hi; at += blockBytes {
		end := min(at+blockBytes, hi)
		if at > lo {
			words, skip = l.masks.classify(l.text, at, end), 0
		}
		l.pairs(at+32*skip, l.masks.pairs[skip:words])
		l.runs(at, end, words)
	}
}

// families returns which families may have an escape in text[from:to), a bit each, and with higher bits which other things
// may begin there. The masks begin at from.
func (l *level) families(from, to int) (met uint32) {
	for w, m := range l.masks.pairs[:(to-from+31)/32] {
		for ; m != 0; m &= m - 1 {
			if k := familyOf[l.text[from+32*w+bits.TrailingZeros32(m)]]; k > 0 {
				met |= 1 << (k - 1)
			}
		}
	}
	return met
}

// familyOf tells what a byte may trigger: a family, counted from one, or one of the constants.
var familyOf = func() (t [256]int) {
	for i, f := range families {
		for _, c := range f.triggers {
			t[c] = i + 1
		}
	}
	t[0], t['<'], t['8'] = triggerWide, triggerAdobe, triggerBase85
	return t
}()

const (
	triggerWide = len(families) + 1 + iota
	triggerAdobe
	triggerBase85
)

// pairs decodes what begins at the bits of the block at offset at.
func (l *level) pairs(at int, words []uint32) {
	for w, m := range words {
		for ; m != 0; m &= m - 1 {
			i := at + 32*w + bits.TrailingZeros32(m)
			switch k := familyOf[l.text[i]]; k {
			case 0:
			case triggerWide:
				if i >= l.wideTo {
					l.wideAt(i)
				}
			case triggerAdobe:
				l.ascii85(i)
			case triggerBase85:
				l.base85(i)
			default:
				f, c := &families[k-1], &l.escapes[k-1]
				if i < c.at || i >= c.limit {
					continue
				}
				if n, r, name := f.undo(l.text, i); n > 0 {
					l.cluster(f, c, escape{at: i, n: n, r: r, name: name})
				}
			}
		}
	}
}

// emit yields what out, pieces and dirty hold.
func (l *level) emit(name string, source Span, bits int, dirty []Span) {
	if !source.touches(l.within) || len(l.out) == 0 {
		return
	}
	l.stretch = Stretch{Name: name, Source: source, Text: l.out, Dirty: dirty, Cut: l.cut, pieces: l.pieces, bits: bits}
	l.yield(&l.stretch)
}

// begin empties the scratch for a new stretch.
func (l *level) begin() {
	l.out, l.pieces, l.dirty = l.out[:0], l.pieces[:0], l.dirty[:0]
}

// lineStart and lineEnd cut [lo, i) and [i, hi) at the nearest line break.
func lineStart(text []byte, lo, i int) int {
	return lo + bytes.LastIndexByte(text[lo:i], '\n') + 1
}

func lineEnd(text []byte, i, hi int) int {
	if n := bytes.IndexByte(text[i:hi], '\n'); n >= 0 {
		return i + n
	}
	return hi
}
