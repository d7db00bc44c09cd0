package generic

import (
	"bytes"
	"unicode/utf8"
)

// hopeless tells what anyone would call no credential: references, templates, masks, the public half of a key, a
// password's hash, text for people. It spares the model what it need not see, and runs before any feature is made.
func (b *binder) hopeless(i, end int) bool {
	t, c := b.text, b.c
	v := t[i:end]
	if v[0] == '\\' && v[1]|0x20 == 'u' {
		return true // a letter or sign by its code
	}
	if has(v, 0, "----") {
		return true // the line that begins a block
	}
	if algorithm(v) || has(v, 0, "&#x3C") || has(v, 0, "&lt") || has(v, 0, "(?") || has(v, 0, "qr/") || bytes.HasSuffix(v, []byte("EXAMPLE")) || bytes.HasSuffix(v, []byte("EXAMPLEKEY")) {
		return true
	}
	seen := signsOf(v)
	if packageFile(v) || timestamp(v) || seen&signReference != 0 && reference(v) || (seen&signMask != 0 || v[0] == v[1]) && masked(v) ||
		counting(v) || public(v) || hashed(v) || elsewhere(v) {
		return true
	}
	if (c.quote == quoteEscaped || c.quote == quoteTwice) && cutOff(v) {
		return true
	}
	if c.sep == sepFlag && v[0] == '-' || c.quote == quoteTag && v[0] == '{' && (isSpace(v[1]) || v[1] == '[') {
		return true
	}
	if c.quote == quoteNone && (seen&signCode != 0 && expression(v) || code(v, t[end:]) || c.sep == sepCompare && constant(v)) {
		return true
	}
	if k := c.Key.Start; k-2 >= b.lo && t[k-1] == ':' {
		if c.keyQuote != quoteNone && t[k-2] == ':' {
			return true // the name of a type, as "AWS::Location::APIKey"
		}
		if c.sep == sepColon && c.quote == quoteNone && i == c.Key.End+1 && (isAlnum(t[k-2]) || t[k-2] == '*' || t[k-2] == ':') {
			return true // a part of a longer name, as in arn:aws:secretsmanager:eu-west-1:1:secret:name
		}
	}
	if seen&signControl != 0 || seen&signWide != 0 && !utf8.Valid(v) {
		return true // not a text
	}
	name := t[c.Key.Start:c.Key.End]
	if guard(name) || c.quote == quoteNone && (b.status(i, end) || b.glossed(i)) {
		return true
	}
	if c.sep == sepPair && string(name) == "_token" || c.sep == sepCall && string(name) == "credentials" && c.quote == quoteSingle && c.arg == 0 {
		return true // the guard of a form; Jenkins' credentials('id')
	}
	for _, s := range [...]string{"common-auth", "common-password", "common-session", "common-account"} {
		if string(name) == s {
			return true // files of PAM, with their digests
		}
	}
	if k := c.Key.Start; k-len("Encrypted=") >= b.lo && has(t, k-len("Encrypted="), "Encrypted=") {
		return true // of systemd: SetCredentialEncrypted=token: x
	}
	return packageName(name) || containsFold(name, "publickeytoken") || lastWord(name, "usersecretsid")
}

// packageFile tells whether the value ends as the file of a distribution's package: passwd_1:4.13+dfsg1-1_amd64.deb.
func packageFile(v []byte) bool {
	return bytes.HasSuffix(v, []byte(".deb")) || bytes.HasSuffix(v, []byte(".udeb")) || bytes.HasSuffix(v, []byte(".rpm")) ||
		bytes.HasSuffix(v, []byte(".apk"))
}

// timestamp tells whether the value begins as a date of ISO 8601 with a time, or is one: 2024-01-02T10:11:12Z.
func timestamp(v []byte) bool {
	if len(v) < 10 || v[4] != '-' || v[7] != '-' || len(v) > 10 && v[10] != 'T' && v[10] != ' ' {
		return false
	}
	for i, ch := range v[:10] {
		if i != 4 && i != 7 && chars[ch]&charDigit == 0 {
			return false
		}
	}
	return true
}

// constant tells whether the value is the name of a constant: upper case with underscores.
func constant(v []byte) bool {
	for _, ch := range v {
		if chars[ch]&(charUpper|charDigit) == 0 && ch != '_' {
			return false
		}
	}
	return bytes.IndexByte(v, '_') > 0
}

