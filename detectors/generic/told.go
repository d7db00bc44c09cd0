package generic

import "bytes"

// told tells whether a word of prose that starts at j says what the value is, as a verb does: password is x, Passwort
// lautet x, mot de passe est x.
func told(t []byte, j int) bool {
	for _, w := range verbs[lower(t[j])] {
		if hasFold(t, j, w) {
			return true
		}
	}
	return false
}

var verbs = byFirst("by ", "is ", "to ", "was ", "ist ", "war ", "lautet ", "est ", "es ", "era ", "jest ", "to: ", "är ", "er ")

// yet tells whether a word of prose at j stands between a verb and what it says: is still x, is now x.
func yet(t []byte, j int) bool {
	for _, w := range [...]string{"still ", "now ", "currently ", "simply ", "just ", "again ", "always "} {
		if hasFold(t, j, w) {
			return true
		}
	}
	return false
}

// passive tells whether what follows a name says what has happened to it: password has been reset to x.
func passive(t []byte) bool {
	return hasFold(t, 0, " has been ") || hasFold(t, 0, " was ") || hasFold(t, 0, " wurde ") || hasFold(t, 0, " is now ") || hasFold(t, 0, " is set ")
}

// speaks tells whether the name is a word for a password that prose uses by itself, or the key of a wireless network.
func (b *binder) speaks() bool {
	t, c := b.text, b.c
	name := t[c.Key.Start:c.Key.End]
	before := bytes.TrimRight(t[b.lo:c.Key.Start], " ")
	switch {
	case hasFold(name, 0, "pw") && len(name) == len("pw"):
		return true
	case hasFold(name, 0, "key") && len(name) == len("key"):
		if lastWord(before, "wifi", "wlan", "wi-fi", "wireless", "wpa", "wpa2") {
			c.password, c.Rule = true, RulePassword
			return true
		}
		return false
	case hasFold(name, 0, "passe"):
		return lastWord(before, "mot de")
	}
	return len(name) >= len("password")
}

// endsClause tells whether what stands at i of t, behind a word, ends its sentence or the part of it: another word does not.
func endsClause(t []byte, i int) bool {
	switch i = skipSpace(t, i); {
	case i >= len(t), t[i] >= 0x80, !isAlnum(t[i]) && t[i] != '_' && t[i] != '/':
		return true
	}
	return false
}

// unlikeProse tells whether t begins with what prose has no word like: letters in both cases and a digit, a digit in the
// place of a letter, or a word with two to four digits behind it.
func unlikeProse(t []byte) bool {
	n := 0
	for n < len(t) && isValueByte(t[n]) {
		n++
	}
	for n > 0 && (t[n-1] == '.' || t[n-1] == ':' || t[n-1] == '!' || t[n-1] == '?' || t[n-1] == ')') {
		n--
	}
	v := t[:n]
	if len(v) < 6 || !telling(v) || hasFold(v, 0, "wpa") || !endsClause(t, n) && !random(v) || fileName(v) || isLetter(v[0]) && bytes.IndexByte(v, '/') >= 0 {
		return false
	}
	if mixture(v) || leet(v) {
		return true
	}
	k := 0
	for k < len(v) && isLetter(v[k]) {
		k++
	}
	return k >= 5 && len(v)-k >= 2 && len(v)-k <= 4 && number(v[k:]) && !numberedThing(v, k)
}
