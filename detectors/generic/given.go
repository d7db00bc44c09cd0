package generic

// given tells whether a literal under a name that says secret is what issuers give out: 20 to 64 letters of both cases and
// digits, mixed all through. The model holds a name in camelCase against it. t is the text.
func given(f *Features, c *Candidate, t []byte) bool {
	v := t[c.judged.Start:c.judged.End]
	switch {
	case c.quote == quoteNone || c.sep != sepPair && c.sep != sepAssign && c.sep != sepColon && c.sep != sepArrow,
		f[fKeySecret] == 0 || !NamesCredential(f) || f[fKeyIdentity]+f[fKeySealed] > 0,
		f[fMixed] == 0 || f[fPlaceholder]+f[fTestWords]+f[fConcatenated] > 0 || f[fStock] >= 0.45 || len(v) < 20 || len(v) > 64:
		return false
	}
	digits, changes := 0, 0
	for i, ch := range v {
		if !isAlnum(ch) {
			return false
		}
		if chars[ch]&charDigit != 0 {
			digits++
		}
		if i > 0 && (chars[ch]^chars[v[i-1]])&(charLower|charUpper|charDigit) != 0 {
			changes++
		}
	}
	return digits >= 3 && changes*2 >= len(v) && f[fRelative] > 0.9
}

// signing tells whether a literal is the key that .NET signs tokens with: new SymmetricSecurityKey(Encoding.UTF8.GetBytes("x")),
// or its bytes under a name that says so, or of the shape of a password.
func signing(f *Features, c *Candidate, t []byte) bool {
	if c.quote == quoteNone || c.wrap != wrapString || f[fPlaceholder]+f[fTemplate]+f[fTestWords]+f[fConcatenated]+f[fSpaces] > 0 || f[fDigits] == 0 || f[fStock] >= 0.45 || c.judged.Len() < 8 {
		return false
	}
	name := t[c.Key.Start:c.Key.End]
	if lastWord(name, "symmetricsecuritykey") {
		return true
	}
	if f[fKeyKey]+f[fKeySecret] == 0 || f[fKeyPublic]+f[fKeyLookup]+f[fKeyLastWhat] > 0 || !hasFold(t, c.Value.Start-len(`getbytes("`), "getbytes(") {
		return false
	}
	return hasWord(name, "signing") || containsFold(name, "jwt") || leet(t[c.judged.Start:c.judged.End])
}
