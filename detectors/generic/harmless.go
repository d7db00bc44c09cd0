package generic

import (
	"bytes"
	"encoding/base64"
)

// harmless tells what stands under a telling name in many public projects and opens nothing: the name of a secret of
// Kubernetes, the handshake of a plugin, the code of an error or a message, a list of ciphers, a format of dates, a text
// in hexadecimal, the public half of a key.
func harmless(t []byte, c *Candidate, v []byte) bool {
	f := c.Explain
	name := t[c.Key.Start:c.Key.End]
	switch {
	case (containsFold(name, "existing") && containsFold(name, "secret") || containsFold(name, "pullsecret")) && (object(v) || f[fSpaces] > 0):
		return true
	case v[0] == '.' && c.quote == quoteNone && (string(v) == ".asciz" || string(v) == ".ascii" || string(v) == ".string"):
		return true // of an assembler
	case f[fKeySession] == 1 && f[fHex] == 1 && len(v) <= 8:
		return true // too short for more than a number
	case f[fKeyKey] == 1 && f[fKeyOwner]+f[fPrevOwner] == 0 && f[fBase64] == 1 && len(v) >= 16 && proseInBase64(v):
		return true
	case magic(name), containsFold(name, "x-keepass"), hasWord(name, "magic") && bytes.HasPrefix(v, []byte(`\x`)):
		return true // what a format begins with, a MIME type
	case f[fHexDigest] == 1 && (c.sep == sepColon && c.Value.Start > c.Key.End+1 || c.called) && c.Key.Start > 1 && t[c.Key.Start-1] == '/' && isAlnum(t[c.Key.Start-2]):
		return true // of a file: /etc/passwd: d41d8cd9…
	case lastWord(name, "key_id") && len(name) == len("key_id"):
		return true
	case c.quote == quoteNone && v[0] == '\\' && bytes.Contains(v, []byte(`\x`)), enumerated(v):
		return true
	case f[fUUID] == 1 && lastWord(name, "error", "violation", "exception"):
		return true // the code of an error, as validators give them
	case f[fNumber] == 1 && c.quote == quoteNone && c.spaced && c.sep == sepAssign && f[fKeyDotted] == 1 && constant(name[bytes.LastIndexByte(name, '.')+1:]):
		return true // the same of a qualified name: Status.WRONG_PASSWORD = 2148073523
	case f[fNumber] == 1 && c.quote == quoteNone && has(t, skipSpace(t, c.Context.Start), "case "):
		return true // a member of an enumeration
	case f[fKeyKey]+f[fKeyToken]+f[fKeySession] > 0 && ticket(v):
		return true
	case c.quote == quoteNone && c.sep == sepColon && lastWord(name, "forkey") && identifier(v) && !random(v):
		return true // an argument of Objective-C
	case f[fKeyKey] == 1 && f[fHex] == 1 && hexText(v):
		return true
	case len(name) == len("PW") && c.keyQuote != quoteNone && chars[name[0]]&charUpper != 0 && f[fDigits] == 0 && wordy(string(v)):
		return true // the code of a country: 'PW' => 'Palau'
	case c.sep == sepSpace && c.called && c.keyQuote != quoteNone:
		return true // two literals of a template: (list "auth.password") "next"
	case c.sep == sepColon && c.quote == quoteNone && optional(t[c.Value.End:]) && identifier(v) && !random(v):
		return true // the type of a parameter: api_key: KeyT | None
	case dates(v), suites(v), spki(v):
		return true
	case c.sep == sepScheme && c.Key.Start > 0 && t[c.Key.Start-1] == '_' && !random(v):
		return true // the name of a constant: JWT_BEARER
	case c.keyQuote != quoteNone && texts(t[c.Context.Start:c.Key.Start]) && (f[fSpaces] > 0 || f[fDigits] == 0 && wordy(string(v)) && !random(v)):
		return true
	case (c.wrap == wrapLookup || c.wrap == wrapCall) && (constant(v) || bytes.Equal(name, v)):
		return true // the name of a variable, handed to what reads it: environ.get("API_KEY")
	case c.sep == sepCall && asks(name) && !random(v):
		return true
	case c.sep == sepAssign && c.spaced && c.Key.End < c.Value.Start && conditional(t[c.Key.End:c.Value.Start]) && !random(v):
		return true
	}
	return c.wrap == wrapLookup && lastWord(name, "userpwd") && f[fSpaces] > 0 && bytes.Contains(v, []byte("%s"))
}

