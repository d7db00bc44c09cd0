package interchange

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// escape handles a backslash outside of classes.
func (t *translator) escape() error {
	if t.at+1 >= len(t.in) {
		return fmt.Errorf("the regex ends in a backslash")
	}
	c := t.in[t.at+1]
	t.atom = true
	switch {
	case c >= '1' && c <= '9':
		return unsupported{"a back-reference"}
	case strings.IndexByte("kgKGXRNyY", c) >= 0:
		return unsupported{fmt.Sprintf("\\%c", c)}
	case c == 'Q':
		end := strings.Index(t.in[t.at:], `\E`)
		if end < 0 {
			end = len(t.in) - t.at
		}
		t.plain(min(end+len(`\E`), len(t.in)-t.at))
		return nil
	case c == 'Z':
		t.out.WriteString(`(?:\n?\z)`)
		t.at += 2
		return nil
	case c == 'b' && strings.HasPrefix(t.in[t.at+2:], "{start") || c == 'b' && strings.HasPrefix(t.in[t.at+2:], "{end"):
		return unsupported{"half a word boundary"}
	}
	t.letter(false)
	return nil
}

// letter writes an escaped character in or outside of a class.
func (t *translator) letter(inClass bool) {
	c := t.in[t.at+1]
	switch {
	case c == 'h':
		if inClass {
			t.out.WriteString(` \t`)
		} else {
			t.out.WriteString(`[ \t]`)
		}
	case c == 'e':
		t.out.WriteString(`\x1b`)
	case c == 'b' && inClass:
		t.out.WriteString(`\x08`)
	case c == 'u' || c == 'U':
		t.codePoint(c)
		return
	case c == '_' || c == ' ' || c == '\t' || c == '\n' || c == '<' || c == '>' || c == '/' || c >= utf8.RuneSelf:
		_, n := utf8.DecodeRuneInString(t.in[t.at+1:])
		t.out.WriteString(t.in[t.at+1 : t.at+1+n])
		t.at += 1 + n
		return
	default:
		t.out.WriteString(t.in[t.at : t.at+2])
	}
	t.at += 2
}

// codePoint writes \uXXXX, \UXXXXXXXX or \u{...}.
func (t *translator) codePoint(kind byte) {
	digits := map[byte]int{'u': 4, 'U': 8}[kind]
	rest := t.in[t.at+2:]
	if strings.HasPrefix(rest, "{") {
		if end := strings.IndexByte(rest, '}'); end > 0 {
			t.out.WriteString(`\x` + rest[:end+1])
			t.at += 2 + end + 1
			return
		}
	}
	if len(rest) >= digits {
		t.out.WriteString(`\x{` + rest[:digits] + `}`)
		t.at += 2 + digits
		return
	}
	t.out.WriteByte(kind)
	t.at += 2
}

// class copies a class. In Rust's verbose mode blanks in it do not count; sets of sets are refused.
func (t *translator) class() error {
	t.out.WriteByte('[')
	t.at++
	if strings.HasPrefix(t.in[t.at:], "^") {
		t.out.WriteByte('^')
		t.at++
	}
	for first := true; t.at < len(t.in); first = false {
		rest := t.in[t.at:]
		c := rest[0]
		switch {
		case c == ']' && first:
			t.out.WriteString(`\]`)
			t.at++
		case c == ']':
			t.out.WriteByte(']')
			t.at++
			t.atom = true
			return nil
		case c == '\\' && len(rest) > 1:
			t.letter(true)
		case strings.HasPrefix(rest, "[:") && strings.Contains(rest, ":]"):
			n := strings.Index(rest, ":]") + len(":]")
			t.out.WriteString(rest[:n])
			t.at += n
		case c == '[':
			t.out.WriteString(`\[`)
			t.at++
		case t.dialect == rustDialect && (strings.HasPrefix(rest, "&&") || strings.HasPrefix(rest, "~~")):
			return unsupported{"a set operation in a class"}
		case t.dialect == rustDialect && t.isVerbose() && strings.IndexByte(" \t\n\r", c) >= 0:
			t.at++
		default:
			_, n := utf8.DecodeRuneInString(rest)
			t.out.WriteString(rest[:n])
			t.at += n
		}
	}
	return fmt.Errorf("a class is not closed")
}
