package generic

import "bytes"

// wrap is what a value is wrapped in.
type wrap uint8

const (
	wrapNone   wrap = iota
	wrapString      // String("x"), []byte("x"), new Guid("x")
	wrapLookup      // getenv("x"), t("x"), find("x")
	wrapCall        // another call
)

// value takes the value at i, after the separator: a literal, a list of literals, or a run of bytes.
func (b *binder) value(i int) {
	c := b.c
	i = skipSpace(b.text, i)
	if b.at(i) == '{' && b.plural() {
		b.members(i + 1)
		return
	}
	if c.sep == sepColon {
		i = b.adorned(i)
	}
	if empty := i >= len(b.text) || b.text[i] == '\r'; empty || b.blockScalar(i) {
		if c.sep != sepColon && c.sep != sepAssign && c.sep != sepArgs && c.sep != sepPair || c.called || !b.nextLine() {
			return
		}
		i = skipSpace(b.text, bytes.IndexByte(b.text[i:], '\n')+i+1)
		if empty && b.assignment(i) {
			b.nested(i) // the name before it has no value of its own
			return
		}
		c.nextLine = true
		if empty && c.sep == sepColon && b.at(i) == '-' && b.at(i+1) == ' ' {
			if lastWord(b.text[c.Key.Start:c.Key.End], "passwords", "tokens", "secrets", "keys", "credentials") {
				b.items(i)
			} else if lastWord(b.text[c.Key.Start:c.Key.End], "users") {
				b.logins(i)
			}
			return
		}
	}
	i = b.besideUser(b.fallback(i))
	if b.at(i) == '[' && b.flow(i) {
		return
	}
	for range 4 {
		q, w := quoteAt(b.text, i)
		if q != quoteNone {
			b.literals(i, q, w)
			return
		}
		next, ok := b.prefix(i)
		if !ok {
			break
		}
		i = skipSpace(b.text, next)
	}
	b.bare(i)
}

// assignment tells whether a line that starts at i gives a name of its own a value: NAME=value, some.name=, name: value.
// An equals sign that ends a line of letters and digits alone may be base64's padding.
func (b *binder) assignment(i int) bool {
	t, start := b.text, i
	marks := 0
	for i < len(t) && (isAlnum(t[i]) || t[i] == '_' || t[i] == '.' || t[i] == '-') {
		if !isAlnum(t[i]) {
			marks++
		}
		i++
	}
	if i == start {
		return false
	}
	next := skipSpace(t, i)
	if next >= len(t) {
		return false
	}
	after := next + 1
	for after < len(t) && t[after] == '\r' {
		after++
	}
	switch t[next] {
	case '=':
		return after < len(t) && t[after] != '=' || after >= len(t) && (marks > 0 || next > i)
	case ':':
		return after >= len(t) || isSpace(t[after])
	}
	return false
}

// blockScalar tells whether a YAML block scalar, or a line to be continued, starts at i.
func (b *binder) blockScalar(i int) bool {
	t := b.text
	switch t[i] {
	case '|', '>':
		i++
		for i < len(t) && (t[i] == '-' || t[i] == '+' || chars[t[i]]&charDigit != 0) {
			i++
		}
	case '\\', '(':
		i++
	default:
		return false
	}
	return i >= len(t) || t[i] == '\r'
}

