package generic

// surroundings fills the features that look at the line around name and value.
func (d *Detector) surroundings(t []byte, c *Candidate) {
	f := c.Explain
	lo, hi := c.Context.Start, c.Context.End
	i := c.Value.End
	if c.quote != quoteNone && c.quote < len(quotes) {
		i = min(hi, i+len(quotes[c.quote].shut))
	}
	j := skipSpace(t[:hi], i)
	switch {
	case j >= hi || t[j] == '\n' || t[j] == '\r' || t[j] == '\\':
		f[fEndLine] = 1
	case t[j] == ',':
		f[fEndComma] = 1
	case t[j] == ';':
		f[fEndSemicolon] = 1
	case t[j] == ')' || t[j] == ']' || t[j] == '}' || t[j] == '"' || t[j] == '\'' || t[j] == '<' || t[j] == '&' || t[j] == '>' || t[j] == '/':
		f[fEndClose] = 1
	default:
		f[fEndText] = 1
	}
	if j < hi && (t[j] == '+' || t[j] == '.' || t[j] == '%') && c.quote != quoteNone {
		f[fConcatenated] = 1
	}
	k := skipSpace(t[:hi], lo)
	f[fIndent] = float32(min(k-lo, 20))
	if k < hi {
		f[fComment] = flag(t[k] == '#' || has(t[:hi], k, "//") || t[k] == '*' || has(t[:hi], k, "/*") || has(t[:hi], k, "--") || t[k] == ';' || has(t[:hi], k, "<!--"))
	}
	f[fLineLength] = float32(hi - lo)
	from := max(lo, c.Key.Start-120)
	f[fUser] = flag(wordBefore(t[from:c.Key.Start]))
	start := t[k:min(hi, k+48)]
	f[fDefinition] = flag(startsFold(start, &definitions))
	f[fTestWords] = flag(startsFold(start, &assertions))
}

var definitions = byFirst("def ", "func ", "function ", "fn ", "return ", "if ", "public ", "private ", "protected ", "for ", "while ", "case ", "import ", "class ", "throw ", "elif ", "else ")

var assertions = byFirst("assert", "expect", "should", "it(", "it ", "describe", "test(", "self.assert", "check(")

// wordBefore tells whether a user name stands in t.
func wordBefore(t []byte) bool {
	for i := 0; i+4 < len(t); i++ {
		switch lower(t[i]) {
		case 'u':
			if hasFold(t, i, "user") || hasFold(t, i, "uid") {
				return true
			}
		case 'l':
			if hasFold(t, i, "login") {
				return true
			}
		case 'e':
			if hasFold(t, i, "email") {
				return true
			}
		}
	}
	return false
}
