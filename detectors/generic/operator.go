package generic

// constructed handles SecretString::new("x") and password:: 'x' of Jsonnet: i is behind the colons.
func (b *binder) constructed(i int) {
	if b.at(i) == ' ' && b.at(i+1) == '\'' && b.c.keyQuote == quoteNone {
		b.c.sep = sepColon // a hidden field of Jsonnet
		b.value(i + 1)
		return
	}
	for _, s := range [...]string{"new(", "from("} {
		if has(b.text, i, s) {
			if q, _ := quoteAt(b.text, i+len(s)); q != quoteNone && lastWord(b.text[b.c.Key.Start:b.c.Key.End], "string", "secret", "password", "apikey") {
				b.c.sep = sepCall
				b.value(i + len(s))
			} else if q != quoteNone && lastWord(b.text[b.c.Key.Start:b.c.Key.End], "credentials") {
				b.call(i + len(s))
			}
			return
		}
	}
}

// bar handles a table cell and the operators that give a default.
func (b *binder) bar(j int) {
	c := b.c
	if b.at(j) == b.at(j+1) {
		c.sep = sepDefault
		if b.at(j+2) == '=' {
			j++ // ||= and ??= give a value where there is none
		}
		b.value(j + 2)
		return
	}
	if b.at(j) == '?' && b.at(j+1) == ':' && (c.called || c.keyQuote != quoteNone) {
		c.sep = sepDefault // of Groovy and Kotlin
		b.value(j + 2)
		return
	}
	if b.at(j) == '?' && b.at(j+1) == '=' { // makefiles: unless it is set
		c.sep = sepAssign
		b.value(j + 2)
		return
	}
	if b.at(j) == '|' {
		if has(b.text, j, "|s:") {
			b.serialized(j)
			return
		}
		if (c.spaced || isSpace(b.at(j+1))) && !b.operand() {
			c.sep = sepTable
			b.value(j + 1)
		}
	}
}

// operand tells whether the name stands behind an operator: flags = longPassword | other is no row of a table.
func (b *binder) operand() bool {
	i := b.c.Key.Start
	for i > b.lo && (b.text[i-1] == ' ' || b.text[i-1] == '\t') {
		i--
	}
	return i > b.lo && (b.text[i-1] == '=' || b.text[i-1] == '(' || b.text[i-1] == '&')
}

// serialized handles PHP's serialize: s:8:"password";s:5:"value".
func (b *binder) serialized(j int) {
	t, c := b.text, b.c
	if !has(t, j+1, "s:") {
		return
	}
	k := j + 3
	for k < len(t) && chars[t[k]]&charDigit != 0 {
		k++
	}
	if b.at(k) == ':' {
		c.sep = sepColon
		b.value(k + 1)
	}
}
