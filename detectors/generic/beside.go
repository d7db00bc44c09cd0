package generic

import (
	"bytes"

	"github.com/unleak/unleak/finding"
)

// beside handles a user and a password as people note them, without a word that says so: root / x at the end of a line,
// `admin` / `x`, bob@acme.com / x. pos is where the keyword stands, which ends where the password begins, but for its
// quotation mark.
func (d *Detector) beside(t []byte, pos, n int) {
	i := pos + n
	hi := lineEnd(t, i, i+128)
	lo := lineStart(t, pos)
	user, end, quote := pos, i, quoteNone
	switch {
	case t[pos] == '`':
		mark := t[pos : pos+bytes.IndexByte(t[pos:pos+n], ' ')]
		k := bytes.Index(t[i:hi], mark)
		if k < 0 {
			return
		}
		end, quote = i+k, quoteBack
		for user > lo && isUserByte(t[user-1]) {
			user--
		}
		if user == pos || user == lo || t[user-1] != '`' || alikeFrom(t[user:pos], t[i:end]) || !wellKnown(t[user:pos]) && bytes.IndexByte(t[user:pos], '@') < 0 && !speaksOfLogin(t[lo:user]) && !speaksOfLogin(t[end:hi]) {
			return
		}
	default:
		for user > lo && isUserByte(t[user-1]) {
			user--
		}
		if t[pos] == '.' && bytes.IndexByte(t[user:pos], '@') < 0 || user > lo && !isSpace(t[user-1]) && bytes.IndexByte([]byte("(`*|[:"), t[user-1]) < 0 || t[pos] != '.' && user != pos {
			return
		}
		for end < hi && isValueByte(t[end]) && t[end] != '`' {
			end++
		}
		for end > i && (t[end-1] == ')' || t[end-1] == '.' || t[end-1] == '*') {
			end--
		}
		if v := t[i:end]; !endsNote(t, end) && !(speaksOfLogin(t[lo:user]) && telling(v) && (leet(v) || mixture(v))) {
			return
		}
	}
	d.note(t, finding.Span{Start: lo, End: hi}, finding.Span{Start: user, End: pos + n - 1}, i, end, quote)
}

// note keeps the password t[i:end] of a note.
func (d *Detector) note(t []byte, context, user finding.Span, i, end, quote int) {
	v := t[i:end]
	if len(v) > 40 || !noted(v, quote != quoteNone) || numberedWord(v) && !speaksOfLogin(t[context.Start:user.Start]) && !speaksOfLogin(t[end:context.End]) {
		return
	}
	c := Candidate{Rule: RulePassword, Key: user, Value: finding.Span{Start: i, End: end}, Context: context, sep: sepUser, quote: quote, password: true, stands: true}
	c.judged = c.Value
	d.add(&c)
}

// numberedWord tells whether v is a common word with a number behind it, or any with a year, as things are called, too:
// Folder2023.
func numberedWord(v []byte) bool {
	k := 0
	h := uint32(hashSeed)
	for ; k < len(v) && isLetter(v[k]); k++ {
		h = (h ^ uint32(lower(v[k]))) * hashPrime
	}
	return k >= wordMin && k < len(v) && number(v[k:]) && (k > wordMax || isWord(h) || len(v)-k == 4 && (has(v, k, "19") || has(v, k, "20")))
}

// alikeFrom tells whether two values begin alike, as the names of variants do.
func alikeFrom(a, b []byte) bool {
	return len(a) >= 3 && len(b) >= 3 && bytes.EqualFold(a[:3], b[:3])
}

// speaksOfLogin tells whether a text speaks of signing in.
func speaksOfLogin(t []byte) bool {
	for _, s := range [...]string{"log in", "login", "logging in", "sign in", "password", "credential", "account", "user"} {
		if containsFold(t, s) {
			return true
		}
	}
	return false
}

