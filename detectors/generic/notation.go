package generic

import "bytes"

// hereString takes the line of a here-string of PowerShell, @' and its text below, whose quotation mark stands at i. It tells
// whether there is one.
func (b *binder) hereString(i, w int) bool {
	if i == 0 || b.text[i-1] != '@' || len(bytes.TrimRight(b.text[i+w:], " \t\r")) > 0 {
		return false
	}
	start := len(b.text) + 1
	if !b.nextLine() {
		return false
	}
	end := start + len(bytes.TrimRight(b.text[start:], " \t\r"))
	if mark := b.full[i]; end > start && b.nextLine() && has(b.text, len(b.text)-lineLength(b.text), string(mark)+"@") {
		b.c.quote, b.c.nextLine = quoteNone, false
		b.c.stands = true
		b.emit(start, end)
	}
	return true
}

// bracketed takes a literal of Lua in long brackets, [[x]], or of Perl behind its q, q{x}. It tells whether there is one.
func (b *binder) bracketed(i int) bool {
	t, shut := b.text, ""
	switch {
	case has(t, i, "[["):
		shut = "]]"
	case has(t, i, "q{"):
		shut = "}"
	case has(t, i, "q("):
		shut = ")"
	default:
		return false
	}
	i += 2
	n := bytes.Index(t[i:], []byte(shut))
	if n < 3 || b.c.sep != sepAssign && b.c.sep != sepArrow || bytes.IndexByte(t[i:i+n], ' ') >= 0 {
		return false
	}
	b.c.quote, b.c.stands = quoteNone, true
	b.emit(i, i+n)
	return true
}

// openly returns the length of what says that the password behind it is written as it is, in the notation of Spring Security
// and Dovecot: {noop}x, {PLAIN}x.
func openly(v []byte) int {
	for _, s := range [...]string{"{noop}", "{plain}", "{cleartext}"} {
		if hasFold(v, 0, s) {
			return len(s)
		}
	}
	return 0
}