// magic tells whether a name ends in what a format or a protocol begins with: a magic cookie, number, string, its value.
func magic(name []byte) bool {
	i := len(name) - len("magic")
	for i >= 0 && !hasFold(name, i, "magic") {
		i--
	}
	if i < 0 {
		return false
	}
	for tail := name[i+len("magic"):]; ; {
		tail = bytes.TrimLeft(tail, "_-. ")
		n := 0
		for _, w := range [...]string{"cookie", "value", "number", "string", "bytes"} {
			if hasFold(tail, 0, w) {
				n = len(w)
			}
		}
		if n == 0 {
			return len(tail) == 0
		}
		tail = tail[n:]
	}
}

// proseInBase64 tells whether v is words in base64, with blanks between them: a text of whatever kind.
func proseInBase64(v []byte) bool {
	var plain [96]byte
	v = v[:min(len(v), 128)&^3]
	n, err := base64.StdEncoding.Decode(plain[:], v)
	if err != nil {
		return false
	}
	blanks := 0
	for _, ch := range plain[:n] {
		switch {
		case ch == ' ':
			blanks++
		case !isLetter(ch) && bytes.IndexByte([]byte(".,;:!?'-\n"), ch) < 0:
			return false
		}
	}
	return blanks >= 2
}

// object tells whether v is what people name an object of Kubernetes: words of lower-case letters, dashes and dots between
// them (RFC 1123), perhaps numbered.
func object(v []byte) bool {
	for part := range bytes.FieldsFuncSeq(v, func(r rune) bool { return r == '-' || r == '.' }) {
		n := 0
		for n < len(part) && chars[part[n]]&charLower != 0 {
			n++
		}
		if rest := part[n:]; len(rest) > 3 || len(rest) > 0 && !number(rest) || n > 8 && random(part[:n]) {
			return false
		}
	}
	return len(v) <= 63
}

// random tells whether v is long and its letters neither stand in words nor read like those of a language.
func random(v []byte) bool {
	if len(v) < 10 || bytes.IndexFunc(v, beyondASCII) >= 0 {
		return false
	}
	var f Features
	naturalness(v, &f)
	return f[fGreedyShare] < 0.5 && (telling(v) || f[fNatural] < -7 || f[fVowels] < 0.12)
}

func beyondASCII(r rune) bool { return r >= 0x80 }

// texts tells whether what stands before a name in quotes is the array of a program's texts: $labels['password'],
// $lang["key"], $string['token'].
func texts(before []byte) bool {
	i := len(before)
	for i > 0 && (before[i-1] == '\'' || before[i-1] == '"') {
		i--
	}
	if i == 0 || before[i-1] != '[' {
		return false
	}
	end := i - 1
	for i = end; i > 0 && (isAlnum(before[i-1]) || before[i-1] == '_'); i-- {
	}
	switch string(bytes.ToLower(before[i:end])) {
	case "labels", "messages", "lang", "l", "string", "strings", "txt", "text", "texts", "translations", "i18n", "msg", "msgs", "phrases":
		return true
	}
	return false
}

// ticket tells whether v is the number of a ticket or the code of a message: PROJ-27188, I-FAA005001.
func ticket(v []byte) bool {
	dash := bytes.IndexByte(v, '-')
	if dash < 1 || dash > 10 || len(v)-dash > 12 {
		return false
	}
	digits := 0
	for i, ch := range v {
		switch {
		case chars[ch]&charUpper != 0 && digits == 0 && i != dash:
		case chars[ch]&charDigit != 0 && i > dash:
			digits++
		case i != dash:
			return false
		}
	}
	return digits >= 3 && len(v)-dash-1-digits <= 4
}

