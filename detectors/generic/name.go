package generic

import "bytes"

// nameFeatures splits the name into words and returns the role that tells what the value is.
func (d *Detector) nameFeatures(t []byte, c *Candidate) role {
	f := c.Explain
	name := t[c.Key.Start:c.Key.End]
	f[fKeyLength] = float32(len(name))
	f[fKeyQuoted] = flag(c.keyQuote != quoteNone)
	if c.sep == sepURL || c.sep == sepScheme || c.sep == sepUser {
		f[fKeyPass], f[fKeyWords] = 1, 1
		return rolePass
	}
	main, last := roleNone, roleNone
	count, after, lastLen := 0, 0, 0
	for i := 0; i < len(name); {
		w, next := d.word(name, i)
		if len(w) == 0 {
			break
		}
		i = next
		r := roleOf(w)
		if count == 0 && isVerb(w) {
			f[fKeyVerb] = 1
		}
		if r == roleNeutral {
			continue
		}
		count++
		after++
		lastLen += len(w)
		switch r {
		case rolePass, roleSecret, roleToken, roleKey, roleAuth, roleCred, roleOTP, roleSession:
			main, after, lastLen = r, 0, 0
		case rolePublic:
			f[fKeyPublic] = 1
		case roleLookup:
			f[fKeyLookup] = 1
		case roleOwner:
			f[fKeyOwner] = 1
		case roleUI:
			if string(w) == "text" && i >= len("plain_text") && (hasFold(name, i-len("plain_text"), "plain") || hasFold(name, i-len("clear_text"), "clear")) {
				break // plain_text_passwd
			}
			f[fKeyUI] = max(f[fKeyUI], 1)
		case roleLabel:
			f[fKeyUI] = 2
		case roleNonce:
			f[fKeyNonce] = 1
		case roleSealed:
			f[fKeySealed] = 1
		}
		last = r
	}
	if containsFold(name, "securestring") {
		main, after, lastLen = rolePass, 0, 0 // PowerShell's ConvertTo-SecureString
	}
	if c.password {
		main, after, lastLen = rolePass, 0, 0
		f[fKeyVerb], f[fKeyLookup] = 0, 0 // getConnection(url, user, "x"), page.login(user, "x")
	}
	if main != roleNone {
		f[fKeyPass+int(main-rolePass)] = 1
	}
	f[fKeyWords], f[fKeyAfter], f[fKeyLast] = float32(count), float32(after), float32(lastLen)
	f[fKeyLastWhat] = flag(last == roleWhat)
	f[fKeyIdentity] = flag(last == roleIdentity && main != roleNone && after > 0)
	f[fKeyLastNonce] = flag(last == roleNonce)
	d.nameStyle(t, c, name)
	return main
}

// nameStyle tells how the name is written and what stands before it.
func (d *Detector) nameStyle(t []byte, c *Candidate, name []byte) {
	f := c.Explain
	lowers, uppers := 0, 0
	for i, ch := range name {
		switch {
		case chars[ch]&charLower != 0:
			lowers++
			if i+1 < len(name) && chars[name[i+1]]&charUpper != 0 {
				f[fKeyCamel] = 1
			}
		case chars[ch]&charUpper != 0:
			uppers++
		case ch == '_':
			f[fKeySnake] = 1
		case ch == '.':
			f[fKeyDotted] = 1
		}
	}
	f[fKeyUpper] = flag(uppers > 1 && lowers == 0)
	f[fKeyDollar] = flag(name[0] == '$')
	f[fKeyDash] = flag(name[0] == '-')
	i := c.Key.Start
	if i-1 > c.Context.Start && t[i-1] == ' ' && isLetter(t[i-2]) {
		k := i - 1
		for k > c.Context.Start && i-k < 20 && isLetter(t[k-1]) {
			k--
		}
		w, _ := d.word(t[:i-1], k)
		switch roleOf(w) {
		case rolePublic, roleLookup:
			f[fPrevPublic] = 1
		case roleOwner, roleAuth, roleSecret:
			f[fPrevOwner] = 1
		}
	}
}

// word returns the word of a name at i in lower case, and where the next one starts. The word is valid until the next
// call.
func (d *Detector) word(name []byte, i int) (w []byte, next int) {
	for i < len(name) && !isAlnum(name[i]) && name[i] < 0x80 {
		i++
	}
	start := i
	for i < len(name) && i-start < len(d.name) {
		ch := name[i]
		if !isAlnum(ch) && ch < 0x80 {
			break
		}
		if i > start && chars[ch]&charUpper != 0 {
			if chars[name[i-1]]&charUpper == 0 {
				break // fooBar
			}
			if i+1 < len(name) && chars[name[i+1]]&charLower != 0 && !(name[i+1] == 's' && (i+2 == len(name) || !isLetter(name[i+2]))) {
				break // APIKey
			}
		}
		d.name[i-start] = lower(ch)
		i++
	}
	return d.name[:i-start], i
}

func roleOf(w []byte) role {
	if r, ok := words[string(w)]; ok {
		return r
	}
	for len(w) > 0 && chars[w[len(w)-1]]&charDigit != 0 {
		w = w[:len(w)-1] // password2
	}
	if r, ok := words[string(w)]; ok {
		return r
	}
	for i := range tails {
		s := tails[i].text
		if len(w) > len(s) && string(w[len(w)-len(s):]) == s {
			return tails[i].role
		}
	}
	for _, s := range [...]string{"password", "passwd", "secret", "token"} {
		if containsFold(w, s) {
			return roleWhat // passwordfield
		}
	}
	return roleNone
}

func isVerb(w []byte) bool {
	switch string(w) {
	case "get", "is", "contains", "has", "check", "validate", "verify", "find", "parse", "load", "read", "generate", "create", "hash",
		"encrypt", "decrypt", "forgot", "update", "delete", "remove", "require", "no", "show", "hide", "on", "handle", "test", "assert":
		return true
	}
	return false
}

// repeats tells how far the value is the name again: 1 if it is the same word, 0.5 if one holds the other.
func repeats(name, value []byte) float32 {
	if len(value) > 2*nameCap || len(value) < 3 || bytes.IndexFunc(name, asciiAlnum) < 0 {
		return 0
	}
	switch {
	case sameLetters(name, value):
		return 1
	case len(name) >= 4 && holdsLetters(value, name), len(value) >= 4 && holdsLetters(name, value):
		return 0.5
	}
	return 0
}

func asciiAlnum(r rune) bool { return r < 0x80 && isAlnum(byte(r)) }

func sameLetters(a, b []byte) bool { return matchLetters(a, b, true) }

// matchLetters compares the letters and digits of a and b, case aside; with whole, both must end together, otherwise b
// may end first.
func matchLetters(a, b []byte, whole bool) bool {
	i, j := 0, 0
	for {
		for i < len(a) && !isAlnum(a[i]) {
			i++
		}
		for j < len(b) && !isAlnum(b[j]) {
			j++
		}
		if j == len(b) {
			return !whole || i == len(a)
		}
		if i == len(a) || lower(a[i]) != lower(b[j]) {
			return false
		}
		i++
		j++
	}
}

func holdsLetters(t, s []byte) bool {
	for i := range t {
		if isAlnum(t[i]) && matchLetters(t[i:], s, false) {
			return true
		}
	}
	return false
}
