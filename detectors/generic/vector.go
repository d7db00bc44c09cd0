package generic

// vectorNear is how far behind a key, in bytes, and before it on its line the rest of its test vector is looked for.
const vectorNear = 256

// vector tells whether a key of hexadecimal digits belongs to a test vector of a cipher: a plain text, a ciphertext or a tag,
// which are literals too, stand on its line or one of three below (NIST CAVP response files, 2024; Wycheproof's JSON, 2024). What is
// looked at becomes part of the candidate's context. t is the text.
func vector(f *Features, c *Candidate, t []byte) bool {
	v := t[c.judged.Start:c.judged.End]
	if f[fKeyKey] == 0 || len(v) < 16 || len(v) > 128 || len(v)%2 != 0 || !hexDigits(v) {
		return false
	}
	lo, hi := max(c.Context.Start, c.judged.Start-vectorNear), c.Context.End
	for range 3 {
		hi = lineEnd(t, min(len(t), hi+1), hi+1+vectorNear)
	}
	hi = min(hi, c.judged.End+vectorNear)
	c.Context.End = max(c.Context.End, hi)
	ambiguous := ""
	for i := lo; i < hi; i++ {
		if i > lo && (isAlnum(t[i-1]) || t[i-1] == '_' || t[i-1] == '-') || !isLetter(t[i]) {
			continue
		}
		for _, w := range vectorWords[lower(t[i])] {
			switch {
			case !hasFold(t, i, w) || !hexLiteral(t, i+len(w), hi, w == vectorNumber):
			case w != "tag" && w != "msg" || ambiguous != "" && ambiguous != w:
				return true
			default:
				ambiguous = w // an image has a tag, too
			}
		}
	}
	return false
}

// vectorNumber is what the number of a test vector is called.
const vectorNumber = "tcid"

var vectorWords = byFirst("plaintext", "ciphertext", "pt", "ct", "tcid", "msg", "tag", "plain", "cipher")

// hexLiteral tells whether, behind a name that ends at i, 16 hexadecimal digits and more are set, or a number where it may be one, before hi.
func hexLiteral(t []byte, i, hi int, numbered bool) bool {
	tied := false
	for ; i < hi && !isAlnum(t[i]); i++ {
		switch t[i] {
		case ':', '=':
			tied = true
		case '"', '\'', ' ', '\t':
		default:
			return false
		}
	}
	n := i
	for n < hi && chars[t[n]]&charHex != 0 {
		n++
	}
	return tied && (n-i >= 16 || numbered && n-i <= 4 && number(t[i:n]) && n < hi && t[n] == ',')
}
