package generic

import "bytes"

// made tells whether a value under a name that says password has two digits and more among or behind its letters, and
// perhaps a sign or two: Kaffee123x, Ostern$88a. A program calls nothing so. t is the text.
func made(f *Features, c *Candidate, t []byte) bool {
	return (mixes(f, c, t) || sayings(f, c, t) || handedOver(f, c, t)) && c.literal(f, t)
}

// sayings tells whether a value is four words and more written as one, and a number of two to four digits behind them:
// onlyTheMoonKnows1987.
func sayings(f *Features, c *Candidate, t []byte) bool {
	v := t[c.judged.Start:c.judged.End]
	if f[fHumps] < 3 || c.quote == quoteNone || !namesPassword(f) && !namesSecret(f, c, t) || f[fPlaceholder]+f[fIsKey]+f[fTestWords]+f[fConcatenated] > 0 || f[fDefinition] > 0 && f[fKeyUpper] == 0 || f[fStock] >= 0.3 || f[fDashes]+f[fDots]+f[fUnderscores] > 0 {
		return false
	}
	n := 0
	for n < len(v) && isLetter(v[n]) {
		n++
	}
	return n >= 14 && len(v)-n >= 2 && len(v)-n <= 4 && number(v[n:])
}

// handedOver tells whether a literal of letters and digits stands where nothing but a password does: the argument of a login
// behind the user's, what SQL identifies a user by.
func handedOver(f *Features, c *Candidate, t []byte) bool {
	v := t[c.judged.Start:c.judged.End]
	if c.quote == quoteNone || !(c.password && c.sep == sepCall && c.arg == 1) && !(c.sep == sepProse && lastWord(t[c.Key.Start:c.Key.End], "identified") && wordBefore(t[c.Context.Start:c.Key.Start])) {
		return false
	}
	return telling(v) && f[fPlaceholder]+f[fTemplate]+f[fURL]+f[fMail]+f[fSpaces]+f[fTestWords]+f[fConcatenated] == 0 && f[fStock] < 0.45 && f[fExtension] == 0 &&
		f[fNumber]+f[fHexDigest]+f[fSlashes] == 0 && !bytes.ContainsAny(v, "(){}[]<>=:,;\\") && !technicalWord(v) && !fileName(v) && !widget(v) && !constant(v)
}

// madePlain is made for a value without quotes that is the rest of its line: in files of settings alone.
func madePlain(f *Features, c *Candidate, t []byte) bool {
	return c.quote == quoteNone && (c.sep == sepAssign || c.sep == sepColon) && f[fComment] == 0 && (endsLine(t, c.judged.End) || closesMap(t, c.judged.End)) && (mixes(f, c, t) || pieced(f, c, t))
}