// enumerated tells whether v is a list of names of secrets: APP-ID,APP-KEY.
func enumerated(v []byte) bool {
	commas := 0
	for _, ch := range v {
		switch {
		case ch == ',':
			commas++
		case chars[ch]&charUpper == 0 && ch != '-' && ch != '_' && ch != ' ':
			return false
		}
	}
	return commas > 0 && chars[v[0]]&charUpper != 0
}

// identifier tells whether v is one name of a program: letters, digits and underscores.
func identifier(v []byte) bool {
	for _, ch := range v {
		if !isAlnum(ch) && ch != '_' {
			return false
		}
	}
	return isLetter(v[0]) || v[0] == '_'
}

// hexText tells whether hexadecimal digits say a text of letters, dots and dashes: names of things as some formats write
// them. Eight random bytes do so once in fifty thousand.
func hexText(v []byte) bool {
	if len(v) < 16 || len(v)%2 != 0 {
		return false
	}
	for i := 0; i < len(v); i += 2 {
		ch := byte(hexByte(v[i], v[i+1]))
		if !isAlnum(ch) && ch != '.' && ch != '-' && ch != '_' && ch != ' ' && ch != '/' {
			return false
		}
	}
	return true
}

// dates tells whether v is a format of dates or of output: %Y-%m-%dT%H:%M:%S. Escapes of URLs have hexadecimal digits.
func dates(v []byte) bool {
	marks, hex := 0, 0
	for i, ch := range v {
		if ch != '%' {
			continue
		}
		if i+1 >= len(v) || !isLetter(v[i+1]) {
			return false
		}
		marks++
		if i+2 < len(v) && chars[v[i+1]]&chars[v[i+2]]&charHex != 0 {
			hex++
		}
	}
	return marks >= 3 && hex*2 < marks && len(v) <= 5*marks
}

// suites tells whether v is a list of ciphers of TLS, or one of them: !aNULL:!MD5:HIGH, PSK-AES128-CCM.
func suites(v []byte) bool {
	return bytes.Contains(v, []byte(":!")) && (bytes.Contains(v, []byte("NULL")) || bytes.Contains(v, []byte("MD5")) || bytes.Contains(v, []byte("-SHA"))) ||
		bytes.HasPrefix(v, []byte("PSK-")) && bytes.Contains(v, []byte("AES"))
}

// spki tells whether hexadecimal digits begin as a public key of RSA or of an elliptic curve does: SubjectPublicKeyInfo of
// RFC 5280, its algorithm and then a bit string, where a private key has an octet string.
func spki(v []byte) bool {
	if len(v) < 64 || v[0] != '3' || v[1] != '0' || !hexDigits(v) {
		return false
	}
	head := v[:64]
	return containsFold(head, "300d06092a864886f70d010101050003") || containsFold(head, "301306072a8648ce3d020106082a8648ce3d03010703")
}

// asks tells whether a method's name asks for something: claims.containsKey.
func asks(name []byte) bool {
	name = name[bytes.LastIndexByte(name, '.')+1:]
	for _, s := range [...]string{"contains", "has", "remove", "exists"} {
		if len(name) > len(s) && has(name, 0, s) && (chars[name[len(s)]]&charUpper != 0 || name[len(s)] == '_') {
			return true
		}
	}
	return false
}

// optional tells whether what follows a type makes it one of several: | None, | undefined.
func optional(t []byte) bool {
	return has(t, 0, " | ") && (has(t, 3, "None") || has(t, 3, "null") || has(t, 3, "undefined") || has(t, 3, "str"))
}

// conditional tells whether words that make a condition stand between a name and a value: the secret when provider=x.
func conditional(between []byte) bool {
	for _, w := range [...]string{" when ", " if ", " unless ", " where "} {
		if containsFold(between, w) {
			return true
		}
	}
	return false
}
