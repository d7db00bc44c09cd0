package generic

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// spoken tells whether a value is a text for people: a label such as "Mot de passe", "Пароль" or "Neues Passwort", as
// files of translations hold them under names that say password. A word without digits and signs is one where it has
// letters beyond ASCII, or is how some language says password, key or secret.
func spoken(t []byte, c *Candidate) bool {
	var room [128]byte
	v := label(t, c, room[:0])
	if len(v) == 0 || len(v) > 96 {
		return false
	}
	words, letters, wide, digits, known := 0, 0, 0, 0, false
	start := -1
	for i := 0; i <= len(v); {
		r, n := rune(' '), 1
		if i < len(v) {
			r, n = utf8.DecodeRune(v[i:])
		}
		switch {
		case r < utf8.RuneSelf && isLetter(byte(r)), r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.Is(unicode.M, r) || r == '\u200c' || r == '\u200d'):
			if start < 0 {
				start = i
			}
			letters++
			if r >= 0x80 {
				wide++
			}
		case start < 0 && r >= '0' && r <= '9':
			digits++
			if i+1 < len(v) && isLetter(v[i+1]) {
				return false // no number but a mixture
			}
		case r == ' ' || r == '\t' || r == '\'' || r == '’' || r == '-' || r == '.' || r == ',' || r == '?' || r == '!' || r == ':' || r == '*' || r == '&' || r == '(' || r == ')' || r == '？' || r == '：' || r == '\u00a0' || r == '…':
			if start >= 0 {
				words++
				known = known || tongue(v[start:i], len(v))
				start = -1
			}
		default:
			return false
		}
		i += n
	}
	switch {
	case letters < 2 || digits > 0 && words < 3:
		return false
	case known:
		return true
	}
	if words > 1 && digits == 0 && c.quote == quoteNone && (c.sep == sepTable || chars[v[0]]&charUpper != 0 && begins(t, c)) {
		return true // a value without quotes is the rest of its line: several words, the first of them with a capital
	}
	first, _ := utf8.DecodeRune(v)
	return wide > 0 && (words > 1 || !unicode.IsLower(first))
}

// begins tells whether the name is the first thing on its line, as in files of settings and of translations. Escaped
// spaces are part of a name.
func begins(t []byte, c *Candidate) bool {
	if c.sep != sepAssign || c.spaced || c.keyQuote != quoteNone || c.nextLine {
		return false
	}
	for i := c.Key.Start - 1; i >= c.Context.Start; i-- {
		if !isName(t[i]) && t[i] != '\\' && !(t[i] == ' ' && i > 0 && t[i-1] == '\\') {
			return false
		}
	}
	return true
}

// label returns the value as a reader takes it: where no quotes end it, up to the end of its line, and what properties
// files escape as it is. room is for the latter.
func label(t []byte, c *Candidate, room []byte) []byte {
	i, end := c.judged.Start, c.judged.End
	if c.decoded != nil {
		return nil
	}
	if c.quote == quoteNone && (c.sep == sepColon || c.sep == sepAssign || c.sep == sepTable) {
		for end < c.Context.End && t[end] != '\n' && t[end] != '\r' && t[end] != '|' && t[end] != ';' && t[end] != '"' && t[end] != '<' && !has(t, end, " #") && end-i <= 96 {
			end++
		}
	}
	v := bytes.TrimRight(t[i:end], " \t")
	if bytes.IndexByte(v, '\\') < 0 {
		return v
	}
	for k := 0; k < len(v) && len(room) < cap(room)-utf8.UTFMax; k++ {
		switch {
		case v[k] == '\\' && k+5 < len(v) && v[k+1] == 'u' && hexDigits(v[k+2:k+6]):
			room = utf8.AppendRune(room, rune(hexByte(v[k+2], v[k+3])<<8|hexByte(v[k+4], v[k+5])))
			k += 5
		case v[k] == '\\' && k+1 < len(v) && v[k+1] == ' ':
		default:
			room = append(room, v[k])
		}
	}
	return room
}

// tongues are how languages say password, key, secret and token, by their first byte, in lower case; words that people
// choose for a password are not among them. The list is not complete, and need not be: words with other letters than
// ASCII's are texts without it.
var tongues = byFirst(
	"passwort", "kennwort", "geheimnis", "wachtwoord", "passord", "adgangskode", "losenord", "salasana", "senha", "contrase",
	"contrasen", "clave", "parola", "parole", "parool", "haslo", "hasla", "heslo", "jelszo", "sifre", "lozinka", "geslo", "zaporka", "nenosiri",
	"pasahitza", "contrasinal", "sandi", "motdepasse", "schluessel", "jeton", "chave", "klucz", "segredo", "secreto",
	"palavra", "zugangs", "sicherheits", "codice", "hasł", "jelszó", "jelszav", "lösenord", "şifre", "schlüssel", "clé", "slaptažod", "lykilorð", "парол",
	"лозинк", "гасло", "ключ",
)

// tongue tells whether a word is one of those, or is made with one: Passwortwiederholung. whole is the length of the text
// it stands in.
func tongue(w []byte, whole int) bool {
	for _, s := range tongues[lower(w[0])] {
		if hasFold(w, 0, s) {
			return len(w) <= len(s)+2 || whole > len(w) || chars[w[0]]&charUpper != 0
		}
	}
	return false
}
