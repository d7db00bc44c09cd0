package generic

import "bytes"

// field handles a name in the quoted selector of a form's field, followed by what sets it: ("#password").val("x"),
// ('input[name="password"]').type('x'), ("password").value = "x", fill('input[name="password"]', 'x'). It tells whether
// the name is one. j is the first byte behind what closes the name.
func (b *binder) field(j int) bool {
	t, c := b.text, b.c
	if c.keyQuote == quoteNone {
		return false
	}
	outer := false
	for n := 0; n < 3 && j < len(t) && (t[j] == '"' || t[j] == '\'' || t[j] == '`' || t[j] == ']' || t[j] == ')'); n++ {
		outer = outer || t[j] != ']' && t[j] != ')'
		c.called = c.called || t[j] == ')'
		j++
	}
	if outer && b.at(j) == ',' && !c.called {
		if k := skipSpace(t, j+1); k < len(t) {
			if q, _ := quoteAt(t, k); q != quoteNone {
				c.sep, c.password = sepArgs, rolePass == roleOf(lowered(&b.d.name, t[c.Key.Start:c.Key.End]))
				b.value(k)
				return true
			}
		}
	}
	if !c.called || b.at(j) != '.' {
		return false
	}
	j++
	for _, s := range setters {
		if hasFold(t, j, s) {
			if q, _ := quoteAt(t, j+len(s)); q != quoteNone {
				c.sep, c.called = sepArgs, false
				b.value(j + len(s))
			}
			return true
		}
	}
	return false
}

var setters = [...]string{"value = ", "value=", "val(", "type(", "fill(", "sendkeys(", "send_keys(", "setvalue(", "set_value(", "clear().type("}

// lowered copies a name in lower case.
func lowered(buf *[2 * nameCap]byte, name []byte) []byte {
	n := min(len(name), len(buf))
	for i, ch := range name[:n] {
		buf[i] = lower(ch)
	}
	return buf[:n]
}

// skipSubscript steps over the size of an array in C: password[32].
func (b *binder) skipSubscript(i int) int {
	t := b.text
	for k := i + 1; k < len(t) && k < i+24; k++ {
		if t[k] == ']' {
			if j := skipSpace(t, k+1); b.at(j) == '=' && b.at(j+1) != '=' {
				return k + 1
			}
			return i
		}
		if chars[t[k]]&(charUpper|charDigit) == 0 && t[k] != '_' && t[k] != '+' && t[k] != ' ' {
			return i
		}
	}
	return i
}

// accessors steps over the accessors of a property of C#: { get; set; }.
func (b *binder) accessors(j int) int {
	t := b.text
	if i := skipSpace(t, j+1); !has(t, i, "get") {
		return j
	}
	for k := j; k < len(t) && k < j+48; k++ {
		if t[k] == '}' {
			return skipSpace(t, k+1)
		}
	}
	return j
}

// annotated handles a name with a few words in parentheses, or of whom it is, before a colon: Password (root): x,
// password for bob: x, New password is: x. It tells whether it is one.
func (b *binder) annotated(j int) bool {
	t, c := b.text, b.c
	start := j
	switch {
	case b.at(j) == '(':
	case !lastWord(t[c.Key.Start:c.Key.End], "password", "passwd", "passphrase", "passwort", "pwd", "kennwort", "wachtwoord"):
		return false
	case hasFold(t, j, "for "), hasFold(t, j, "of "), hasFold(t, j, "is:"), hasFold(t, j, "to "), hasFold(t, j, "ist:"), hasFold(t, j, "lautet:"), hasFold(t, j, "fuer "), hasFold(t, j, "für "):
	default:
		return false
	}
	words := 0
	for ; j < len(t) && j < start+40 && t[j] != ':'; j++ {
		switch ch := t[j]; {
		case ch == ' ':
			words++
			if t[j-1] == '.' {
				return false
			}
		case !isAlnum(ch) && ch != '_' && ch != '-' && ch != '(' && ch != ')' && ch != '@' && ch != '.' && ch != '\'' && ch != '`' && ch != '/':
			return false
		}
		if (has(t, j, " is ") || has(t, j, " is:")) && j > start {
			break
		}
	}
	switch {
	case has(t, j, " is "):
		j += len(" is")
	case has(t, j, " is: "):
		j += len(" is:")
	case b.at(j) == ':' && !has(t, j, "::") && isSpace(b.at(j+1)) && (t[start] != '(' || t[j-1] == ')'):
	default:
		return false
	}
	if j++; words > 4 {
		return false
	}
	c.sep = sepProse
	i := skipSpace(t, j)
	if q, _ := quoteAt(t, i); q != quoteNone || soleToken(t, i) && telling(t[i:]) {
		b.value(i)
		return true
	}
	return false
}

// soleToken tells whether from i on there is one word and nothing else, to the end of the line.
func soleToken(t []byte, i int) bool {
	start := i
	for i < len(t) && isValueByte(t[i]) {
		i++
	}
	if i == start {
		return false
	}
	i = skipSpace(t, i)
	return i >= len(t) || t[i] == '\r'
}

// telling tells whether t begins with letters and digits mixed, as no word of prose is.
func telling(t []byte) bool {
	var seen uint8
	n := 0
	for n < len(t) && isValueByte(t[n]) {
		seen |= chars[t[n]]
		n++
	}
	return n >= 6 && seen&charDigit != 0 && seen&(charLower|charUpper) != 0
}

// below handles a flag whose value is the next item of a list: - --password, and - x on the next line.
func (b *binder) below(j int) {
	t, c := b.text, b.c
	k := c.Key.Start
	if t[k] != '-' || k-2 < b.lo || t[k-1] != ' ' && t[k-1] != '"' && t[k-1] != '\'' {
		return
	}
	head := skipSpace(t, b.lo)
	if b.at(head) != '-' || head >= k || b.at(head+1) != ' ' {
		return
	}
	n := bytes.IndexByte(t[min(j, len(t)):], '\n')
	if n < 0 {
		n = len(t) - j
		if !b.nextLine() {
			return
		}
	}
	i := skipSpace(b.text, j+n+1)
	if b.at(i) == '-' && isSpace(b.at(i+1)) {
		c.sep = sepFlag
		b.value(i + 2)
	}
}

// lineLength returns how long the last line of t is.
func lineLength(t []byte) int {
	for i := len(t); i > 0; i-- {
		if t[i-1] == '\n' {
			return len(t) - i
		}
	}
	return len(t)
}
