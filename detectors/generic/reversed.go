package generic

// reversed handles a value that stands before its name: <property value="x" name="password"/>, value: x above
// name: DB_PASSWORD, addValue("x", forHTTPHeaderField: "X-Api-Key"), "x".equals(password), "x" == password.
func (b *binder) reversed() {
	t, c := b.full, b.c
	i := c.Key.Start
	if i-4 < b.lo {
		return
	}
	switch t[i-1] {
	case '(':
		b.compared(i - 1)
		return
	case '"', '\'', ' ', ':', '=', '@':
	default:
		return
	}
	for i > b.lo && (t[i-1] == '"' || t[i-1] == '\'' || t[i-1] == '\\' || t[i-1] == '@') {
		i--
	}
	i = spaceBack(t, i, b.lo)
	if i-8 > b.lo && hasFold(t, i-3, " to") {
		if start := skipSpace(t, b.lo); hasFold(t, start, "move ") {
			b.literalBefore(spaceBack(t, i-3, b.lo), sepArgs) // of COBOL
		}
		return
	}
	if i-3 > b.lo && t[i-1] == '|' && lastWord(t[c.Key.Start:c.Key.End], "securestring") {
		b.literalBefore(spaceBack(t, i-1, b.lo), sepArgs) // "x" | ConvertTo-SecureString
		return
	}
	if i-3 < b.lo || t[i-1] != ':' && t[i-1] != '=' {
		return
	}
	if t[i-1] == '=' && t[i-2] == '=' || t[i-2] == '!' {
		b.literalBefore(spaceBack(t, skipEqualsBack(t, i, b.lo), b.lo), sepCompare)
		return
	}
	i = spaceBack(t, i-1, b.lo)
	for i > b.lo && (t[i-1] == '"' || t[i-1] == '\'' || t[i-1] == '\\') {
		i--
	}
	end := i
	for i > b.lo && isLetter(t[i-1]) {
		i--
	}
	switch word := t[i:end]; {
	case hasFold(word, 0, "forhttpheaderfield"):
		i = spaceBack(t, i, b.lo)
		if i > b.lo && t[i-1] == ',' {
			i--
		}
		b.literalBefore(spaceBack(t, i, b.lo), sepArgs)
	case lastWord(word, "name", "key") && len(word) <= len("ParameterName"), len(word) == len("type") && hasFold(word, 0, "type") && c.keyQuote != quoteNone:
		b.valueBefore(i)
	}
}

func spaceBack(t []byte, i, lo int) int {
	for i > lo && isSpace(t[i-1]) {
		i--
	}
	return i
}

func skipEqualsBack(t []byte, i, lo int) int {
	for i > lo && (t[i-1] == '=' || t[i-1] == '!') {
		i--
	}
	return i
}

// compared handles "x".equals(name); open is where the parenthesis stands.
func (b *binder) compared(open int) {
	t := b.full
	i := open
	for i > b.lo && isLetter(t[i-1]) {
		i--
	}
	if i-3 < b.lo || t[i-1] != '.' || !hasFold(t, i, "equals") {
		return
	}
	b.literalBefore(i-1, sepCompare)
}

// literalBefore takes the literal whose closing quotation mark is t[end-1].
func (b *binder) literalBefore(end int, s sep) {
	t := b.full
	if end-3 < b.lo {
		return
	}
	q := t[end-1]
	if q != '"' && q != '\'' {
		return
	}
	for i := end - 2; i >= b.lo; i-- {
		if t[i] != q || i > b.lo && t[i-1] == '\\' {
			continue
		}
		b.c.sep, b.c.quote = s, quoteDouble
		if q == '\'' {
			b.c.quote = quoteSingle
		}
		b.emit(i+1, end-1)
		return
	}
}

// valueBefore looks for a member or attribute called value that ends before i, on this line or, where the name is the
// first thing on its line, on the one before.
func (b *binder) valueBefore(i int) {
	t := b.full
	from := i
	for from > b.lo && (isSpace(t[from-1]) || t[from-1] == '"' || t[from-1] == '\'') {
		from--
	}
	if from == b.lo && from > 0 && t[from-1] == '\n' {
		i = from - 1
		b.lo = lineStart(t, i)
		from = i
	}
	for k := from - len("value: x"); k >= b.lo; k-- {
		if lower(t[k]) != 'v' || !hasFold(t, k, "value") {
			continue
		}
		j := k + len("value")
		if _, w := quoteAt(t, j); w > 0 {
			j += w
		}
		if j = skipSpace(t, j); j+1 < from && (t[j] == ':' || t[j] == '=') {
			b.c.sep, b.c.keyQuote = sepPair, quoteDouble
			b.value(j + 1)
			for b.d.n > 0 && b.d.found[b.d.n-1].Value.End > i {
				b.d.n-- // no value of its own
			}
		}
		return
	}
}
