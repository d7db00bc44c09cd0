package generic

import (
	"bytes"

	"github.com/unleak/unleak/finding"
)

// typed returns where the value is behind a colon and a type that is more than one word: token: Option[String] = "x",
// key: []const u8 = "x", secret: string | null = "x". It returns i where there is no such type.
func (b *binder) typed(i int) int {
	t := b.text
	if b.c.keyQuote != quoteNone || b.c.called || i >= len(t) || bytes.IndexByte(t[i:min(len(t), i+60)], '=') < 0 {
		return i
	}
	marks := 0
	for k := skipSpace(t, i); k < len(t) && k < i+60; k++ {
		switch ch := t[k]; {
		case ch == '=':
			if marks == 0 || b.at(k+1) == '=' || b.at(k+1) == '>' {
				return i
			}
			s := skipSpace(t, k+1)
			if q, _ := quoteAt(t, s); q != quoteNone {
				b.c.spaced = true
				return s
			}
			if next, ok := b.prefix(s); ok && next > s && t[next-1] == '(' {
				b.c.spaced = true
				return s
			}
			return i
		case ch == ':' && b.at(k+1) == '=' && b.at(k+2) == ' ': // of Ada and Pascal
			if s := skipSpace(t, k+2); s < len(t) && (t[s] == '"' || t[s] == '\'') {
				b.c.sep, b.c.spaced = sepAssign, true
				return s
			}
			return i
		case ch == '[' || ch == '<' || ch == '|' || ch == '?' || ch == '*' || ch == '&':
			marks++
		case !isAlnum(ch) && ch != '_' && ch != '.' && ch != ']' && ch != '>' && ch != ' ' && ch != ',' && ch != '\'':
			return i
		}
	}
	return i
}

// sized steps over the size behind a type: VARCHAR2(30), X(10).
func sized(t []byte, k int) int {
	if k >= len(t) || t[k] != '(' {
		return k
	}
	i := k + 1
	for i < len(t) && i < k+12 && (chars[t[i]]&charDigit != 0 || t[i] == ',' || t[i] == ' ' || hasFold(t, i, "max") || hasFold(t, i-1, "max") || hasFold(t, i-2, "max")) {
		i++
	}
	if i < len(t) && i > k+1 && t[i] == ')' {
		return i + 1
	}
	return k
}

// behindUser returns where the password of a user and a password is, under a name that says that both are: CURLOPT_USERPWD,
// BASIC_AUTH=bob:x.
func (b *binder) behindUser(i, end int) int {
	switch lower(b.text[b.c.Key.End-1]) {
	case 'd', 'h', 'c':
	default:
		return i
	}
	k := bytes.IndexByte(b.text[i:end], ':')
	if k <= 0 || !lastWord(b.text[b.c.Key.Start:b.c.Key.End], "userpwd", "basic_auth", "basicauth", "http_auth", "auth_basic") || has(b.text, i+k, "://") {
		return i
	}
	for _, ch := range b.text[i : i+k] {
		if !isName(ch) && ch != '@' {
			return i
		}
	}
	b.c.password = true
	return i + k + 1
}

// behindMethod returns where a call without arguments on a literal ends: "x".to_owned().
func behindMethod(t []byte, i int) int {
	if i >= len(t) || t[i] != '.' {
		return i
	}
	k := i + 1
	for k < len(t) && (isAlnum(t[k]) || t[k] == '_') {
		k++
	}
	if has(t, k, "()") {
		return k + 2
	}
	return i
}

// array handles a literal of Java or Kotlin that is made an array of characters, as passwords are: "x".toCharArray(). pos
// is where the quotation mark behind it stands.
func (d *Detector) array(t []byte, pos int) {
	lo := lineStart(t, pos)
	start := pos
	for start > lo && t[start-1] != '"' {
		start--
	}
	v := t[start:pos]
	if start == lo || start > lo+1 && t[start-2] == '\\' || len(v) > 40 || !telling(v) || bytes.ContainsAny(v, " \\") || reference(v) || masked(v) || alphabet(v) {
		return
	}
	end := pos + len(`".toCharArray`)
	c := Candidate{Rule: RulePassword, Key: finding.Span{Start: pos + len(`".`), End: end}, Value: finding.Span{Start: start, End: pos},
		Context: finding.Span{Start: lo, End: lineEnd(t, pos, pos+96)}, sep: sepCall, quote: quoteDouble, password: true}
	c.judged = c.Value
	d.add(&c)
}

// alphabet tells whether v is the digits of some base or the like: characters in their order, in a few runs.
func alphabet(v []byte) bool {
	steps := 0
	for i := 1; i < len(v); i++ {
		if v[i] == v[i-1]+1 {
			steps++
		}
	}
	return steps*3 >= len(v)*2
}

// provider handles the strategy of OmniAuth, whose third argument is the secret: config.omniauth :github, 'id', 'x'. j is
// where the colon of its name stands.
func (b *binder) provider(j int) bool {
	t, c := b.text, b.c
	if b.at(j) != ':' || !lastWord(t[c.Key.Start:c.Key.End], "omniauth") {
		return false
	}
	k := j + 1
	for k < len(t) && (isAlnum(t[k]) || t[k] == '_') {
		k++
	}
	for n := 0; n < 2; n++ {
		if k = skipSpace(t, k); b.at(k) != ',' {
			return false
		}
		k = skipSpace(t, k+1)
		q, w := quoteAt(t, k)
		if q == quoteNone {
			return false
		}
		if n == 1 {
			c.sep, c.arg, c.password, c.Rule = sepArgs, 2, true, RuleSecret
			b.literals(k, q, w)
			return true
		}
		end := closing(t, k+w, q)
		if end < 0 {
			return false
		}
		k = end + len(quotes[q].shut)
	}
	return false
}

// input handles a field of a form whose value stands behind other attributes: <input type="password" name="pw" value="x">.
// j is the first byte behind the name's quotation mark that is not white space.
func (b *binder) input(j int) bool {
	t, c := b.text, b.c
	p := c.Key.Start - 2
	if c.keyQuote == quoteNone || p <= b.lo || t[p] != '=' || !lastWord(t[b.lo:p], "type") {
		return false
	}
	for k := j; k < len(t) && k < j+200 && t[k] != '>' && t[k] != '<'; k++ {
		if t[k] == 'v' && has(t, k, "value=") && isSpace(t[k-1]) {
			c.sep = sepPair
			b.value(k + len("value="))
			return true
		}
	}
	return false
}
