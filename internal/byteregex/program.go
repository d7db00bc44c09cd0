package byteregex

// Program is a compiled regex. It never changes and may be shared.
type Program struct {
	insts []inst
	sets  []byteSet
	texts string // those of all steps
	alts  []alternative
	start int32
	first firsts

	groups int  // that are remembered
	any    bool // the first of them that holds text is asked for
}

type operation uint8

const (
	opMatch operation = iota
	opText            // the bytes of a text
	opRun             // least to most bytes of a set
	opSplit           // one of alternatives, the first that leads to a match
	opMark            // remembers the position

	// empty-width conditions
	opBeginText
	opEndText
	opWordBoundary
	opNoWordBoundary
	opBeginLine
	opEndLine
)

// inst is one step of a program; next is the step after it.
type inst struct {
	op    operation
	lazy  bool // opRun: fewer bytes first
	sole  bool // opRun: what follows cannot begin with a byte of the set, so only the longest run can go on
	fold  bool // opText: the text is lower case and stands for either
	next  int32
	arg   int32 // opText: where in texts; opRun: which of sets; opSplit: the first of alts; opMark: which mark
	least int32 // opRun
	most  int32 // opRun: -1: any number; opSplit: how many of alts; opText: how many bytes
}

// alternative is where an opSplit may go on, and what a match from there on may begin with.
type alternative struct {
	first firsts
	next  int32
}

// byteSet is a set of bytes, one bit each.
type byteSet [4]uint64

func (s *byteSet) has(c byte) bool { return s[c>>6]>>(c&63)&1 != 0 }

func (s *byteSet) add(c byte) { s[c>>6] |= 1 << (c & 63) }

// addRange adds the bytes from lo to hi.
func (s *byteSet) addRange(lo, hi byte) {
	for w := lo >> 6; w <= hi>>6; w++ {
		from, to := uint(0), uint(63)
		if w == lo>>6 {
			from = uint(lo & 63)
		}
		if w == hi>>6 {
			to = uint(hi & 63)
		}
		s[w] |= ^uint64(0) >> (63 - to) & (^uint64(0) << from)
	}
}

func (s *byteSet) join(o *byteSet) {
	for i := range s {
		s[i] |= o[i]
	}
}

func (s *byteSet) invert() {
	for i := range s {
		s[i] = ^s[i]
	}
}

// fold adds each ASCII letter's other case.
func (s *byteSet) fold() {
	const letters = 1<<27 - 2 // A to Z and a to z, in the set's second word
	either := (s[1] | s[1]>>32) & letters
	s[1] |= either | either<<32
}