// account handles admin:x and root:x as people note them. pos is where the user stands.
func (d *Detector) account(t []byte, pos, n int) {
	if pos > 0 && bytes.IndexByte([]byte(" \t\n`(\"'"), t[pos-1]) < 0 {
		return
	}
	i := pos + n
	hi := lineEnd(t, i, i+128)
	end := i
	for end < hi && isValueByte(t[end]) && t[end] != '`' {
		end++
	}
	for end > i && (t[end-1] == ')' || t[end-1] == '.' || t[end-1] == '*') {
		end--
	}
	quote := quoteNone
	if pos > 0 && t[pos-1] == '`' {
		quote = quoteBack
	}
	if end-i < 6 || end-i > 40 || !endsNote(t, end) && !(end < hi && pos > 0 && t[end] == t[pos-1] && t[end] != ' ') || bytes.IndexByte(t[i:end], ':') >= 0 {
		return
	}
	d.note(t, finding.Span{Start: lineStart(t, pos), End: hi}, finding.Span{Start: pos, End: pos + n - 1}, i, end, quote)
}

// pairNoted handles a user and a password that a note calls credentials or a login: Credentials of the box: bob:x. j is where
// what follows that word begins. It tells whether there is such a pair.
func (b *binder) pairNoted(j int) bool {
	t, c := b.text, b.c
	if c.keyQuote != quoteNone || !lastWord(t[c.Key.Start:c.Key.End], "credentials", "creds", "login", "logins") {
		return false
	}
	i := j
	for ; i < len(t) && i < j+60 && !(t[i] == ':' && isSpace(b.at(i+1))); i++ {
		if !isAlnum(t[i]) && t[i] != ' ' && t[i] != '-' && t[i] < 0x80 && t[i] != '(' && t[i] != ')' {
			return false
		}
	}
	if b.at(i) != ':' {
		return false
	}
	i = skipSpace(t, i+1)
	quote := quoteNone
	if q, w := quoteAt(t, i); w == 1 {
		quote, i = q, i+1
	}
	user := i
	for i < len(t) && isUserByte(t[i]) {
		i++
	}
	if i-user < 2 || b.at(i) != ':' || isSpace(b.at(i+1)) {
		return false
	}
	start := i + 1
	for i = start; i < len(t) && isValueByte(t[i]) && t[i] != '`'; i++ {
	}
	if i-start < 6 || i-start > 40 || quote == quoteNone && !endsNote(t, i) || bytes.IndexByte(t[start:i], ':') >= 0 || !noted(t[start:i], true) {
		return false
	}
	c.sep, c.quote, c.password, c.stands, c.Rule = sepUser, quote, true, true, RulePassword
	b.emit(start, i)
	return true
}

// isUserByte tells whether a user's name or address may hold b.
func isUserByte(b byte) bool { return isName(b) || b == '@' || b == '+' }

// endsNote tells whether a note ends at i: with its line, a bracket, a bar of a table or a comma.
func endsNote(t []byte, i int) bool {
	for i < len(t) && bytes.IndexByte([]byte(").*`"), t[i]) >= 0 {
		i++
	}
	i = skipSpace(t, i)
	return i >= len(t) || bytes.IndexByte([]byte("\n\r|,;("), t[i]) >= 0
}

// noted tells whether v is a password by its looks: made as rules demand, with digits for letters, or a word with digits
// behind it where it is set apart or has a capital.
func noted(v []byte, apart bool) bool {
	if !telling(v) || reference(v) || masked(v) || hostLike(v) || fileName(v) || widget(v) || bytes.ContainsAny(v, "/\\(){}[]<>=\"'`,;") || technicalWord(v) {
		return false
	}
	if mixture(v) || leet(v) || composition(v) {
		return true
	}
	k := 0
	for k < len(v) && isLetter(v[k]) {
		k++
	}
	return k >= 5 && len(v)-k >= 2 && len(v)-k <= 4 && number(v[k:]) && bytes.IndexByte(v, '.') < 0 && !numberedThing(v, k) && (apart || chars[v[0]]&charUpper != 0)
}

// composition tells whether v has letters, digits and a sign that names do not have.
func composition(v []byte) bool {
	return bytes.IndexAny(v, "!#$%&*?^~") > 0 && telling(v)
}
