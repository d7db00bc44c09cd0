package generic

// apart handles a name and a value with nothing but white space or words between them. i is the end of the name and
// its quotes, j the first byte that is not white space.
func (b *binder) apart(i, j int) {
	t, c := b.text, b.c
	if j == i || j >= len(t) {
		return
	}
	if t[j] == '@' && b.at(j+1) == '"' {
		j++ // of Objective-C
	}
	if q, _ := quoteAt(t, j); q != quoteNone {
		if c.called && c.keyQuote != quoteNone {
			return // (list "auth.password") "x", of a template
		}
		c.sep = sepSpace
		if lastWord(t[c.Key.Start:c.Key.End], "basic_auth", "addlogin") {
			b.call(j) // without parentheses, as Ruby allows
			return
		}
		if c.Key.Start < len(t) && t[c.Key.Start] == '-' {
			c.sep = sepFlag
		}
		b.value(j)
		return
	}
	if t[c.Key.Start] == '-' {
		c.sep = sepFlag
		b.value(j)
		return
	}
	if has(t, j, `to "`) && hasFold(t, skipSpace(t, b.lo), "set ") {
		c.sep = sepAssign // of AppleScript
		b.value(j + len("to "))
		return
	}
	if b.environment(j) {
		c.sep = sepEnv
		b.value(b.unsealed(j))
		return
	}
	if has(t, j, "or ") && c.called {
		c.sep = sepDefault // of Python
		b.value(j + len("or "))
		return
	}
	if c.keyQuote != quoteNone && has(t, j, "to ") {
		if q, _ := quoteAt(t, skipSpace(t, j+len("to "))); q != quoteNone {
			c.sep = sepArrow // of Kotlin
			b.value(j + len("to "))
			return
		}
	}
	if c.keyQuote != quoteNone && hasFold(t, j, "with ") {
		if i := skipSpace(t, j+len("with ")); i < len(t) && (t[i] == '"' || t[i] == '\'') {
			c.sep = sepArgs // of Cucumber: I fill in "Password" with "x"
			b.value(i)
			return
		}
	}
	if c.keyQuote != quoteNone && (b.pair(j) || b.input(j)) || b.attributes(j) || c.keyQuote == quoteNone && b.annotated(j) {
		return
	}
	if t[j] == '{' || t[j] == '/' || c.keyQuote != quoteNone || b.pairNoted(j) {
		return
	}
	b.declared(j)
}

// settingLines are how lines begin that set something.
var settingLines = [...]string{"env ", "arg ", "set ", "setenv ", "export ", "setx ", "\\set ", "machine ", "fastcgi_param ", "username ", "neighbor ", "ip ", "ppp ", "standby "}

// environment tells whether the line starts as one that sets a variable: Dockerfile ENV and ARG, set, setenv, netrc.
func (b *binder) environment(j int) bool {
	t, k := b.text, b.c.Key.Start
	i := skipSpace(t, b.lo)
	for _, w := range settingLines {
		if i+len(w) > k || !hasFold(t, i, w) {
			continue
		}
		at := skipSpace(t, i+len(w))
		for b.at(at) == '-' && at < k { // set -gx
			for at < k && !isSpace(t[at]) {
				at++
			}
			at = skipSpace(t, at)
		}
		switch w {
		case "machine ":
			return true
		case "username ", "neighbor ", "ip ", "ppp ", "standby ": // of routers
			return at < k && soleToken(t, b.unsealed(j)) && (w == "username " || lastWord(t[k:b.c.Key.End], "password", "-key"))
		}
		return at == k
	}
	if !soleToken(t, j) {
		return false
	}
	name := t[k:b.c.Key.End]
	if i == k && string(name) == "key-string" && unlikeDirective(t[j:]) {
		b.c.password = true // of routers
		return true
	}
	return i == k && (string(name) == "password" || lastWord(name, "pass", "psk", "passphrase", "authtok", "key-string") && unlikeDirective(t[j:])) ||
		telling(t[j:]) && (i == k && lastWord(name, "password", "passwd") || i < k && containsFold(t[i:k], " set ")) // npm config set, aws configure set
}

// unlikeDirective tells whether the last word of a line, which t begins with, is a password by its looks: lines of settings
// begin with many a word.
func unlikeDirective(t []byte) bool {
	n := 0
	for n < len(t) && isValueByte(t[n]) {
		n++
	}
	return noted(t[:n], false) || n >= 12 && telling(t[:n]) && random(t[:n]) && !fileName(t[:n])
}

// unsealed steps over the 0 by which routers mark a password that is written as it is: password 0 x.
func (b *binder) unsealed(j int) int {
	if has(b.text, j, "0 ") {
		return skipSpace(b.text, j+2)
	}
	return j
}

