package files

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/unleak/unleak/internal/plainfile"
)

// ignores are the .gitignore rules in force in one folder: those of the folder, then those of the folders above, up to
// the top of the repository and its .git/info/exclude.
type ignores struct {
	up      *ignores
	rules   []ignoreRule
	base    string   // absolute folder the rules are relative to
	at      string   // absolute folder they are in force in
	all     bool     // the folder itself is ignored, and walked for what is tracked in it
	tracked *tracked // nil outside a repository
}

// ignoreRule is one line of a .gitignore file; see gitignore(5), "PATTERN FORMAT".
type ignoreRule struct {
	glob     string
	literal  bool // glob has no special character
	negated  bool
	dirOnly  bool
	anchored bool // matched against the path below base, else against the name
}

// most bytes of a .gitignore file that are read
const maxIgnoreFile = 1 << 20

// newIgnores gathers the rules of the folders above dir, as far as dir lies within a repository.
func newIgnores(dir string) *ignores {
	top := dir
	for {
		if _, err := os.Lstat(filepath.Join(top, ".git")); err == nil {
			break
		}
		up := filepath.Dir(top)
		if up == top {
			return &ignores{at: dir, base: dir}
		}
		top = up
	}
	ig := &ignores{
		base: top, rules: readIgnores(filepath.Join(gitDir(top), "info", "exclude")), tracked: readTracked(top),
	}
	rel, err := filepath.Rel(top, dir)
	if err == nil && rel != "." {
		at := top
		for _, part := range strings.Split(rel, string(filepath.Separator)) {
			ig = ig.below(at)
			at = filepath.Join(at, part)
		}
	}
	ig.at = dir
	return ig
}

// below adds the rules of the file in dir.
func (ig *ignores) below(dir string) *ignores {
	rules := readIgnores(filepath.Join(dir, ".gitignore"))
	if len(rules) == 0 {
		return ig
	}
	return &ignores{up: ig, rules: rules, base: dir, at: dir, all: ig.all, tracked: ig.tracked}
}

// enter returns the rules in force in folder d, which holds entries. A repository within another has its own.
func (ig *ignores) enter(d folder, entries []fs.DirEntry) *ignores {
	here := *ig
	here.at = d.real
	if holds(entries, ".git") && (ig.tracked == nil || ig.tracked.top != d.real) {
		here = *newIgnores(d.real)
	}
	if !holds(entries, ".gitignore") {
		return &here
	}
	return here.below(d.real)
}

func holds(entries []fs.DirEntry, name string) bool {
	_, found := slices.BinarySearchFunc(entries, name, func(e fs.DirEntry, name string) int {
		return strings.Compare(e.Name(), name)
	})
	return found
}

// inside returns the rules for the folder name, should it be walked.
func (ig *ignores) inside(name string) *ignores {
	if ig == nil || ig.all || !ig.named(name, true) {
		return ig
	}
	sub := *ig
	sub.all = true
	return &sub
}

// match tells whether a name in the folder the rules are in force in is ignored.
func (ig *ignores) match(name string, dir bool) bool {
	if ig == nil || !ig.all && !ig.named(name, dir) {
		return false
	}
	return ig.tracked == nil || !ig.tracked.has(join(ig.at, name), dir)
}

// named tells whether the rules name it. The last rule of the innermost file decides.
func (ig *ignores) named(name string, dir bool) bool {
	full := join(ig.at, name)
	for level := ig; level != nil; level = level.up {
		rel := strings.TrimPrefix(full[len(level.base):], string(filepath.Separator))
		rel = filepath.ToSlash(rel)
		for _, r := range slices.Backward(level.rules) {
			if r.matches(rel, name, dir) {
				return !r.negated
			}
		}
	}
	return false
}

func (r *ignoreRule) matches(rel, name string, dir bool) bool {
	if r.dirOnly && !dir {
		return false
	}
	text := name
	if r.anchored {
		text = rel
	}
	if r.literal {
		return r.glob == text
	}
	return doublestar.MatchUnvalidated(r.glob, text)
}

func readIgnores(path string) []ignoreRule {
	f, err := plainfile.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	text := make([]byte, maxIgnoreFile)
	n, _ := fill(f, text)
	var rules []ignoreRule
	for line := range strings.Lines(strings.TrimPrefix(string(text[:n]), "\uFEFF")) {
		if r, ok := parseIgnore(strings.TrimRight(line, "\r\n")); ok {
			rules = append(rules, r)
		}
	}
	return rules
}

func parseIgnore(line string) (ignoreRule, bool) {
	var r ignoreRule
	for strings.HasSuffix(line, " ") && !strings.HasSuffix(line, `\ `) {
		line = line[:len(line)-1]
	}
	if line == "" || line[0] == '#' {
		return r, false
	}
	if line[0] == '!' {
		r.negated, line = true, line[1:]
	}
	if strings.HasSuffix(line, "/") {
		r.dirOnly, line = true, strings.TrimRight(line, "/")
	}
	r.anchored = strings.Contains(line, "/")
	line = strings.TrimPrefix(line, "/")
	if line == "" {
		return r, false
	}
	line = strings.NewReplacer("{", `\{`, "}", `\}`).Replace(line) // git knows no braces
	if strings.HasSuffix(line, "/**") {
		line += "/*" // everything inside, not the folder itself
	}
	r.glob = line
	r.literal = !strings.ContainsAny(line, `*?[\`)
	return r, r.literal || doublestar.ValidatePattern(line)
}
