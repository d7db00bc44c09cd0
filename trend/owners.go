package trend

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Owners tells teams by the rules of a CODEOWNERS file ("About code owners", GitHub, and "Code Owners syntax", GitLab,
// 2026): the last pattern that fits a path decides.
type Owners struct{ rules []ownerRule }

type ownerRule struct {
	pattern string
	team    string // the first owner; "": nobody on purpose
}

// ownerFiles are where platforms look, in their order.
var ownerFiles = []string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS", ".gitea/CODEOWNERS"}

// FindOwners reads the CODEOWNERS file of a repository; nil when it has none.
func FindOwners(root string) (*Owners, error) {
	for _, name := range ownerFiles {
		f, err := os.Open(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			continue
		}
		defer f.Close()
		return ReadOwners(f)
	}
	return nil, nil
}

// ReadOwners reads a CODEOWNERS file. Lines that make no sense are passed over, as platforms do.
func ReadOwners(r io.Reader) (*Owners, error) {
	var o Owners
	section := ""
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		if head := strings.TrimPrefix(line, "^"); head[:min(1, len(head))] == "[" { // a section of GitLab: [Name][2] @owners
			section = ""
			if i := strings.LastIndexByte(head, ']'); i >= 0 {
				section = firstWord(head[i+1:])
			}
			continue
		}
		fields := ownerFields(line)
		team := ""
		if len(fields) > 1 {
			team = fields[1]
		} else {
			team = section
		}
		if p := ownerPattern(fields[0]); doublestar.ValidatePattern(p) {
			o.rules = append(o.rules, ownerRule{p, strings.TrimPrefix(team, "@")})
		}
	}
	return &o, lines.Err()
}

func firstWord(s string) string {
	if f := strings.Fields(s); len(f) > 0 {
		return f[0]
	}
	return ""
}

// ownerFields splits a line at blanks that are not escaped, up to a comment.
func ownerFields(line string) []string {
	if i := strings.Index(line, " #"); i >= 0 {
		line = line[:i]
	}
	const mark = "\x00"
	fields := strings.Fields(strings.ReplaceAll(line, `\ `, mark))
	for i := range fields {
		fields[i] = strings.ReplaceAll(fields[i], mark, " ")
	}
	return fields
}

// ownerPattern turns a pattern, which is one of gitignore, into one that is matched with whole paths.
func ownerPattern(p string) string {
	folder := strings.HasSuffix(p, "/")
	p = strings.TrimSuffix(p, "/")
	anchored := strings.Contains(p, "/")
	p = strings.TrimPrefix(p, "/")
	if p == "*" || p == "" {
		return "**"
	}
	if !anchored {
		p = "**/" + p
	}
	if folder {
		return p + "/**"
	}
	return p
}

// Team returns who owns a path; "" is nobody.
func (o *Owners) Team(path string) string {
	if o == nil {
		return ""
	}
	path = strings.TrimPrefix(strings.TrimPrefix(path, "./"), "/")
	for i := len(o.rules) - 1; i >= 0; i-- {
		p := o.rules[i].pattern
		if doublestar.MatchUnvalidated(p, path) || !strings.HasSuffix(p, "/*") && doublestar.MatchUnvalidated(p+"/**", path) {
			return o.rules[i].team
		}
	}
	return ""
}