// cutOff tells whether the string around a value in escaped quotes ends within it: "{\"token\":\"" + name + "\"}".
func cutOff(v []byte) bool {
	for i, ch := range v {
		if ch == '"' && (i == 0 || v[i-1] != '\\') {
			return true
		}
	}
	return false
}

// What the bytes of a value may be signs of.
const (
	signControl   uint8 = 1 << iota // no text
	signWide                        // a character beyond ASCII
	signReference                   // reference
	signMask                        // masked, unless all its characters are the same
	signCode                        // expression
)

var signs = func() (t [256]uint8) {
	for c := range t {
		switch {
		case c < ' ' && c != '\t' || c == 0x7f:
			t[c] = signControl
		case c >= 0x80:
			t[c] = signWide | signMask // …
		}
	}
	for sign, set := range map[uint8]string{signReference: "${<%#^[@", signMask: "*.[", signCode: "(-:[{^"} {
		for _, c := range []byte(set) {
			t[c] |= sign
		}
	}
	return t
}()

// signsOf returns the signs that stand in a value.
func signsOf(v []byte) (seen uint8) {
	for _, c := range v {
		seen |= signs[c]
	}
	return seen
}

// reference tells whether the whole value stands for another: $VAR, ${VAR}, {{ x }}, <x>, %(x)s, $(cmd), #{x}.
func reference(v []byte) bool {
	last := v[len(v)-1]
	switch v[0] {
	case '$':
		if v[1] == '{' || v[1] == '(' || v[1] == '$' {
			return true
		}
		for _, ch := range v[1:] {
			if !isAlnum(ch) && ch != '_' && ch != ':' && ch != '.' && ch != '-' && ch != '>' && ch != '[' && ch != ']' {
				return false
			}
		}
		return chars[v[1]]&charDigit == 0
	case '{':
		return v[1] == '{' || v[1] == '%' || last == '}'
	case '<':
		return last == '>' || v[1] == '%' || v[1] == '?' || isLetter(v[1])
	case '%':
		return v[1] == '(' || v[1] == '{' || len(v) <= 3 || last == '%'
	case '#':
		return v[1] == '{' || (len(v) == len("#rrggbb") || len(v) == len("#rgb") || len(v) == len("#rrggbbaa")) && hexDigits(v[1:])
	case '^':
		return last == '$'
	case '[':
		if bytes.Contains(v, []byte("a-z")) || bytes.Contains(v, []byte("A-Z")) || bytes.Contains(v, []byte("0-9")) {
			return true // a regular expression
		}
		return last == ']' && bytes.IndexByte(v, ' ') > 0 || isLetter(v[1]) && last == ']'
	case '@':
		return v[1] == '@' || v[1] == '{' || last == '@'
	}
	return bytes.Contains(v, []byte("{{")) || bytes.Contains(v, []byte("${"))
}

// masked tells whether nearly all of the value is one character, or three dots or a word stand in for the rest.
func masked(v []byte) bool {
	same, stars := 0, 0
	for _, ch := range v {
		if ch == v[0] {
			same++
		}
		if ch == '*' {
			stars++
		}
	}
	return same == len(v) || stars*2 > len(v) && len(v) > 2 || bytes.Contains(v, []byte("...")) || bytes.Contains(v, []byte("…")) ||
		bytes.Contains(v, []byte("[Redacted")) || bytes.Contains(v, []byte("[REDACTED")) || bytes.Contains(v, []byte("[redacted"))
}

// counting tells whether the value counts up or down, by characters (abcdefghijkl) or by bytes in hexadecimal
// (000102030405), as test vectors do.
func counting(v []byte) bool {
	if len(v) < 12 {
		return false
	}
	steps, pairs := 0, 0
	for i := 1; i < len(v); i++ {
		if d := int(v[i]) - int(v[i-1]); d == 1 || d == -1 {
			steps++
		}
	}
	last := hexByte(v[0], v[1])
	for i := 2; i+1 < len(v); i += 2 {
		next := hexByte(v[i], v[i+1])
		if d := next - last; next >= 0 && (d == 1 || d == -1) {
			pairs++
		}
		last = next
	}
	return steps*10 >= len(v)*8 || pairs*2 >= len(v)*8/10
}

// hexByte returns the byte that two hexadecimal digits say, or a number under zero.
func hexByte(a, b byte) int {
	if chars[a]&charHex == 0 || chars[b]&charHex == 0 {
		return -1000
	}
	return nibble(a)<<4 | nibble(b)
}

