package generic

// everydayScore is the confidence of a password of the everyday shape under a name that says password. The model has
// learnt that words are no passwords, which holds for words alone.
const everydayScore = 0.6

// everyday tells whether a value is what people choose for a password: a word with two to four digits behind it, and
// perhaps a sign (Summer2024!). Where no quotes say that it is a text, the name has to be one of a variable of the
// environment, or the sign must be there.
func everyday(f *Features, c *Candidate, v []byte) bool {
	switch {
	case f[fKeyPass] == 0 || !NamesCredential(f) || f[fPlaceholder] > 0 || f[fStock] >= 0.45 || f[fIsKey] > 0,
		f[fTestWords]+f[fDefinition]+f[fNonASCII] > 0, c.nextLine && c.sep != sepTable && c.sep != sepColon:
		return false
	}
	letters, digits, signs := 0, 0, 0
	for _, ch := range v {
		switch {
		case isLetter(ch) && digits+signs == 0:
			letters++
		case chars[ch]&charDigit != 0 && signs == 0:
			digits++
		case ch == '!' || ch == '@' || ch == '#' || ch == '$' || ch == '*' || ch == '?' || ch == '.':
			signs++
		default:
			return false
		}
	}
	for _, w := range [...]string{"base", "latin", "windows", "oauth", "http", "version", "step", "level", "page", "line", "port", "blake", "argon", "bcrypt", "curve", "murmur", "crypt"} {
		if letters == len(w) && hasFold(v, 0, w) {
			return false // base64, latin1: names of things, with their number
		}
	}
	if letters < 4 || letters > 14 || digits < 2 || digits > 4 || signs > 2 {
		return false
	}
	return c.quote != quoteNone || signs > 0 && v[len(v)-1] != '.' || f[fKeyUpper] == 1 && f[fSpaced] == 0
}
