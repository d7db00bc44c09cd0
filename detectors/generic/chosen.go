package generic

// chosen tells whether a value under a name that says password is what people make of words: a digit in the place of a
// letter (kaff33-Satz, w4lnut), or words of which one ends in digits, with capitals (Blue-Horse42). The model has learnt
// that words with a hyphen, dot or underscore between them are names, which these are not. t is the text.
func chosen(f *Features, c *Candidate, t []byte) bool {
	v := t[c.judged.Start:c.judged.End]
	switch {
	case !namesPassword(f) && (f[fKeySecret] == 0 || !NamesCredential(f)) || f[fPlaceholder] > 0 || f[fStock] >= 0.45 || f[fIsKey] > 0 || len(v) < 6 || len(v) > 40,
		f[fLetters] == 0 || f[fDigits] == 0 || f[fTemplate]+f[fURL]+f[fMail]+f[fTestWords]+f[fSpaces] > 0 || f[fConcatenated] > 0 && !fullStop(t, c.Value.End) && !(c.sep == sepCall && c.password) && behindMethod(t, c.Value.End+1) == c.Value.End+1 || f[fDefinition] > 0 && c.quote == quoteNone && !c.stands,
		c.sep == sepURL || c.sep == sepScheme || c.decoded != nil || c.sep == sepCall && !c.password && c.wrap != wrapNone && c.wrap != wrapString, has(t, skipSpace(t, c.Context.Start), "case "),
		c.nextLine && c.sep != sepTable && c.sep != sepColon && c.sep != sepAssign:
		return false
	}
	for _, ch := range v {
		if !isAlnum(ch) && ch < 0x80 && !joins(ch) && ch != '!' && ch != '@' && ch != '#' && ch != '*' && ch != '^' && ch != '~' && ch != '&' && (ch != ':' || c.quote == quoteNone) {
			return false
		}
	}
	literal := c.quote != quoteNone || c.sep == sepAssign && !c.spaced && endsLine(t, c.judged.End)
	if !literal && (c.sep == sepAssign || c.sep == sepColon) && !endsLine(t, c.judged.End) && f[fIdentifier] == 1 && c.spaced {
		return false // a variable
	}
	if c.quote == quoteBack && (c.sep == sepSpace || c.sep == sepProse) && hasFold(t, c.Key.Start, "pass") && c.Key.End-c.Key.Start == len("pass") {
		return false // pass `x` to y
	}
	return !fileName(v) && !widget(v) && !labels(t[c.Key.Start:c.Key.End]) && (leet(v) && (len(v) <= 20 || f[fSpecials] > 0) && (f[fKeyPass] == 1 || f[fDashes]+f[fDots]+f[fUnderscores] <= 1 || f[fDashes] == 2 && numbersIn(v) > 1) || f[fKeyPass] == 1 && numbered(v, f, literal) && (f[fUppers] > 0 || c.quote != quoteNone && chars[v[len(v)-1]]&charDigit != 0 && c.Key.End-c.Key.Start > len("pass")))
}

// numbersIn returns how many numbers stand in v.
func numbersIn(v []byte) int {
	n := 0
	for i, ch := range v {
		if chars[ch]&charDigit != 0 && (i == 0 || chars[v[i-1]]&charDigit == 0) {
			n++
		}
	}
	return n
}

// labels tells whether a name is one of a program's texts: i18n.password.
func labels(name []byte) bool {
	return hasWord(name, "i18n") || hasWord(name, "l10n") || hasWord(name, "translations") || hasWord(name, "labels")
}

// namesPassword tells whether the name says password, of whatever thing, and nothing about it.
func namesPassword(f *Features) bool {
	return f[fKeyPass] == 1 && f[fKeyLastWhat]+f[fKeyLastNonce]+f[fKeyPublic]+f[fKeyUI]+f[fKeyVerb]+f[fWrapLookup]+f[fWrapCall] == 0
}

// fullStop tells whether the mark behind a quotation mark at i ends a sentence, of prose or of COBOL, ABAP and Erlang.
func fullStop(t []byte, i int) bool {
	return i+1 < len(t) && t[i+1] == '.' && (i+2 == len(t) || isSpace(t[i+2]) || t[i+2] == '\n' || t[i+2] == '\r')
}

// joins tells whether a sign joins the words of a name.
func joins(ch byte) bool { return ch == '-' || ch == '_' || ch == '.' || ch == '+' }

// numbered tells whether v is words joined by signs, in both cases, one of them with digits at its end, and is
// not the name of a class: Crm-antilope7.
func numbered(v []byte, f *Features, quoted bool) bool {
	if f[fMixed] == 0 && (!quoted || f[fUppers] > 0) || f[fHumps] > 1 || !quoted && f[fIdentifier] == 1 {
		return false
	}
	pieces, signs, dots, ended := 0, 0, 0, chars[v[len(v)-1]]&charDigit != 0
	for i, ch := range v {
		switch {
		case joins(ch):
			signs++
			ended = ended || i > 0 && chars[v[i-1]]&charDigit != 0 || quoted && counted(v[:i])
			if ch == '.' {
				dots++
			}
		case isAlnum(ch) && (i == 0 || joins(v[i-1])):
			pieces++
		}
	}
	ended = ended || quoted && counted(v)
	return signs > 0 && pieces >= 2 && pieces <= 4 && ended && dots <= 1 && (dots == 0 || f[fWordShare] < 0.6 || signs > 1 || dots == 1 && quoted && f[fUppers] == 0)
}

