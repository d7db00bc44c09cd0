package byteregex

import "slices"

// firsts tells what a match from some step on may begin with; any: it may be empty, so anything may follow.
type firsts struct {
	set byteSet
	any bool
}

// lookAhead works out what each step may begin with, and returns what a match may that begins at start.
func (c *compiler) lookAhead(start int32) firsts {
	c.known = slices.Grow(c.known[:0], len(c.insts))[:len(c.insts)]
	c.done = slices.Grow(c.done[:0], len(c.insts))[:len(c.insts)]
	clear(c.done)
	for at := range c.insts {
		if i := &c.insts[at]; i.op == opRun {
			i.sole = c.firstOf(i.next).apart(&c.sets[i.arg])
		}
	}
	for k := range c.alts {
		c.alts[k].first = *c.firstOf(c.alts[k].next)
	}
	return *c.firstOf(start)
}

// firstOf returns what a match may begin with at a step.
func (c *compiler) firstOf(at int32) *firsts {
	f := &c.known[at]
	if c.done[at] {
		return f
	}
	c.done[at] = true
	*f = firsts{}
	i := &c.insts[at]
	switch i.op {
	case opMatch:
		f.any = true
	case opText:
		f.set = one(c.texts[i.arg], i.fold)
	case opRun:
		f.set = c.sets[i.arg]
		if i.least == 0 {
			f.add(c.firstOf(i.next))
		}
	case opSplit:
		for k := range i.most {
			f.add(c.firstOf(c.alts[i.arg+k].next))
		}
	default:
		*f = *c.firstOf(i.next)
	}
	return f
}

func (f *firsts) add(g *firsts) {
	f.set.join(&g.set)
	f.any = f.any || g.any
}

// apart tells whether a match that begins as f says cannot begin with a byte of set.
func (f *firsts) apart(set *byteSet) bool {
	if f.any {
		return false
	}
	for i := range set {
		if set[i]&f.set[i] != 0 {
			return false
		}
	}
	return true
}
