package generic

import "bytes"

// nested handles a name with a block below it instead of a value: a parameter with its default (DBPassword:, Default: x),
// or several credentials by their names (passwords:, smtp: x). i is the first byte of the block that is not white space.
func (b *binder) nested(i int) {
	t, c := b.text, b.c
	start := len(t) - lineLength(t)
	indent := i - start
	if c.sep != sepColon || indent <= skipSpace(t, b.lo)-b.lo || b.lo > 0 && t[b.lo-1] != '\n' {
		return
	}
	if lastWord(t[c.Key.Start:c.Key.End], "chpasswd") {
		b.accounts(start)
		return
	}
	many := b.plural()
	if !many && !lastWord(t[c.Key.Start:c.Key.End], "password", "passwd", "pass", "pwd", "secret", "token", "apikey") {
		return
	}
	for rows := 0; rows < mostRows; rows++ {
		line := b.text[start:]
		switch at := skipSpace(line, 0); {
		case at == len(line) || line[at] == '\r' || line[at] == '#' || at > indent:
		case at < indent:
			return
		case many:
			b.entry(start + at)
		case has(line, at, "Default:") || has(line, at, "default:") || has(line, at, "defaultValue:"):
			c.nextLine = true
			b.value(start + at + bytes.IndexByte(line[at:], ':') + 1)
			return
		}
		start = b.hi + 1
		if !b.nextLine() {
			return
		}
	}
}

// plural tells whether the name is one of several credentials. It gives those of users their role.
func (b *binder) plural() bool {
	name := b.text[b.c.Key.Start:b.c.Key.End]
	if lastWord(name, "users") {
		b.c.password, b.c.Rule = true, RulePassword
		return true
	}
	return lastWord(name, "passwords", "passwds", "secrets", "tokens", "passwoerter", "apikeys", "api_keys")
}

// entry takes a member of such a block, on a line of its own: smtp: x.
func (b *binder) entry(i int) {
	t := b.text
	j := i
	for j < len(t) && (isName(t[j]) || t[j] == '@' || t[j] == '"' || t[j] == '\'') {
		j++
	}
	if j == i || b.at(j) != ':' || !isSpace(b.at(j+1)) || b.described(t[i:j]) {
		return
	}
	k := skipSpace(t, j+1)
	b.c.nextLine, b.c.quote = true, quoteNone
	if q, w := quoteAt(t, k); q != quoteNone {
		b.secretLiteral(k, q, w)
	} else if telling(t[k:]) && soleToken(t, k) && !bytes.Contains(t[k:], []byte("://")) {
		b.bare(k)
	}
}

// secretLiteral takes a literal that letters and digits make more than a word, and returns where it ends, or -1.
func (b *binder) secretLiteral(i, q, w int) int {
	end := closing(b.text, i+w, q)
	if end >= 0 && telling(b.text[i+w:end]) && !bytes.Contains(b.text[i+w:end], []byte("://")) {
		b.c.quote = q
		b.emit(i+w, end)
	}
	return end
}

// described tells whether the name of a member speaks of something else than the credential, or has a keyword of its own.
func (b *binder) described(name []byte) bool {
	last := roleNone
	for i := 0; i < len(name); {
		w, next := b.d.word(name, i)
		if len(w) == 0 {
			break
		}
		i = next
		switch string(w) {
		case "name", "home", "shell", "uid", "tag", "version", "image", "repository", "revision", "digest", "path", "file", "host", "url", "href", "checksum", "comment",
			"rotation", "rotate", "policy", "algorithm", "algo", "expiry", "expiration", "expires", "lifetime", "interval", "period", "age", "ttl", "strategy", "hashing", "encoding",
			"format", "type", "mode", "length", "history", "schedule", "charset", "cipher", "complexity", "validation":
			return true
		}
		if last = roleOf(w); string(w) == "jwt" {
			last = roleNone // no keyword of its own
		}
	}
	switch last {
	case roleNone, roleOwner, roleIdentity, roleNeutral, roleAuth:
		return false
	}
	return true
}

// members takes the members of an object under such a name: users = {anna = "x", bob = "y"}. i is behind the brace.
func (b *binder) members(i int) {
	c := b.c
	for rows := 0; rows < mostRows; rows++ {
		if i = b.skipLines(i, 1); i >= len(b.text) {
			return
		}
		j := i
		for j < len(b.text) && (isName(b.text[j]) || b.text[j] == '@' || b.text[j] == '"' || b.text[j] == '\'' || b.text[j] == ':' && j == i) {
			j++
		}
		k := skipSpace(b.text, j)
		if j == i || b.at(k) != '=' && b.at(k) != ':' && b.text[j-1] != ':' {
			return
		}
		if ch := b.at(k); ch == '=' || ch == ':' {
			k++
		}
		if b.at(k) == '>' {
			k++
		}
		k = skipSpace(b.text, k)
		q, w := quoteAt(b.text, k)
		if q == quoteNone {
			return
		}
		end := b.closingLiteral(k, q, w, b.described(b.text[i:j]))
		if end < 0 {
			return
		}
		c.nextLine = false
		if i = skipSpace(b.text, end+len(quotes[q].shut)); b.at(i) == ',' || b.at(i) == ';' {
			i++
		}
	}
}

// closingLiteral is secretLiteral unless the member is skipped.
func (b *binder) closingLiteral(i, q, w int, skip bool) int {
	if skip {
		return closing(b.text, i+w, q)
	}
	return b.secretLiteral(i, q, w)
}
