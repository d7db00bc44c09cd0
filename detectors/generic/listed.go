package generic

import "bytes"

// status tells whether the name is the result of a test and the value the test's name: PASS: gas/x86-64/ibt, XPASS x, at
// the start of a line or behind a log's time. A password that rules made, of letters in both cases, digits and signs, is
// one all the same.
func (b *binder) status(i, end int) bool {
	t, c := b.text, b.c
	name := t[c.Key.Start:c.Key.End]
	if c.sep == sepFlag {
		return string(name) == "-pass8" // of stty
	}
	if c.sep != sepColon || c.keyQuote != quoteNone || string(name) != "PASS" && string(name) != "XPASS" {
		return false
	}
	digits := 0
	for _, ch := range t[b.lo:c.Key.Start] {
		switch {
		case chars[ch]&charDigit != 0:
			digits++
		case bytes.IndexByte([]byte("-:.,+TZ[] \t"), ch) < 0:
			return false
		}
	}
	if digits == 0 && c.Key.Start > b.lo && !has(t, b.lo, "--- ") {
		return false // a variable in a list of them
	}
	var seen uint8
	signs := 0
	for _, ch := range t[i:end] {
		seen |= chars[ch]
		if bytes.IndexByte([]byte("!@#$%^&*"), ch) >= 0 {
			signs++
		}
	}
	const all = charLower | charUpper | charDigit
	return signs == 0 || seen&all != all
}

// glossed tells whether what follows the colon is the name once more, written as words, to the end of the line:
// samba_password: samba password.
func (b *binder) glossed(i int) bool {
	t, c := b.text, b.c
	name := t[c.Key.Start:c.Key.End]
	if c.sep != sepColon || i+len(name) > len(t) || bytes.IndexByte(name, '_') < 0 {
		return false
	}
	for k, ch := range name {
		if lower(ch) != lower(t[i+k]) && (ch != '_' || t[i+k] != ' ') {
			return false
		}
	}
	i = skipSpace(t, i+len(name))
	return i >= len(t) || t[i] == '\r' || t[i] == '.'
}

// checksums tells whether the literal text[i:end] of a list is one of the digests of files: the only one under the name
// auth, or one beside another under a name that says password or auth. next is behind the literal's quotation mark.
func (b *binder) checksums(i, end, next int) bool {
	t, c := b.text, b.c
	name := t[c.Key.Start:c.Key.End]
	if n := end - i; n != 32 && n != 40 && n != 64 || !hexDigits(t[i:end]) {
		return false
	}
	k := i - 2
	for k > b.lo && isSpace(t[k]) {
		k--
	}
	if k < b.lo || t[k] != '[' {
		return false
	}
	if c.sep == sepArrow && string(name) == "auth" {
		return true // of pam-auth-update
	}
	if !lastWord(name, "auth", "password", "session", "account") {
		return false
	}
	if next = skipSpace(t, next); b.at(next) != ',' {
		return false
	}
	next = skipSpace(t, next+1)
	q, w := quoteAt(t, next)
	if q == quoteNone {
		return false
	}
	shut := closing(t, next+w, q)
	return shut == next+w+end-i && hexDigits(t[next+w:shut])
}

// published tells what a key without an owner is by the end of its name or by what the value is: the id of a key, the hash
// of a commit, the key of a row, a whole JSON document in base64, in which At finds what it holds.
func published(name, v []byte, f *Features) bool {
	switch {
	case lastWord(name, "keyid", "key_id", "key-id"):
		return f[fBase64] == 1 && (len(v) == 43 || len(v) == 44)
	case hasWord(name, "commit"), hasWord(name, "primary"):
		return f[fHex] == 1 && (len(v) == 40 || len(v) == 64)
	}
	return f[fBase64] == 1 && len(v) >= 64 && (has(v, 0, "ewog") || has(v, 0, "ewoJ"))
}

// ulid tells whether v is an id that starts with the time it was made at, from the year 2015 to 2039: 26 digits of
// Crockford's base32 (github.com/ulid/spec, README, 2019).
func ulid(v []byte) bool {
	if len(v) != 26 || !has(v, 0, "01") || chars[v[2]]&charUpper == 0 {
		return false
	}
	for _, ch := range v {
		if chars[ch]&(charUpper|charDigit) == 0 || ch == 'I' || ch == 'L' || ch == 'O' || ch == 'U' {
			return false
		}
	}
	return true
}

// account tells whether v is an entry of passwd(5) without a hash: bob:x:1000:1000:Bob.
func account(v []byte) bool {
	i := bytes.IndexByte(v, ':')
	if i < 1 || i+2 >= len(v) || v[i+1] != 'x' && v[i+1] != '*' && v[i+1] != '!' || v[i+2] != ':' {
		return false
	}
	for _, ch := range v[:i] {
		if chars[ch]&(charLower|charDigit) == 0 && ch != '-' && ch != '_' {
			return false
		}
	}
	return i+3 == len(v) || chars[v[i+3]]&charDigit != 0
}
