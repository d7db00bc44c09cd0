package byteregex

// firsts tells what a match from some step on may begin with; any: it may be empty, so anything may follow.
type firsts struct {
	set byteSet
	any bool
}

// lookAhead works out what each step may begin with.
func (c *compiler) lookAhead() {
	known := make([]firsts, len(c.insts))
	done := make([]bool, len(c.insts))
	var of func(at int32) *firsts
	of = func(at int32) *firsts {
		f := &known[at]
		if done[at] {
			return f
		}
		done[at] = true
		i := &c.insts[at]
		switch i.op {
		case opMatch:
			f.any = true
		case opText:
			first := c.texts[i.arg][0]
			f.set.add(first)
			if i.fold && first >= 'a' && first <= 'z' {
				f.set.add(first - 'a' + 'A')
			}
		case opRun:
			set := &c.sets[i.arg]
			if i.least == 0 {
				f.add(of(i.next))
			}
			f.add(&firsts{set: *set})
		case opSplit:
			for _, a := range c.alts[i.arg : i.arg+i.most] {
				f.add(of(a.next))
			}
		default:
			f.add(of(i.next))
		}
		return f
	}
	for at := range c.insts {
		if i := &c.insts[at]; i.op == opRun {
			i.sole = of(i.next).apart(&c.sets[i.arg])
		}
	}
	for k := range c.alts {
		c.alts[k].first = *of(c.alts[k].next)
	}
	c.first = *of(c.start)
}

func (f *firsts) add(g *firsts) {
	for i := range f.set {
		f.set[i] |= g.set[i]
	}
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
