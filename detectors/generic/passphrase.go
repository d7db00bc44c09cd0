package generic

import "bytes"

// passphrase tells whether the last value of a line is words in lower case with a number behind them, joined by dashes or
// underscores (velvet-otter-9); or, in a variable of the environment, words in quotes of which the last has a digit
// ("with space 9x"), or words with digits in the place of letters under a name that says secret (sh0p-api-s3cret). Code
// calls its things so: it is one in files of settings alone. t is the text.
func passphrase(f *Features, c *Candidate, t []byte) bool {
	v := t[c.judged.Start:c.judged.End]
	end := c.judged.End
	if c.quote == quoteDouble || c.quote == quoteSingle {
		end++
	} else if c.quote != quoteNone {
		return false
	}
	switch {
	case c.sep != sepAssign && c.sep != sepColon && c.sep != sepEnv || c.nextLine || c.decoded != nil || !endsLine(t, end) || len(v) < 8 || len(v) > 48,
		f[fPlaceholder]+f[fIsKey]+f[fTestWords]+f[fDefinition]+f[fComment]+f[fKeyAfter]+f[fUppers] > 0 || f[fStock] >= 0.45:
		return false
	}
	variable := f[fKeyUpper] == 1 && f[fSpaced] == 0
	switch {
	case c.quote != quoteNone:
		last := v[bytes.LastIndexByte(v, ' ')+1:]
		return variable && namesPassword(f) && pieces(v[:len(v)-len(last)], ' ') >= 2 && bytes.ContainsAny(last, "0123456789") && !number(last)
	case namesPassword(f) && f[fStock] < 0.2:
		return numberedWords(v, '-') || numberedWords(v, '_')
	}
	return variable && f[fKeySecret] == 1 && NamesCredential(f) && leet(v) && pieces(v, '-') >= 2
}

// numberedWords tells whether v is two words or more that a sign joins, and a number of up to four digits: otter-canyon-42,
// velvet-otter9.
func numberedWords(v []byte, sign byte) bool {
	k := len(v)
	for k > 0 && chars[v[k-1]]&charDigit != 0 {
		k--
	}
	if k == 0 || k == len(v) || len(v)-k > 4 {
		return false
	}
	return lowerCase(v[:k], sign) && pieces(v[:k], sign) >= 2
}

// lowerCase tells whether v is nothing but letters in lower case and a sign between them.
func lowerCase(v []byte, sign byte) bool {
	for _, ch := range v {
		if chars[ch]&charLower == 0 && ch != sign {
			return false
		}
	}
	return true
}

// pieces returns how many pieces of three letters or digits or more a sign joins, 0 where other signs stand among them.
func pieces(v []byte, sign byte) int {
	n, from := 0, 0
	for i := 0; i <= len(v); i++ {
		if i < len(v) && v[i] != sign {
			if !isAlnum(v[i]) {
				return 0
			}
			continue
		}
		if i-from >= 3 {
			n++
		}
		from = i + 1
	}
	return n
}