// pieced tells whether a value under a name that says password is words that one sign joins, a number of two to four digits
// among them: quokka.7731.nest, Tulip.Harbor.77.
func pieced(f *Features, c *Candidate, t []byte) bool {
	v := t[c.judged.Start:c.judged.End]
	if !namesPassword(f) || f[fPlaceholder]+f[fIsKey]+f[fTestWords]+f[fNonASCII]+f[fTemplate] > 0 || f[fStock] >= 0.3 || c.nextLine || len(v) < 8 || len(v) > 32 || technicalWord(v) || fileName(v) || widget(v) {
		return false
	}
	var sign byte
	words, numbers, from := 0, 0, 0
	for i := 0; i <= len(v); i++ {
		if i < len(v) && isAlnum(v[i]) {
			continue
		}
		if i < len(v) && (sign != 0 && v[i] != sign || !joins(v[i]) || v[i] == '+') {
			return false
		}
		switch w := v[from:i]; {
		case len(w) == 0:
			return false
		case number(w):
			if len(w) < 2 || len(w) > 4 {
				return false
			}
			numbers++
		case len(w) < 3 || bytes.IndexFunc(w, isDigit) >= 0:
			return false
		default:
			words++
		}
		if i < len(v) {
			sign = v[i]
		}
		from = i + 1
	}
	return words >= 2 && numbers == 1
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// mixes tells whether a value has the shape of made and its name says so.
func mixes(f *Features, c *Candidate, t []byte) bool {
	v := t[c.judged.Start:c.judged.End]
	switch {
	case f[fDefinition] > 0 && has(t, skipSpace(t, c.Context.Start), "case "), !namesPassword(f) && (!namesSecret(f, c, t) || c.sep == sepCall || c.sep == sepArgs) || f[fPlaceholder]+f[fIsKey]+f[fTestWords]+f[fNonASCII]+f[fTemplate]+f[fExtension]+f[fSpaces] > 0 || f[fStock] >= 0.45 || f[fHumps] > 1,
		len(v) < 7 || len(v) > 24, c.sep == sepURL || c.sep == sepScheme || c.decoded != nil, c.sep == sepCall && !c.password && f[fMixed] == 0,
		f[fDefinition] > 0 && c.quote == quoteNone, c.nextLine && c.sep != sepTable && c.sep != sepColon && c.sep != sepAssign, f[fConcatenated] > 0 && !fullStop(t, c.Value.End) && !c.password:
		return false
	}
	n := 0
	for n < len(v) && isLetter(v[n]) {
		n++
	}
	digits, signs := 0, 0
	for i, ch := range v[n:] {
		switch {
		case chars[ch]&charDigit != 0:
			digits++
		case ch == '$':
			if i+1 < len(v[n:]) && isLetter(v[n+i+1]) {
				return false // a variable
			}
			signs++
		case bytes.IndexByte([]byte("!@#%&*?+-_"), ch) >= 0:
			signs++
		case !isLetter(ch):
			return false
		}
	}
	if n < 4 || digits < 2 || digits > 4 || signs > 2 || signs > 0 && f[fMixed] == 0 || n+digits+signs < len(v)-3 || numberedThing(v, n) || technicalWord(v) || fileName(v) || widget(v) || labels(t[c.Key.Start:c.Key.End]) {
		return false
	}
	return true
}

// literal tells whether a value is a text that stands as it is, by quotation marks or by what ties it to its name.
func (c *Candidate) literal(f *Features, t []byte) bool {
	switch {
	case c.quote != quoteNone || c.stands || c.sep == sepProse:
		return true
	case c.sep == sepTable || c.sep == sepFlag || c.sep == sepQuery || c.sep == sepEnv, t[c.Key.Start] == '-':
		return true
	}
	return f[fSpaced] == 0 && c.sep == sepAssign && (f[fKeyUpper] == 1 && endsLine(t, c.judged.End) || inString(t, c.judged.End))
}

// inString tells whether what follows a value without quotes, at i, says that name and value are part of a text: the end of a
// string, a comma or semicolon and another name with a value, a space and such a name.
func inString(t []byte, i int) bool {
	if i >= len(t) {
		return false
	}
	switch t[i] {
	case '"', '\'', '`':
		return true
	case ',', ';', ' ':
		for i++; i < len(t) && t[i] == ' '; i++ {
		}
	default:
		return false
	}
	start := i
	for i < len(t) && (isAlnum(t[i]) || t[i] == '_' || t[i] == '-' || t[i] == '.') {
		i++
	}
	return i > start && i+1 < len(t) && t[i] == '=' && t[i+1] != '=' && !isSpace(t[i+1])
}

// closesMap tells whether nothing but the end of a YAML map in braces follows at i.
func closesMap(t []byte, i int) bool {
	i = skipSpace(t, i)
	return i < len(t) && t[i] == '}' && endsLine(t, i+1)
}

// namesSecret tells whether the name says secret, of whatever thing, and nothing about it.
func namesSecret(f *Features, c *Candidate, t []byte) bool {
	if f[fKeyAfter]+f[fKeyIdentity]+f[fKeySealed]+f[fKeyNonce] > 0 {
		return false
	}
	v := t[c.judged.Start:c.judged.End]
	if k := len(v) - 3; k > 0 && chars[v[k]]&charDigit != 0 && v[k+1] == v[k]+1 && v[k+2] == v[k]+2 {
		return false // qwer5678
	}
	return f[fKeySecret] == 1 && NamesCredential(f) || f[fKeyKey] == 1 && f[fKeyLastWhat]+f[fKeyLastNonce]+f[fKeyPublic]+f[fKeyLookup]+f[fKeyUI]+f[fKeyVerb]+f[fWrapLookup]+f[fWrapCall] == 0 && hasWord(t[c.Key.Start:c.Key.End], "secret")
}

// technicalWord tells whether v starts as a word that technology writes with digits.
func technicalWord(v []byte) bool {
	for _, s := range technical[lower(v[0])] {
		if hasFold(v, 0, s) {
			return true
		}
	}
	return false
}
