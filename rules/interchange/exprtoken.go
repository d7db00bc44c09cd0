package interchange

import (
	"fmt"
	"strconv"
	"strings"
)

// next reads the next token.
func (p *exprParser) next() error {
	p.skip()
	p.token, p.value, p.kind = "", "", 0
	if p.at >= len(p.in) {
		return nil
	}
	rest := p.in[p.at:]
	c := rest[0]
	switch {
	case c == '`' || c == '"' || c == '\'':
		return p.quoted(c)
	case strings.HasPrefix(rest, `r"""`): // as CEL writes raw strings
		end := strings.Index(rest[4:], `"""`)
		if end < 0 {
			return fmt.Errorf("a string is not closed")
		}
		p.kind, p.value, p.at = 's', rest[4:4+end], p.at+4+end+3
	case isDigit(c):
		n := 1
		for n < len(rest) && (isDigit(rest[n]) || rest[n] == '.' || rest[n] == '_') {
			n++
		}
		p.kind, p.token, p.at = 'd', strings.ReplaceAll(rest[:n], "_", ""), p.at+n
	case isLetter(c):
		n := 1
		for n < len(rest) && (isLetter(rest[n]) || isDigit(rest[n])) {
			n++
		}
		p.kind, p.token, p.at = 'n', rest[:n], p.at+n
	default:
		p.kind, p.token = 'o', rest[:1]
		for _, op := range []string{"||", "&&", "==", "!=", "<=", ">=", "??", "?."} {
			if strings.HasPrefix(rest, op) {
				p.token = op
			}
		}
		p.at += len(p.token)
	}
	return nil
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }

// skip passes blanks and comments.
func (p *exprParser) skip() {
	for p.at < len(p.in) {
		rest := p.in[p.at:]
		switch {
		case strings.IndexByte(" \t\r\n", rest[0]) >= 0:
			p.at++
		case strings.HasPrefix(rest, "//"), rest[0] == '#':
			if i := strings.IndexByte(rest, '\n'); i >= 0 {
				p.at += i
			} else {
				p.at = len(p.in)
			}
		case strings.HasPrefix(rest, "/*"):
			if i := strings.Index(rest, "*/"); i >= 0 {
				p.at += i + 2
			} else {
				p.at = len(p.in)
			}
		default:
			return
		}
	}
}

// quoted reads a string; in back quotes it stands as it is.
func (p *exprParser) quoted(quote byte) error {
	for i := p.at + 1; i < len(p.in); i++ {
		switch {
		case p.in[i] == '\\' && quote != '`':
			i++
		case p.in[i] == quote:
			raw := p.in[p.at+1 : i]
			p.at, p.kind = i+1, 's'
			if quote == '`' {
				p.value = raw
				return nil
			}
			value, err := unescape(raw, quote)
			p.value = value
			return err
		}
	}
	return fmt.Errorf("a string is not closed")
}

func unescape(raw string, quote byte) (string, error) {
	var b strings.Builder
	for raw != "" {
		r, multibyte, rest, err := strconv.UnquoteChar(raw, quote)
		if err != nil {
			return "", fmt.Errorf("the string %q is not well escaped", raw)
		}
		if r < 0x80 || !multibyte {
			b.WriteByte(byte(r))
		} else {
			b.WriteRune(r)
		}
		raw = rest
	}
	return b.String(), nil
}