// declared handles a type or a few words between the name and the value: "password string = x", "password is x",
// "IDENTIFIED WITH plugin BY 'x'".
func (b *binder) declared(j int) {
	t, c := b.text, b.c
	if b.keyword(j) {
		return
	}
	if has(t, j, `ascii-text "`) || has(t, j, `plain-text "`) {
		c.sep, c.password = sepSpace, true // of Junos
		b.value(j + len("ascii-text "))
		return
	}
	limit := min(len(t), j+48)
	prose, picture, still, says := false, false, false, false
	for n := 0; n < 5; n++ {
		k := j
		for k < limit && (isAlnum(t[k]) || t[k] == '_' || t[k] == '*' || t[k] == '[' || t[k] == ']' || t[k] == '<' || t[k] == '>' || t[k] == '.' || t[k] == '?') {
			k++
		}
		if k == j {
			return
		}
		k = sized(t, k)
		picture = picture || hasFold(t, j, "pic ") || has(t, j, "TYPE ")
		switch {
		case picture && hasFold(t, j, "value "):
			j = skipSpace(t, k) // of COBOL
			c.sep = sepAssign
			if q, _ := quoteAt(t, j); q != quoteNone {
				b.value(j)
			}
			return
		case told(t, j):
			prose = true
			says = n >= 2 && lower(t[j]) != 'b' && lower(t[j]) != 't' && hasFold(t, c.Key.End, " for ") // password for the host is x
		case prose && n == 1 && yet(t, j):
			still = true
		default:
			prose = false
		}
		j = skipSpace(t, k)
		if j >= limit {
			return
		}
		if q, _ := quoteAt(t, j); q != quoteNone {
			if !prose || n > 1 && !hasFold(t, c.Key.Start, "identified") {
				return
			}
			c.sep = sepProse
			b.value(j)
			return
		}
		if prose && (n == 0 || n == 1 && still || says || n <= 3 && passive(t[c.Key.End:])) && unlikeProse(t[j:]) && b.speaks() {
			c.sep = sepProse
			b.value(j)
			return
		}
		if prose && hasFold(t, c.Key.Start, "identified") && wordBefore(t[b.lo:c.Key.Start]) {
			c.sep = sepProse
			b.value(j)
			return
		}
		if t[j] == '=' && b.at(j+1) != '=' && b.at(j+1) != '>' {
			c.sep = sepAssign
			c.spaced = true
			b.value(j + 1)
			return
		}
		if has(t, j, ":= ") {
			c.sep, c.spaced = sepAssign, true // of PL/SQL
			b.value(j + len(":= "))
			return
		}
	}
}

// mixture tells whether t begins with a word that no prose has: eight characters and more, of them letters in both cases
// and a digit.
func mixture(t []byte) bool {
	var seen uint8
	n := 0
	for n < len(t) && isValueByte(t[n]) {
		seen |= chars[t[n]]
		n++
	}
	const all = charLower | charUpper | charDigit
	return n >= 8 && seen&all == all
}

// call handles the arguments of a function whose name holds the keyword.
func (b *binder) call(i int) {
	t, c := b.text, b.c
	if p := c.Key.Start - 1; p >= b.lo && t[p] == '(' && b.at(i) == ')' {
		return
	}
	c.sep = sepCall
	login := lastWord(t[c.Key.Start:c.Key.End], "login", "authenticate", "signin", "logon", "basicauth", "basic_auth", "credentials", "networkcredential", "passwordauthentication", "plainauth", "authorization_basic", "addlogin", "basicauthenticator", "credentials.basic")
	pairOf := lastWord(t[c.Key.Start:c.Key.End], "credentials")                                                                          // a user and a password, the last of them
	alone := c.keyQuote == quoteNone && has(t, c.Key.End-len("auth"), "auth") && lastWord(t[b.lo:c.Key.End], ".auth", ":auth", "->auth") // the command of Redis
	depth := 0
	for c.arg < 5 && i < len(t) {
		i = skipSpace(t, i)
		c.wrap = wrapNone
		if next, ok := b.prefix(i); ok && b.at(i) != '[' && b.at(i) != '(' {
			if next > i && b.at(next-1) == '(' {
				depth++
			}
			i = next
		}
		if at, w := quotePrefix(t, i); w > 0 {
			q, w := quoteAt(t, at)
			end := closing(t, at+w, q)
			if end < 0 || end-at > maxValue {
				return
			}
			c.quote = q
			if alone && b.at(skipSpace(t, end+len(quotes[q].shut))) == ')' && telling(t[at+w:end]) {
				c.password = true
				b.emit(at+w, end)
				return
			}
			c.password = login && c.arg > 0 && (!pairOf || b.at(skipSpace(t, behindMethod(t, end+len(quotes[q].shut)))) == ')')
			if !b.emit(at+w, end) {
				return
			}
			i = end + len(quotes[q].shut)
		}
		for i < len(t) {
			ch := t[i]
			if ch == '(' || ch == '[' || ch == '{' {
				depth++
			}
			if ch == ')' || ch == ']' || ch == '}' {
				depth--
				if depth < 0 {
					return
				}
			}
			if q, w := quoteAt(t, i); q != quoteNone {
				end := closing(t, i+w, q)
				if end < 0 {
					return
				}
				i = end + len(quotes[q].shut)
				continue
			}
			i++
			if ch == ',' && depth == 0 {
				break
			}
		}
		c.arg++
	}
}

// lastWord tells whether a name ends in one of the words, case aside.
func lastWord(name []byte, words ...string) bool {
	if len(name) == 0 {
		return false
	}
	last := lower(name[len(name)-1])
	for _, w := range words {
		if last == w[len(w)-1] && hasFold(name, len(name)-len(w), w) {
			return true
		}
	}
	return false
}

// quotePrefix returns where the quote mark of a literal at i stands, behind a prefix such as @ or b, and a width over 0
// if there is one.
func quotePrefix(t []byte, i int) (at, width int) {
	for n := 0; n < 3 && i < len(t); n++ {
		if _, w := quoteAt(t, i); w > 0 {
			return i, w
		}
		if t[i] != '@' && t[i] != '$' && !isLetter(t[i]) {
			return i, 0
		}
		i++
	}
	return i, 0
}
