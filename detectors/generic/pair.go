package generic

// comma handles ("name", "value") and lists of name and value.
func (b *binder) comma(j int) {
	if b.pair(j + 1) {
		return
	}
	k := skipSpace(b.text, j+1)
	if b.c.keyQuote == quoteNone {
		b.several(k)
		return
	}
	if q, _ := quoteAt(b.text, k); q == quoteNone || !b.leads() {
		return
	}
	b.c.sep = sepArgs
	b.value(k)
}

// leads tells whether the quoted name is the first of a list, or a flag, so that what follows may be its value.
func (b *binder) leads() bool {
	t, k := b.text, b.c.Key.Start
	if t[k] == '-' {
		return true
	}
	for k > b.lo && (t[k-1] == '\'' || t[k-1] == '"' || t[k-1] == '\\' || t[k-1] == '`' || isSpace(t[k-1]) || t[k-1] == ':' || t[k-1] == '@') {
		k--
	}
	return k == b.lo || t[k-1] != ','
}

// several handles "name, err := value".
func (b *binder) several(k int) {
	for k < len(b.text) && (isAlnum(b.text[k]) || b.text[k] == '_') {
		k++
	}
	if k = skipSpace(b.text, k); has(b.text, k, ":=") {
		b.c.sep = sepAssign
		b.value(k + 2)
	}
}

// pair handles a name that is itself a value: {"name": "DB_PASSWORD", "value": "x"}, on one line or two.
func (b *binder) pair(j int) bool {
	c := b.c
	if p := c.Key.Start - 1; p < b.lo {
		return false
	} else if q := b.text[p]; c.keyQuote == quoteNone && q != ' ' && q != '>' {
		return false
	}
	for n := 0; n < 2; n++ {
		for j < len(b.text) && (isSpace(b.text[j]) || b.text[j] == ',' || b.text[j] == '\r') {
			j++
		}
		if j < len(b.text) || n > 0 || !b.nextLine() {
			break
		}
		j++
	}
	if _, w := quoteAt(b.text, j); w > 0 {
		j += w
	}
	if !hasFold(b.text, j, "value") {
		return false
	}
	j += len("value")
	if _, w := quoteAt(b.text, j); w > 0 {
		j += w
	}
	j = skipSpace(b.text, j)
	if ch := b.at(j); ch != ':' && ch != '=' {
		return false
	}
	c.sep, c.nextLine = sepPair, j > c.Key.End+200
	b.value(j + 1)
	return true
}

// tag handles <name>value<, <td>name</td><td>value< and <key>name</key><string>value<.
func (b *binder) tag(j int) {
	t, c := b.text, b.c
	c.sep = sepTag
	p := c.Key.Start - 1
	if b.at(j) == '>' {
		if p < b.lo || t[p] != '<' && t[p] != ':' && (c.keyQuote == quoteNone || t[p-1] != '=') {
			return // neither <name> nor <entry key="name">
		}
		b.element(j + 1)
		return
	}
	for n := 0; n < 6; n++ {
		j = skipSpace(b.text, j)
		if j >= len(b.text) {
			if !b.nextLine() {
				return
			}
			if j = skipSpace(b.text, j+1); b.at(j) != '<' {
				return
			}
			continue
		}
		if b.text[j] != '<' {
			break
		}
		k := j
		for k < len(b.text) && b.text[k] != '>' && k < j+80 {
			k++
		}
		if b.at(k) != '>' {
			return
		}
		j = k + 1
	}
	if ch := b.at(j); ch == ':' || ch == '=' {
		c.sep = sepColon
		b.value(j + 1)
		return
	}
	b.element(j)
}

func (b *binder) element(i int) {
	c := b.c
	end := closing(b.text, i, quoteTag)
	if end < 0 {
		end = len(b.text)
	}
	for i < end && isSpace(b.text[i]) {
		i++
	}
	for end > i && (isSpace(b.text[end-1]) || b.text[end-1] == '\r') {
		end--
	}
	c.quote = quoteTag
	b.emit(i, end)
}
