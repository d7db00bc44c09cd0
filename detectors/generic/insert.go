package generic

// insert handles a column of an SQL statement: INSERT INTO t (user, password) VALUES ('bob', 'x'), ('eve', 'y'). It tells
// whether the name is one.
func (b *binder) insert() bool {
	t, c := b.text, b.c
	i := c.Key.Start
	index := 0
	for ; i > b.lo && t[i-1] != '('; i-- {
		switch ch := t[i-1]; {
		case ch == ',':
			index++
		case !isName(ch) && !isSpace(ch) && ch != '`' && ch != '"' && ch != '[' && ch != ']':
			return false
		}
	}
	if i == b.lo {
		return false
	}
	j := c.Key.End
	for j < len(t) && t[j] != ')' {
		if ch := t[j]; !isName(ch) && !isSpace(ch) && ch != ',' && ch != '`' && ch != '"' && ch != '[' && ch != ']' {
			return false
		}
		j++
	}
	if j >= len(t) {
		return false
	}
	if j = b.skipLines(j+1, 2); !hasFold(b.text, j, "values") {
		return false
	}
	j = b.skipLines(j+len("values"), 2)
	c.sep, c.keyQuote, c.called = sepArgs, quoteNone, false
	for rows := 0; rows < mostRows && b.at(j) == '('; rows++ {
		if j = b.tuple(j+1, index); j < 0 {
			return true
		}
		if j = skipSpace(b.text, j); b.at(j) != ',' {
			return true
		}
		j = b.skipLines(j+1, 2)
	}
	return true
}

// skipLines skips white space and at most n line breaks.
func (b *binder) skipLines(i, n int) int {
	for ; n >= 0; n-- {
		for i < len(b.text) && (isSpace(b.text[i]) || b.text[i] == '\r') {
			i++
		}
		if n == 0 || i < len(b.text) && b.text[i] != '\n' || i >= len(b.text) && !b.nextLine() {
			return i
		}
		i++
	}
	return i
}

// tuple keeps the value at an index of the row that starts at i, where it is a string, and returns where the row ends;
// -1 where it does not.
func (b *binder) tuple(i, index int) int {
	c := b.c
	for at := 0; ; {
		i = skipSpace(b.text, i)
		start, _ := quotePrefix(b.text, i)
		if q, w := quoteAt(b.text, start); q == quoteSingle || q == quoteDouble || q == quoteDoubled {
			if q == quoteDoubled {
				q, w = quoteSingle, 1
			}
			end := closing(b.text, start+w, q)
			if end < 0 {
				return -1
			}
			if at == index {
				c.quote = q
				if !b.emit(start+w, end) {
					return -1
				}
			}
			i = end + 1
		}
		for depth := 0; ; i++ {
			if i >= len(b.text) {
				return -1
			}
			ch := b.text[i]
			if ch == '(' {
				depth++
			}
			if ch == ')' {
				if depth == 0 {
					return i + 1
				}
				depth--
			}
			if ch == ',' && depth == 0 {
				i++
				break
			}
			if ch == '\'' || ch == '"' {
				return -1
			}
		}
		at++
	}
}
