package byteregex

// Program is a compiled regex. It never changes and may be shared.
type Program struct {
	insts []inst
	sets  []byteSet
	texts []string
	alts  []alternative
	start int32
	first firsts

	groups int  // that are remembered
	any    bool // the first of them that holds text is asked for
}

type operation uint8

const (
	opMatch  operation = iota
	opText             // the bytes of a text
	opRun              // least to most bytes of a set
	opSplit            // one of alternatives, the first that leads to a match
	opAssert           // an empty-width condition
	opMark             // remembers the position
)

// inst is one step of a program; next is the step after it.
type inst struct {
	op     operation
	lazy   bool  // opRun: fewer bytes first
	sole   bool  // opRun: what follows cannot begin with a byte of the set, so only the longest run can go on
	fold   bool  // opText: the text is lower case and stands for either
	slot   uint8 // opMark
	assert uint8 // opAssert: a syntax.Op
	next   int32
	arg    int32 // opText: which of texts; opRun: of sets; opSplit: the first of alts
	least  int32
	most   int32 // opRun: -1: any number; opSplit: how many of alts
}

// alternative is where an opSplit may go on, and what a match from there on may begin with.
type alternative struct {
	next  int32
	first firsts
}

// byteSet is a set of bytes, one bit each.
type byteSet [4]uint64

func (s *byteSet) has(c byte) bool { return s[c>>6]>>(c&63)&1 != 0 }

func (s *byteSet) add(c byte) { s[c>>6] |= 1 << (c & 63) }
