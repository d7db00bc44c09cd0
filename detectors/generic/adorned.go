package generic

import "bytes"

// adorned steps over what may stand between a colon and the value: an anchor or tag of YAML, the marks of HTML, the
// object that holds the value or the default of a parameter. It returns i where there is nothing of the kind.
func (b *binder) adorned(i int) int {
	t := b.text
	switch b.at(i) {
	case '&', '!':
		k := i
		for k < len(t) && (isAlnum(t[k]) || t[k] == '&' || t[k] == '!' || t[k] == '_' || t[k] == '-') {
			k++
		}
		if b.at(k) == ' ' && k > i+1 && b.at(skipSpace(t, k)) != '=' && (t[i] == '&' || has(t, i, "!!str") || has(t, i, "!unsafe")) {
			return skipSpace(t, k)
		}
	case '<':
		k := i
		for n := 0; n < 3 && b.at(k) == '<'; n++ {
			end := b.tagEnd(k)
			if end < 0 || !markupTag(t[k+1:end]) {
				return i
			}
			k = skipSpace(t, end+1)
		}
		if k < len(t) && t[k] != '<' {
			return k
		}
	case '{':
		return b.object(i)
	}
	return i
}

// markupTag tells whether a tag of HTML marks a piece of text.
func markupTag(tag []byte) bool {
	if len(tag) > 0 && tag[0] == '/' {
		tag = tag[1:]
	}
	for i, ch := range tag {
		if isSpace(ch) {
			tag = tag[:i]
			break
		}
	}
	switch string(tag) {
	case "b", "i", "code", "strong", "em", "tt", "kbd", "samp", "u", "br", "td", "dd":
		return true
	}
	return false
}

// object returns where the value of the first member of an object is, where that is called value or default:
// "adminPassword": {"value": "x"}.
func (b *binder) object(i int) int {
	c := b.c
	if c.keyQuote == quoteNone {
		return i
	}
	k := b.skipLines(i+1, 1)
	q, w := quoteAt(b.text, k)
	if q == quoteNone {
		return i
	}
	k += w
	switch {
	case hasFold(b.text, k, "value"):
		k += len("value")
	case hasFold(b.text, k, "defaultvalue"):
		k += len("defaultvalue")
	case hasFold(b.text, k, "default"):
		k += len("default")
	default:
		return i
	}
	if q, w = quoteAt(b.text, k); q == quoteNone {
		return i
	}
	if k = skipSpace(b.text, k+w); b.at(k) != ':' {
		return i
	}
	return skipSpace(b.text, k+1)
}

// items takes the items of a YAML list that starts at i, below its name.
func (b *binder) items(i int) {
	for rows := 0; rows < mostRows && b.at(i) == '-' && b.at(i+1) == ' '; rows++ {
		start := skipSpace(b.text, i+2)
		if q, w := quoteAt(b.text, start); q != quoteNone {
			b.literals(start, q, w)
		} else if soleToken(b.text, start) {
			b.bare(start)
		}
		if !b.nextLine() {
			return
		}
		i = skipSpace(b.text, len(b.text)-lineLength(b.text))
	}
}

// logins takes the passwords of a YAML list of users that starts at i, below its name: - bob:x.
func (b *binder) logins(i int) {
	for rows := 0; rows < mostRows && b.at(i) == '-' && b.at(i+1) == ' '; rows++ {
		start := skipSpace(b.text, i+2)
		_, quote := quoteAt(b.text, start)
		start += quote
		k := start
		for k < len(b.text) && isUserByte(b.text[k]) {
			k++
		}
		end := k
		for end < len(b.text) && isValueByte(b.text[end]) {
			end++
		}
		if k-start >= 2 && b.at(k) == ':' && end-k >= 7 && end-k <= 40 && endsLine(b.text, min(end+quote, len(b.text))) && noted(b.text[k+1:end], false) {
			b.c.password, b.c.stands, b.c.nextLine, b.c.Rule, b.c.quote, b.c.sep = true, true, false, RulePassword, quoteNone, sepUser
			b.emit(k+1, end)
		}
		if !b.nextLine() {
			return
		}
		i = skipSpace(b.text, len(b.text)-lineLength(b.text))
	}
}

// fallback returns where the default of a shell's parameter is, ${1:-x}: the value where no other is given.
func (b *binder) fallback(i int) int {
	t, k := b.text, i
	if q, w := quoteAt(t, k); q == quoteDouble {
		k += w
	}
	if !has(t, k, "${") {
		return i
	}
	for k += 2; k < len(t) && (isAlnum(t[k]) || t[k] == '_'); k++ {
	}
	if !has(t, k, ":-") || b.at(k+2) == '$' || b.at(k+2) == '}' {
		return i
	}
	return k + 2
}

// besideUser returns where the password is in a note such as user/pass: bob/x or login: bob / x.
func (b *binder) besideUser(i int) int {
	t, c := b.text, b.c
	if c.sep != sepColon || c.keyQuote != quoteNone || i >= len(t) {
		return i
	}
	name := t[c.Key.Start:c.Key.End]
	slash := bytes.IndexByte(t[i:min(len(t), i+40)], '/')
	if slash < 2 {
		return i
	}
	slash += i
	j := slash + 1
	if t[slash-1] == ' ' {
		if b.at(j) != ' ' || !lastWord(name, "login", "credentials", "creds", "account", "auth") || bytes.IndexByte(t[i:slash-1], ' ') >= 0 {
			return i
		}
		if j = skipSpace(t, j); !telling(t[j:]) {
			return i
		}
		c.password, c.stands = true, true
	} else if p := c.Key.Start - 1; p-3 < b.lo || t[p] != '/' || !lastWord(t[b.lo:p], "user", "login", "username", "id") {
		return i
	}
	if !soleToken(t, j) {
		return i
	}
	for _, ch := range t[i : slash-1] {
		if !isName(ch) {
			return i
		}
	}
	return j
}
