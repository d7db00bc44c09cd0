package store

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/unleak/unleak/finding"
)

// bounds of a file
const (
	maxFile  = 256 << 20 // bytes of one that is read as a store
	maxStray = 100       // lines told one by one that are no NAME=VALUE
)

// file is a .env or JSON file.
type file struct{ path string }

func openFile(path string) (source, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("store: %w (want a file, or KIND://HOST/PATH; see docs/stores.md)", err)
	}
	if info.IsDir() || info.Size() > maxFile {
		return nil, fmt.Errorf("store %s: want a .env or JSON file of at most 256 MiB", path)
	}
	return &file{path}, nil
}

func (f *file) name() string { return "file " + filepath.ToSlash(f.path) }

func (f *file) read(_ context.Context, r *reader) error {
	text, err := os.ReadFile(f.path)
	if err != nil {
		return err
	}
	base := entry{path: filepath.Base(f.path), current: true, file: true}
	if info, err := os.Stat(f.path); err == nil {
		base.changed = info.ModTime().UTC().Truncate(time.Second)
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if binary(text) {
		return fmt.Errorf("no text: want a .env or JSON file in UTF-8")
	}
	start := bytes.TrimLeft(text, " \t\r\n")
	if len(start) > 0 && (start[0] == '{' || start[0] == '[') {
		all, err := parseLeaves(bytes.NewReader(text))
		if err != nil {
			return fmt.Errorf("no valid JSON: %w", withoutText(err))
		}
		r.file(base, all)
		return nil
	}
	all, stray := parseEnv(string(text))
	for _, s := range stray.first {
		r.skip(fmt.Sprintf("%s:%d", base.path, s.line), finding.SkipCorrupt, s.why)
	}
	if stray.more > 0 {
		r.skip(base.path, finding.SkipCorrupt, fmt.Sprintf("%d more lines like these", stray.more))
	}
	r.file(base, all)
	return nil
}

// binary tells what no .env or JSON file holds: a NUL, or control characters in what is no UTF-8 either.
func binary(text []byte) bool {
	if bytes.IndexByte(text, 0) >= 0 {
		return true
	}
	return !utf8.Valid(text) && bytes.ContainsFunc(text, func(c rune) bool { return c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' })
}

// strayLines are those that could not be read.
type strayLines struct {
	first []strayLine
	more  int // beyond maxStray
	last  int // the last of all
}

type strayLine struct {
	line int // from 1
	why  string
}

func (s *strayLines) add(line int, why string) {
	s.last = line
	if len(s.first) == maxStray {
		s.more++
		return
	}
	s.first = append(s.first, strayLine{line, why})
}

func (r *reader) file(base entry, all []leaf) {
	for _, l := range all {
		e := base
		e.key = l.key
		r.value(e, l.text)
	}
	r.count("secrets", int64(len(all)))
}

// withoutText keeps a JSON error from quoting what it met.
func withoutText(err error) error {
	if strings.Contains(err.Error(), "nested") || strings.Contains(err.Error(), "more than one") {
		return err
	}
	return fmt.Errorf("it does not parse")
}

// parseEnv reads the format that shells, Docker and the dotenv libraries share: NAME=VALUE lines, "export" before them,
// # comments, single quotes (as it is), double quotes (with \n, \r, \t, \", \\ and \$, over several lines).
// What is nothing of that is left out and told, and the next line is read.
func parseEnv(text string) (out []leaf, stray strayLines) {
	line := 0
	for text != "" {
		line++
		rest := strings.TrimLeft(text, " \t\r")
		if i := strings.IndexByte(rest, '\n'); rest == "" || rest[0] == '\n' || rest[0] == '#' {
			text = ""
			if i >= 0 {
				text = rest[i+1:]
			}
			continue
		}
		if after, ok := strings.CutPrefix(rest, "export "); ok {
			rest = strings.TrimLeft(after, " \t")
		}
		i := strings.IndexAny(rest, "=\n")
		if i <= 0 || rest[i] != '=' || stray.last > 0 && stray.last == line-1 && padding(rest[i:]) {
			stray.add(line, "want NAME=VALUE, or a JSON document")
			_, text, _ = strings.Cut(rest, "\n")
			continue
		}
		name := strings.TrimSpace(rest[:i])
		value, n, err := envValue(strings.TrimLeft(rest[i+1:], " \t"))
		if err != nil {
			stray.add(line, err.Error())
			_, text, _ = strings.Cut(rest, "\n")
			continue
		}
		tail := strings.TrimLeft(rest[i+1:], " \t")
		line += strings.Count(tail[:n], "\n")
		text = tail[n:]
		if k := strings.IndexByte(text, '\n'); k >= 0 {
			text = text[k+1:]
		} else {
			text = ""
		}
		out = append(out, leaf{name, value})
	}
	return out, stray
}

// padding tells whether a line ends like base64: behind a line of an unquoted key block it is no name, and not to be shown.
func padding(s string) bool {
	s, _, _ = strings.Cut(s, "\n")
	return strings.Trim(s, "= \t\r") == ""
}

// envValue reads a value and tells how many bytes it takes.
func envValue(s string) (string, int, error) {
	if s == "" || s[0] != '"' && s[0] != '\'' && s[0] != '`' {
		end := strings.IndexByte(s, '\n')
		if end < 0 {
			end = len(s)
		}
		v := s[:end]
		for _, comment := range []string{" #", "\t#"} {
			if i := strings.Index(v, comment); i >= 0 {
				v = v[:i]
			}
		}
		return strings.TrimSpace(v), end, nil
	}
	quote := s[0]
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == quote:
			return b.String(), i + 1, nil
		case c == '\\' && quote == '"' && i+1 < len(s):
			i++
			if k := strings.IndexByte("nrt", s[i]); k >= 0 {
				b.WriteByte("\n\r\t"[k])
			} else if strings.IndexByte(`"\$`+"`", s[i]) >= 0 {
				b.WriteByte(s[i])
			} else {
				b.WriteString(`\` + s[i:i+1])
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", 0, fmt.Errorf("a quote is not closed")
}