// prefix steps over what may stand before a literal: casts, constructors, brackets, string prefixes. It tells whether
// it did.
func (b *binder) prefix(i int) (next int, ok bool) {
	t, c := b.text, b.c
	if i >= len(t) {
		return i, false
	}
	switch ch := t[i]; {
	case ch == '&' && (has(t, i, "&'static ") || has(t, i, "&'a ")):
		return i + bytes.IndexByte(t[i:], ' ') + 1, true // a lifetime of Rust
	case ch == '{' && c.sep == sepAssign && !c.spaced:
		if q, _ := quoteAt(t, i+1); q != quoteNone {
			return i + 1, true // an attribute of JSX
		}
	case ch == '@' || ch == '&' && b.at(i+1) != '&':
		if q, _ := quoteAt(t, i+1); q != quoteNone || isLetter(b.at(i+1)) && ch == '&' {
			return i + 1, true
		}
	case ch == '[':
		if b.at(i+1) == ']' {
			return i + 2, true
		}
		if q, _ := quoteAt(t, skipSpace(t, i+1)); q != quoteNone {
			return i + 1, true
		}
	case ch == '(':
		if q, _ := quoteAt(t, skipSpace(t, i+1)); q != quoteNone {
			return i + 1, true
		}
	case isLetter(ch) || ch == '_' || ch == '$':
		k := i
		for k < len(t) && (isAlnum(t[k]) || t[k] == '_' || t[k] == '.' || t[k] == ':' || t[k] == '$') {
			k++
		}
		if q, _ := quoteAt(t, k); q != quoteNone && k-i <= 2 {
			return k, true
		}
		if s := skipSpace(t, k); s > k && bytes.Equal(t[i:k], []byte("new")) {
			return s, true
		}
		if s := skipSpace(t, k); b.at(s) == '=' && b.at(s+1) != '=' && b.c.sep == sepColon && s > k {
			c.spaced = true
			return s + 1, true // name: type = value
		}
		if s := skipSpace(t, k); b.at(s) == '|' && b.at(s+1) == '|' || b.at(s) == '?' && b.at(s+1) == '?' {
			if s = skipSpace(t, s+2); s < len(t) {
				if q, _ := quoteAt(t, s); q != quoteNone {
					c.sep = sepDefault
					return s, true
				}
			}
		}
		if ch := b.at(k); ch == '(' || ch == '{' {
			s := skipSpace(t, k+1)
			if has(t, s, "default=") {
				s += len("default=") // field(default="x")
			}
			q, _ := quoteAt(t, s)
			if q == quoteNone {
				s, _ = quotePrefix(t, s)
				if q, _ = quoteAt(t, s); q == quoteNone || s > k+3 {
					return i, false
				}
			}
			c.wrap = wrapper(t[i:k])
			return s, true
		}
	}
	return i, false
}

// wrapper judges the function a literal is handed to.
func wrapper(name []byte) wrap {
	if lastWord(name, "getbytes") {
		return wrapString // Encoding.UTF8.GetBytes("x")
	}
	if string(name) == "credentials" {
		return wrapLookup // of Jenkins
	}
	for _, s := range [...]string{"getenv", "env", "get", "find", "lookup", "fetch", "read", "param", "request", "translate", "select", "config", "trans", "prompt", "input", "ask", "flag", "sprintf", "format", "printf", "arg", "cookie", "header", "error", "label"} {
		if containsFold(name, s) {
			return wrapLookup
		}
	}
	if k := bytes.LastIndexAny(name, ".:"); k >= 0 {
		name = name[k+1:]
	}
	for _, s := range [...]string{"string", "str", "byte", "bytes", "guid", "uuid", "from", "decode", "encode", "token", "secret", "credentials", "password", "key", "base64", "text", "new", "some", "value", "securestring", "ptr", "literal", "cstr", "tobytes"} {
		if containsFold(name, s) {
			return wrapString
		}
	}
	return wrapCall
}

