package decode

import "bytes"

// maxJoin is the most room a concatenation takes: operator, line break, indentation.
const maxJoin = 256

// afterQuote marks what may follow the closing quote of a string that goes on after it.
var afterQuote = [256]bool{' ': true, '\t': true, '\r': true, '\n': true, '+': true, '.': true, '&': true, '|': true,
	'<': true, '\\': true, '"': true, '\'': true}

// undoConcat joins two quoted strings inside a token: "abc" + "def", 'a' . 'b', "a" "b", "a" & _ "b", 'a' || 'b',
// "a" .. "b", "a" <> "b", "a" ++ "b", across lines as well. text[i] is the first string's closing quote.
func undoConcat(text []byte, i int) (int, repl, string) {
	if i == 0 || i+2 >= len(text) || !afterQuote[text[i+1]] || !is(inToken, text[i-1]) {
		return 0, repl{}, ""
	}
	stop := min(len(text)-1, i+maxJoin)
	j := blank(text, i+1, stop)
	spaced := j > i+1
	op := j
	for j < stop && j < op+2 && operator(text, j) {
		j++
	}
	op = j - op
	j = blank(text, j, stop)
	if j < stop && (text[j] == '\\' || text[j] == '_' && j > 0 && is(inSpace, text[j-1])) && is(inSpace, text[j+1]) {
		j = blank(text, j+1, stop)
	}
	if op == 0 && j < stop && operator(text, j) { // the operator opens the next line
		for j < stop && op < 2 && operator(text, j) {
			j, op = j+1, op+1
		}
		j = blank(text, j, stop)
	}
	for k := 0; op > 0 && k < 2 && j < stop && prefix(text[j]); k++ {
		j++
	}
	if j >= stop || text[j] != text[i] && (op == 0 && spaced || !quote(text[j])) || !is(inToken, text[j+1]) {
		return 0, repl{}, ""
	}
	if bytes.IndexByte(text[i:j], '\n') > 0 && named(text[j+1:], text[j]) {
		return 0, repl{}, "" // the next entry, of a difference as well: + "name" = "value"
	}
	if op == 0 && spaced && (hostPath(text[j+1:]) ||
		bytes.IndexByte(text[i:j], '\n') < 0 && (!wholeToken(text[j+1:], text[i]) || argument(text, i))) {
		return 0, repl{}, ""
	}
	return j + 1 - i, repl{}, nameConcat
}

// argument tells whether the string that text[i] closes is a command's argument: -p"abc" or -p "abc", where what follows
// is the next one. In an expression an operator, a bracket or another string stands before it.
func argument(text []byte, i int) bool {
	from := max(0, i-maxJoin)
	p := bytes.LastIndexByte(text[from:i], text[i]) + from - 1
	if p < from {
		return false
	}
	if prefix(text[p]) && p > from && !word(text[p-1]) && text[p-1] != '-' {
		p-- // f"", L""
	}
	for p > from && (text[p] == ' ' || text[p] == '\t') {
		p--
	}
	return word(text[p]) && !bytes.HasSuffix(text[from:p+1], []byte("return"))
}

func word(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

// wholeToken tells whether text begins with a token that goes to the closing quote. Two strings side by side on a line of
// which the second is more are fields of a log.
func wholeToken(text []byte, quote byte) bool {
	for i, c := range text[:min(len(text), maxJoin)] {
		if c == quote {
			return i > 0
		}
		if !is(inToken, c) {
			return false
		}
	}
	return false
}

// named tells whether a string that text begins within is the name of an entry: behind the quote that closes it stands a
// colon or one equals sign.
func named(text []byte, quote byte) bool {
	stop := min(len(text), maxJoin)
	i := bytes.IndexByte(text[:stop], quote)
	if i < 0 {
		return false
	}
	i = blank(text, i+1, stop)
	return i < stop && (text[i] == ':' || text[i] == '=' && i+1 < stop && text[i+1] != '=')
}

// hostPath tells whether text begins as an import path or a URL without its scheme does: two strings of that kind with
// nothing between them are a list.
func hostPath(text []byte) bool {
	dot := false
	for i, c := range text[:min(len(text), 48)] {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-':
		case c == '.' && i > 0:
			dot = true
		case c == '/':
			return dot
		default:
			return false
		}
	}
	return false
}

// blank skips white space.
func blank(text []byte, j, stop int) int {
	for j < stop && is(inSpace, text[j]) {
		j++
	}
	return j
}

func quote(c byte) bool { return c == '"' || c == '\'' || c == '`' }

// prefix is what may stand before an opening quote: f"", b"", r"", @"", $"".
func prefix(c byte) bool {
	switch c | 0x20 {
	case 'f', 'b', 'r', 'u', 'l':
		return true
	}
	return c == '@' || c == '$'
}

// operator reports whether text[j] belongs to a concatenation operator.
func operator(text []byte, j int) bool {
	switch text[j] {
	case '+', '.', '&', '|':
		return true
	case '<':
		return text[j+1] == '>'
	case '>': // of <>; alone, or twice, it quotes a reply or an answer in a log
		return text[j-1] == '<'
	}
	return false
}
