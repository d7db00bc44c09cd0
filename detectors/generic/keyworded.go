package generic

// keyword handles what Robot Framework sets: a variable, ${PASSWORD}    x, and the field of a form, Input Password    id=pw
// x. Two spaces and more part its words. It tells whether the name is one of either.
func (b *binder) keyword(j int) bool {
	t, c := b.text, b.c
	if b.c.keyQuote != quoteNone || j < 2 || t[j-1] != '\t' && (t[j-1] != ' ' || t[j-2] != ' ') {
		return false
	}
	k := c.Key.Start
	switch {
	case k >= b.lo+2 && has(t, k-2, "${") && has(t, c.Key.End, "}"):
	case hasFold(t, k-len("input "), "input "):
		for j < len(t) && !isSpace(t[j]) {
			j++ // where the field is
		}
		if j = skipSpace(t, j); j >= len(t) || t[j-1] != '\t' && t[j-2] != ' ' {
			return false
		}
	default:
		return false
	}
	if !soleToken(t, j) {
		return false
	}
	c.sep, c.stands, c.password, c.called = sepSpace, true, true, false
	b.value(j)
	return true
}

// accounts takes a block of user:password, one a line, as cloud-init hands them to chpasswd. start is where its first line
// begins.
func (b *binder) accounts(start int) {
	c := b.c
	for rows := 0; rows < mostRows; rows++ {
		i := skipSpace(b.text, start)
		if b.at(i) == '-' && b.at(i+1) == ' ' {
			i += 2
		}
		k := i
		for k < len(b.text) && isUserByte(b.text[k]) {
			k++
		}
		switch {
		case i == start:
			return // the end of the block
		case k > i && b.at(k) == ':' && k+1 < len(b.text) && !isSpace(b.text[k+1]) && soleToken(b.text, k+1):
			c.nextLine, c.quote, c.password, c.stands, c.Rule = false, quoteNone, true, true, RulePassword
			if end := len(b.text); telling(b.text[k+1 : end]) {
				b.bare(k + 1)
			}
		}
		start = b.hi + 1
		if !b.nextLine() {
			return
		}
	}
}