// literals takes the literal at i and those that follow it in a list.
func (b *binder) literals(i, q, w int) {
	c := b.c
	list := false
	tuple := false // auth=("user", "password")
	if k := i - 1; k >= b.lo && (b.text[k] == '[' || b.text[k] == '{') {
		list = true
		tuple = b.text[k] == '[' && lastWord(b.text[c.Key.Start:c.Key.End], "basic_auth", "basicauth", "http_auth", "http_basic")
	} else if k >= b.lo && b.text[k] == '(' && hasFold(b.text, c.Key.End-4, "auth") {
		list, tuple = true, true
	}
	for {
		if q <= quoteBack && has(b.text, i+w, quotes[q].open) && has(b.text, i+2*w, quotes[q].open) {
			w *= 3 // a long string: only its first line counts
			if rest := len(bytes.TrimRight(b.text[i+w:], " \t\r")); rest == 0 && !list {
				if next := len(b.text) + 1; b.nextLine() {
					c.nextLine = true
					i = skipSpace(b.text, next) - w
				}
			}
		}
		end := closing(b.text, i+w, q)
		if end < 0 {
			if !b.hereString(i, w) {
				b.open(i + w)
			}
			return
		}
		c.quote = q
		lo, hi := i+w, end
		for lo < hi && isSpace(b.text[lo]) {
			lo++
		}
		for hi > lo && isSpace(b.text[hi-1]) {
			hi--
		}
		lo = b.behindUser(lo, hi)
		if b.checksums(lo, hi, end+len(quotes[q].shut)) || !b.emit(lo, hi) || !list {
			return
		}
		i = skipSpace(b.text, end+len(quotes[q].shut))
		if b.at(i) != ',' {
			return
		}
		i = skipSpace(b.text, i+1)
		if q, w = quoteAt(b.text, i); q == quoteNone {
			return
		}
		c.arg++
		c.password = tuple && c.arg == 1
	}
}

// open takes a literal whose end is not on this line: the rest of the line if it is one piece.
func (b *binder) open(i int) {
	end := i
	for end < len(b.text) && isValueByte(b.text[end]) {
		end++
	}
	if end >= len(b.text)-2 {
		b.c.quote = quoteNone
		b.emit(i, end)
	}
}

// bare takes a value without quotes.
func (b *binder) bare(i int) {
	t, c := b.text, b.c
	end := i
	if b.bracketed(i) {
		return
	}
	switch c.sep {
	case sepArgs:
		return
	case sepQuery:
		for end < len(t) && isValueByte(t[end]) && t[end] != '&' && t[end] != '#' && t[end] != ')' && t[end] != '\\' {
			end++
		}
	case sepTable:
		for end < len(t) && isValueByte(t[end]) && t[end] != '|' {
			end++
		}
	default:
		for end < len(t) && isValueByte(t[end]) && !(t[end] == '\\' && end+1 < len(t) && (t[end+1] == 'n' || t[end+1] == 'r' || t[end+1] == '"')) {
			end++
		}
		if c.sep == sepColon && apostrophe(t, end) {
			for end++; end < len(t) && isValueByte(t[end]); {
				end++
			}
		}
		if k := parameter(t[i:end]); k > 0 {
			end = i + k
		}
	}
	for end > i && (t[end-1] == ')' || t[end-1] == ']' || t[end-1] == '}' && bytes.IndexByte(t[i:end], '{') < 0 || t[end-1] == '\\') {
		end--
	}
	for c.sep == sepProse && end > i && (t[end-1] == '.' || t[end-1] == ':') {
		end-- // of the sentence
	}
	c.quote = quoteNone
	if rest := b.phrase(i, end); rest > end {
		b.emit(i, rest)
		return
	}
	b.emit(b.behindUser(i, end), end)
}

// phrase returns where a passphrase of words in lower case ends that begins at i and is the rest of its line; end where the
// value is its first word alone.
func (b *binder) phrase(i, end int) int {
	t, c := b.text, b.c
	if c.sep != sepColon && c.sep != sepAssign || end >= len(t) || t[end] != ' ' || !lastWord(t[c.Key.Start:c.Key.End], "password", "passphrase", "passwd") {
		return end
	}
	line := bytes.TrimRight(t[i:], " \t\r")
	if len(line) > 64 || diceware(line) < 4 && !(hasFold(t, c.Key.End-len("passphrase"), "passphrase") && diceware(line) == 3) {
		return end
	}
	return i + len(line)
}
