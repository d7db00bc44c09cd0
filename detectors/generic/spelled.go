package generic

import "bytes"

// wordScore is the confidence of a value of mere words under a name that says password or secret. Accept raises it in a file
// of settings that is no example.
const wordScore = 0.28

// spelled tells whether a value without a digit is words all the same: several written as one under a name that says secret
// (mysupersecretjwtkey), or a passphrase with blanks, in lower case, without a word that texts for people have.
func spelled(f *Features, c *Candidate, t []byte) bool {
	v := t[c.judged.Start:c.judged.End]
	switch {
	case c.sep != sepAssign && c.sep != sepColon && c.sep != sepEnv && c.sep != sepPair || c.nextLine && c.sep != sepPair || c.decoded != nil || c.quote > quoteSingle,
		f[fPlaceholder]+f[fTestWords]+f[fDefinition]+f[fComment]+f[fKeyAfter]+f[fUppers]+f[fNonASCII] > 0 || f[fIsKey] == 1 || len(v) > 64 || f[fConcatenated] > 0:
		return false
	}
	end := c.judged.End
	if c.quote != quoteNone {
		end++
	}
	if !endsLine(t, end) && c.sep != sepPair {
		return false
	}
	if f[fSpaces] > 0 {
		least := 4
		if containsFold(t[c.Key.Start:c.Key.End], "passphrase") {
			least = 3
		}
		return (namesPassword(f) || namesSecret(f, c, t)) && diceware(v) >= least
	}
	return (f[fKeyUpper] == 1 && f[fSpaced] == 0 || c.sep == sepColon) && len(v) >= 14 && lowerCase(v, 0) && namesSecret(f, c, t) && !state(v) && !directs(v)
}

// directs tells whether words tell somebody what to do with the value.
func directs(v []byte) bool {
	for _, w := range [...]string{"change", "default", "generate", "random", "should", "please", "setme", "putyour", "secretname", "development", "production", "notset", "notused", "provided", "disabled"} {
		if containsFold(v, w) {
			return true
		}
	}
	return false
}

// diceware returns how many words v is, 0 where it holds anything but words in lower case and numbers, or a word that texts
// for people have.
func diceware(v []byte) int {
	n := 0
	for len(v) > 0 {
		w := v
		if k := bytes.IndexByte(v, ' '); k >= 0 {
			w, v = v[:k], v[k+1:]
		} else {
			v = nil
		}
		if len(w) == 0 {
			return 0
		}
		for _, ch := range w {
			if chars[ch]&(charLower|charDigit) == 0 {
				return 0
			}
		}
		if speech[string(w)] {
			return 0
		}
		n++
	}
	return n
}

// speech are words of what programs tell people about passwords, and of sentences.
var speech = map[string]bool{
	"the": true, "a": true, "an": true, "is": true, "are": true, "be": true, "was": true, "to": true, "of": true, "or": true, "and": true, "with": true, "for": true, "not": true,
	"no": true, "must": true, "should": true, "can": true, "cannot": true, "your": true, "you": true, "we": true, "it": true, "its": true, "this": true, "that": true, "by": true,
	"enter": true, "please": true, "password": true, "passphrase": true, "passwords": true, "secret": true, "token": true, "key": true, "user": true, "username": true, "login": true,
	"invalid": true, "required": true, "wrong": true, "incorrect": true, "missing": true, "optional": true, "least": true, "characters": true, "character": true, "letters": true,
	"used": true, "use": true, "set": true, "from": true, "at": true, "in": true, "on": true, "if": true, "when": true, "too": true, "than": true, "as": true, "has": true,
	"new": true, "old": true, "same": true, "default": true, "value": true, "string": true, "file": true, "name": true, "account": true, "reset": true, "change": true, "forgot": true,
}
