package decode

import "unicode/utf8"

// entities are the named characters of HTML that may stand in or beside a token
// (https://html.spec.whatwg.org/multipage/named-characters.html, 2026-11).
var entities = map[string]byte{
	"amp": '&', "AMP": '&', "lt": '<', "LT": '<', "gt": '>', "GT": '>', "quot": '"', "QUOT": '"', "apos": '\'',
	"nbsp": ' ', "equals": '=', "lowbar": '_', "UnderBar": '_', "sol": '/', "colon": ':', "commat": '@', "plus": '+',
	"period": '.', "num": '#', "dollar": '$', "percnt": '%', "semi": ';', "comma": ',', "quest": '?', "excl": '!',
	"ast": '*', "midast": '*', "lpar": '(', "rpar": ')', "lsqb": '[', "lbrack": '[', "rsqb": ']', "rbrack": ']',
	"lcub": '{', "lbrace": '{', "rcub": '}', "rbrace": '}', "verbar": '|', "vert": '|', "bsol": '\\', "grave": '`',
	"Hat": '^', "Tab": '\t', "NewLine": '\n', "hyphen": '-', "dash": '-',
}

// maxEntity is the longest entity, ampersand and semicolon included: "&#x0000067;" and the like.
const maxEntity = 14

// undoHTML undoes &#NN;, &#xNN; and the named entities above.
func undoHTML(text []byte, i int) (int, repl, string) {
	end := i + 1
	for end < len(text) && end < i+maxEntity && (text[end]|0x20 >= 'a' && text[end]|0x20 <= 'z' || text[end]-'0' <= 9 || text[end] == '#') {
		end++
	}
	if end >= len(text) || text[end] != ';' || end < i+3 {
		return 0, repl{}, ""
	}
	body := text[i+1 : end]
	if body[0] != '#' {
		if c, ok := entities[string(body)]; ok {
			return end + 1 - i, one(int(c)), nameHTML
		}
		return 0, repl{}, ""
	}
	v := 0
	if body[1]|0x20 == 'x' {
		w, ok := hexValue(body, 2, len(body))
		if !ok {
			return 0, repl{}, ""
		}
		v = w
	} else {
		for _, c := range body[1:] {
			if c-'0' > 9 {
				return 0, repl{}, ""
			}
			v = min(v*10+int(c-'0'), utf8.MaxRune+1)
		}
	}
	if !readable(v) || v > utf8.MaxRune {
		return 0, repl{}, ""
	}
	return end + 1 - i, runes(v), nameHTML
}