// counted tells whether the last piece of v is a digit or two and one to three letters that make no ordinal of it or a
// measure: fox-9x, 3dn.
func counted(v []byte) bool {
	k := len(v)
	for k > 0 && !joins(v[k-1]) {
		k--
	}
	w, n := v[k:], 0
	for n < len(w) && chars[w[n]]&charDigit != 0 {
		n++
	}
	return n > 0 && n <= 2 && n < len(w) && len(w)-n <= 3 && !ordinal(w[n:]) && !(len(w) == 2 && (w[0] == '2' || w[0] == '3' || lower(w[1]) == 'd'))
}

// leet tells whether a digit, or two, stand in the place of letters in a word of v: between letters, or before three of
// them. Words that technology writes so are none.
func leet(v []byte) bool {
	for i := 0; i < len(v); {
		if !isAlnum(v[i]) {
			i++
			continue
		}
		start := i
		for i < len(v) && (isAlnum(v[i]) || v[i] >= 0x80) {
			i++
		}
		if replaced(v[start:i]) {
			return true
		}
	}
	return false
}

// replaced tells whether a word has one or two digits between letters, or before three of them, and is no word of
// technology.
func replaced(w []byte) bool {
	if number(w[1:]) || len(w) > 2 && number(w[2:]) {
		return false // v4, s3, ec2, p12
	}
	for _, s := range technical[lower(w[0])] {
		if hasFold(w, 0, s) {
			return false
		}
	}
	letters, hex, found := 0, 0, false
	for i := 0; i < len(w); i++ {
		if chars[w[i]]&charHex != 0 {
			hex++
		}
		if chars[w[i]]&charDigit == 0 {
			letters++
			continue
		}
		end := i + 1
		for end < len(w) && chars[w[end]]&charDigit != 0 {
			end++
		}
		rest := len(w) - end
		switch {
		case end-i > 2 || end-i == 1 && w[i] == '2' || rest == 0: // 2 is how names write to
		case i > 0:
			found = found || end-i == 1 && !measured(w[:i], w[end:]) || !ordinal(w[end:]) // every90days
		case rest >= 3 && w[i] != '2' && !ordinal(w[end:]):
			found = true
		}
		i = end - 1
	}
	return found && letters >= 2 && hex < len(w)
}

// measured tells whether a word says how much or how many of what: min8chars.
func measured(before, after []byte) bool {
	return lastWord(before, "min", "max", "least", "most", "last", "first", "next") && ordinal(after)
}

// ordinal tells whether the letters behind a number make it one of a series or a measure: 1st, 3rdparty, 8chars.
func ordinal(w []byte) bool {
	for _, s := range [...]string{"st", "nd", "rd", "th", "des", "pass", "char", "byte", "bit", "hour", "day", "min", "sec", "year", "week", "month", "item", "time", "letter", "digit", "px", "way"} {
		if hasFold(w, 0, s) {
			return true
		}
	}
	return false
}

// technical are the starts of words that have a digit within and are no passwords.
var technical = byFirst(
	"utf8", "base", "b64", "sha", "md5", "i18n", "l10n", "a11y", "k8s", "k3s", "x509", "x86", "oauth", "log4", "neo4", "c3p0", "ipv", "win32", "win64",
	"int", "uint", "float", "rc4", "h264", "h265", "web3", "tls1", "ssl3", "sslv3", "pkcs", "lz4", "bz", "argon", "blake", "chacha", "ed25519", "x25519",
	"curve", "secp", "hs256", "mp3", "mp4", "net4", "python3", "py3", "java", "qt5", "gtk3", "php", "level", "http", "e2e", "p2p", "b2b", "b2c", "aes", "rsa",
	"des3", "pbkdf", "crc", "u2f", "fido", "w3c", "e1000", "arm64", "amd64", "v1alpha", "v1beta", "v2beta", "s3cmd", "s3fs", "h5py", "p2ps", "ec2inst", "0x", "ntlmv", "sslv", "sasl", "ms0", "krb5", "db4", "i386", "ext4", "step", "test", "wpa", "every",
)

// fileName tells whether v ends as the name of a file or a host does that a password's field may hold.
func fileName(v []byte) bool {
	for _, s := range [...]string{".pem", ".key", ".txt", ".json", ".yml", ".yaml", ".xml", ".conf", ".php", ".js", ".ts", ".py", ".go", ".java", ".html", ".png", ".p12", ".jks", ".pfx", ".crt",
		".cer", ".properties", ".ini", ".env", ".gpg", ".asc", ".pub", ".com", ".org", ".net", ".io", ".local", ".so", ".o", ".c", ".h", ".sh", ".rb", ".md", ".jpg", ".svg", ".css", ".dll"} {
		if hasFold(v, len(v)-len(s), s) {
			return true
		}
	}
	return false
}