func nibble(b byte) int {
	if b <= '9' {
		return int(b - '0')
	}
	return int(b|0x20-'a') + 10
}

// hashed tells whether the value is a password's hash in one of the crypt formats or LDAP's.
func hashed(v []byte) bool { return starts(v, &hashes) }

// expression tells whether a value without quotes is a call, a member, an index, a pointer.
func expression(v []byte) bool {
	for i, ch := range v {
		switch ch {
		case '(':
			return true
		case '-':
			if has(v, i, "->") {
				return true
			}
		case ':':
			if has(v, i, "::") {
				return true
			}
		case '[', '{':
			if i > 0 && isAlnum(v[i-1]) {
				return true
			}
		case '^':
			if v[0] == '/' {
				return true // a regular expression
			}
		}
	}
	return false
}

// code tells whether a value without quotes that is no expression is code all the same: a number, a name that is called or that
// has members.
func code(v, rest []byte) bool {
	if len(v) > 2 && v[0] == '0' && v[1]|0x20 == 'x' && number(v) {
		return true
	}
	if len(rest) > 0 && (rest[0] == '(' || rest[0] == '[') {
		return true
	}
	return member(v)
}

// member tells whether v is a path of names: a.b, this.x, Foo.BAR.
func member(v []byte) bool {
	dot := bytes.IndexByte(v, '.')
	if dot <= 0 || !isLetter(v[0]) && v[0] != '_' {
		return false
	}
	for i, ch := range v {
		switch {
		case ch == '.':
			if i+1 == len(v) || !isLetter(v[i+1]) && v[i+1] != '_' {
				return false
			}
		case !isAlnum(ch) && ch != '_':
			return false
		}
	}
	var f Features
	naturalness(v, &f)
	return f[fWordShare] > 0.5 || f[fGreedyShare] > 0.6
}

// packageName tells whether a name is a Java package or a module path.
func packageName(name []byte) bool {
	for _, s := range [...]string{"io.", "com.", "org.", "net."} {
		if has(name, 0, s) {
			return bytes.Count(name, []byte(".")) == 1
		}
	}
	return false
}

// contradicted tells whether what the name says and what the value looks like rule out a credential: a text under the
// name of a label, a digest under the name of a hash, an identifier, a constant, a one-time code.
func contradicted(f *Features, quote int) bool {
	number := f[fNumber] == 1
	switch {
	case f[fSep+int(sepTable)] == 1 && f[fNextLine] == 1 && f[fKeyAfter] > 0:
		return true // a column such as password_changed_at
	case f[fKeyUI] == 2 && (f[fSpaces] > 0 || f[fDigits] == 0):
		return true
	case f[fKeyUpper] == 1 && f[fKeyQuoted] == 1 && f[fSpaces] > 0 && f[fLetters]+f[fNonASCII] > 0.6:
		return true
	case f[fKeySealed] == 1 && (f[fKeyKey] == 1 || f[fKeyPass] == 1 && f[fLength] >= 24 && f[fBase64] == 1):
		return true
	case f[fKeyNonce] == 1 && f[fHex] == 1 && f[fLength] >= 32:
		return true
	case f[fKeyIdentity] == 1, f[fKeyVerb] == 1 && f[fSep+int(sepCall)] == 1:
		return true
	case f[fKeyLastWhat] == 1 && f[fDigits] == 0 && f[fIdentifier] == 1:
		return true // token_type: "bearer"
	case f[fKeyLastWhat] == 1 && f[fUUID]+f[fHexDigest] > 0, f[fKeyLastNonce] == 1 && f[fKeyKey] == 1:
		return true
	case f[fKeyPublic] == 1 && f[fKeyPass]+f[fKeySecret]+f[fKeyToken] == 0:
		return true
	case number && quote == quoteNone && (f[fKeyKey] == 1 || f[fKeyUpper] == 1 && f[fSpaced] == 1):
		return true
	case number && f[fKeyToken] == 1 && f[fLength] <= 8:
		return true
	}
	return false
}

// labelled tells whether the value is but a word under the name of some key: key: "phoneNumber".
func labelled(f *Features) bool {
	return f[fKeyKey] == 1 && f[fKeyOwner]+f[fPrevOwner]+f[fDigits]+f[fSpecials] == 0 && f[fWordShare] == 1
}

// hexDigits tells whether v is nothing but these: #0451a5 is a colour.
func hexDigits(v []byte) bool {
	for _, c := range v {
		if chars[c]&charHex == 0 {
			return false
		}
	}
	return true
}
