package generic

import "bytes"

// comma handles ("name", "value") and lists of name and value.
func (b *binder) comma(j int) {
	if b.pair(j + 1) {
		return
	}
	if b.insert() {
		return
	}
	k := skipSpace(b.text, j+1)
	if b.c.keyQuote == quoteNone {
		if !b.argument(k) {
			b.several(k)
		}
		return
	}
	if b.defaulted(k) {
		return
	}
	if has(b.text, k, "with:") {
		b.c.sep = sepArgs // of Capybara: fill_in "Password", with: "x"
		b.value(k + len("with:"))
		return
	}
	if b.text[b.c.Key.Start] == '-' {
		k = b.skipLines(j+1, 1) // "--password", and the value on the next line
	}
	if q, w := quoteAt(b.text, k); q == quoteNone || !b.leads() && !(telling(b.text[k+w:]) && b.besides()) {
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
	if k == b.lo || t[k-1] != ',' {
		return true
	}
	line := t[b.lo:k]
	return containsFold(line, "map.of(") || containsFold(line, "var(&") || containsFold(line, "varp(&")
}

// besides tells whether the name is one of a flat list of names and values behind that of a user: 'Username', 'bob',
// 'Password', 'x'.
func (b *binder) besides() bool {
	t, c := b.text, b.c
	line := t[max(b.lo, c.Key.Start-120):c.Key.Start]
	return lastWord(t[c.Key.Start:c.Key.End], "password", "passwd", "pwd") && (containsFold(line, "'user") || containsFold(line, `"user`) || containsFold(line, "'uid") || containsFold(line, `"uid`))
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
	j = b.member(j)
	if has(b.text, j, "android:") {
		j += len("android:")
	}
	switch {
	case hasFold(b.text, j, "value"):
		j += len("value")
	case hasFold(b.text, j, "parametervalue"):
		j += len("parametervalue")
	case hasFold(b.text, j, "content=") && c.keyQuote != quoteNone && lastWord(b.text[c.Key.Start:c.Key.End], "api-key", "apikey", "api_key", "token", "secret", "password"):
		j += len("content")
	default:
		return false
	}
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

// member steps over a member called type, as between the name and the value of a variable of Postman: "type": "string",
// and returns where the next begins, behind its quotation mark.
func (b *binder) member(j int) int {
	if !hasFold(b.text, j, "type") {
		return j
	}
	k := j
	for k < len(b.text) && b.text[k] != ',' && k < j+40 {
		k++
	}
	if b.at(k) != ',' {
		return j
	}
	k = b.skipLines(k+1, 1)
	if _, w := quoteAt(b.text, k); w > 0 {
		k += w
	}
	return k
}

// argument handles a name that is the argument before its value: strcmp(password, "x"), set :password, "x",
// {password, "x"} and -define(PASSWORD, "x").
func (b *binder) argument(k int) bool {
	t, c := b.text, b.c
	i := quoteless(t, k)
	if q, _ := quoteAt(t, i); q == quoteNone || c.Key.Start <= b.lo {
		return false
	}
	switch p := c.Key.Start - 1; t[p] {
	case ':':
		c.sep = sepArgs
	case ' ', ',':
		if !hasFold(t, p+1, "curlopt_") {
			return false
		}
		c.sep = sepArgs
	case '{': // a tuple of Erlang: atoms are in lower case
		if t[c.Key.End] != ',' || p > b.lo && (t[p-1] == '#' || t[p-1] == '$') || bytes.IndexFunc(t[c.Key.Start:c.Key.End], func(r rune) bool { return r == '.' || r >= 'A' && r <= 'Z' }) >= 0 {
			return false
		}
		c.sep = sepArgs
	case '(':
		end := p
		for p > b.lo && (isAlnum(t[p-1]) || t[p-1] == '_') {
			p--
		}
		switch {
		case startsFold(t[p:end], &comparing):
			c.sep = sepCompare
		case startsFold(t[p:end], &copying):
			c.sep = sepArgs
			if lastWord(t[c.Key.Start:c.Key.End], "security_credentials") {
				c.password, c.Rule = true, RulePassword // of JNDI
			}
		default:
			return false
		}
	default:
		return false
	}
	b.value(i)
	return true
}

var (
	comparing = byFirst("strcmp", "strncmp", "strcasecmp", "memcmp", "hash_equals", "compare_digest", "strequal")
	copying   = byFirst("strcpy", "strncpy", "strlcpy", "memcpy", "define", "_tcscpy", "wcscpy", "setq", "put", "setproperty")
)

// quoteless steps over what Erlang writes before a binary string, <<.
func quoteless(t []byte, i int) int {
	if has(t, i, "<<") {
		return i + 2
	}
	return i
}

// defaulted handles the declaration of a flag whose default follows: add_argument("--password", default="x"), and
// StringVar(&password, "password", "x").
func (b *binder) defaulted(k int) bool {
	t, c := b.text, b.c
	if t[c.Key.Start] != '-' {
		return false
	}
	for i := k; i < len(t) && i < k+160; i++ {
		if t[i] != 'd' || !has(t, i, "default") {
			continue
		}
		if i = skipSpace(t, i+len("default")); b.at(i) == '=' || b.at(i) == ':' {
			c.sep = sepAssign
			b.value(i + 1)
			return true
		}
	}
	return false
}
