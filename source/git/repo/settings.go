package repo

import (
	"bytes"
	"fmt"
	"strings"
)

// settings are the variables of a git configuration file, as git-config(1) names them: section and key in lower case, a
// subsection as it is written between them. The last value of a variable counts; one without a value is "true".
type settings map[string]string

// parseSettings reads a configuration file (git-config(1), "Syntax"). At a line that git would refuse it stops, and
// returns what stands before that with the error.
func parseSettings(text []byte) (settings, error) {
	p := settingsParser{rest: bytes.TrimPrefix(text, []byte("\ufeff")), line: 1, all: settings{}}
	for len(p.rest) > 0 && p.wrong == "" {
		p.item()
	}
	if p.wrong != "" {
		return p.all, fmt.Errorf("line %d: %s", p.line, p.wrong)
	}
	return p.all, nil
}

type settingsParser struct {
	rest    []byte
	line    int
	over    bool   // the end of the file was taken for a line's
	section string // with the subsection, and a dot behind
	all     settings
	wrong   string
}

// next takes a byte; a carriage return before a line feed is part of that, and the end of the file is one.
func (p *settingsParser) next() byte {
	if len(p.rest) == 0 {
		p.over = true
		return '\n'
	}
	c := p.rest[0]
	p.rest = p.rest[1:]
	if c == '\r' && len(p.rest) > 0 && p.rest[0] == '\n' {
		c = '\n'
		p.rest = p.rest[1:]
	}
	return c
}

// newline counts a line that has ended.
func (p *settingsParser) newline() {
	if !p.over {
		p.line++
	}
}

// item reads a section's header, a variable, a comment or white space.
func (p *settingsParser) item() {
	switch c := p.next(); {
	case c == '\n':
		p.newline()
	case c == ' ', c == '\t', c == '\r', c == '\v', c == '\f':
	case c == '#', c == ';':
		p.comment()
	case c == '[':
		p.header()
	case letter(c):
		p.variable(c)
	default:
		p.wrong = "neither a section nor a variable"
	}
}

func (p *settingsParser) comment() {
	for p.next() != '\n' {
	}
	p.newline()
}

// header reads what follows "[": a name, and a subsection in quotes or behind a dot.
func (p *settingsParser) header() {
	var name []byte
	for {
		switch c := p.next(); {
		case c == ']' && len(name) > 0:
			p.section = string(name) + "."
			return
		case letter(c), digit(c), c == '-', c == '.':
			name = append(name, lower(c))
		case c == ' ', c == '\t':
			p.subsection(string(name))
			return
		default:
			p.wrong = "a section's name does not end"
			return
		}
	}
}

// subsection reads white space, a name in quotes, and "]".
func (p *settingsParser) subsection(section string) {
	p.wrong = "a subsection does not stand in quotes, or does not end"
	c := p.next()
	for c == ' ' || c == '\t' {
		c = p.next()
	}
	if c != '"' {
		return
	}
	var name []byte
	for {
		c := p.next()
		if c == '"' {
			break
		}
		if c == '\\' {
			c = p.next()
		}
		if c == '\n' {
			return
		}
		name = append(name, c)
	}
	if p.next() != ']' {
		return
	}
	p.section, p.wrong = section+"."+string(name)+".", ""
}

// variable reads a variable whose name starts with first.
func (p *settingsParser) variable(first byte) {
	name := []byte{lower(first)}
	c := p.next()
	for ; letter(c) || digit(c) || c == '-'; c = p.next() {
		name = append(name, lower(c))
	}
	for c == ' ' || c == '\t' {
		c = p.next()
	}
	value := "true"
	switch c {
	case '\n':
		p.newline()
	case '=':
		value = p.value()
	default:
		p.wrong = "a variable's name has other bytes than letters, digits and hyphens"
	}
	if p.wrong == "" {
		p.all[p.section+string(name)] = value
	}
}

// value reads what follows "=" to the end of the line, which a backslash puts off.
func (p *settingsParser) value() string {
	var out []byte
	kept := 0 // bytes of out that are no white space at its end
	quoted := false
	for {
		c := p.next()
		switch {
		case c == '\n':
			p.newline()
			if quoted {
				p.wrong = "a quoted value does not end"
			}
			return string(out[:kept])
		case c == '\\':
			if c, ok := p.escape(); ok {
				out = append(out, c)
			}
			kept = len(out)
			continue
		case c == '"':
			quoted = !quoted
			kept = len(out)
			continue
		case quoted:
		case c == '#', c == ';':
			p.comment()
			return string(out[:kept])
		case c == ' ', c == '\t', c == '\r', c == '\v', c == '\f':
			if kept > 0 {
				out = append(out, c)
			}
			continue
		}
		out = append(out, c)
		kept = len(out)
	}
}

// escape reads what follows a backslash; false: a line goes on.
func (p *settingsParser) escape() (byte, bool) {
	switch c := p.next(); c {
	case '\n':
		p.newline()
	case 'n':
		return '\n', true
	case 't':
		return '\t', true
	case 'b':
		return '\b', true
	case '"', '\\':
		return c, true
	default:
		p.wrong = "an escape that git does not know"
	}
	return 0, false
}

// on tells whether a value is one of those that git takes for true.
func on(value string) bool {
	switch strings.ToLower(value) {
	case "true", "yes", "on", "1":
		return true
	}
	return false
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func digit(c byte) bool { return '0' <= c && c <= '9' }

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c |= 0x20
	}
	return c
}
