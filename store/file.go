package store

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// maxFile is the largest file that is read as a store.
const maxFile = 256 << 20

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
	base := entry{path: filepath.Base(f.path), current: true}
	if info, err := os.Stat(f.path); err == nil {
		base.changed = info.ModTime().UTC().Truncate(time.Second)
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	start := bytes.TrimLeft(text, " \t\r\n")
	if len(start) > 0 && (start[0] == '{' || start[0] == '[') {
		all, err := parseLeaves(bytes.NewReader(text))
		if err != nil {
			return fmt.Errorf("no valid JSON: %w", withoutText(err))
		}
		r.file(base, all)
		return nil
	}
	all, err := parseEnv(string(text))
	if err != nil {
		return err
	}
	r.file(base, all)
	return nil
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
func parseEnv(text string) ([]leaf, error) {
	var out []leaf
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
		if i <= 0 || rest[i] != '=' {
			return nil, fmt.Errorf("line %d: want NAME=VALUE, or a JSON document", line)
		}
		name := strings.TrimSpace(rest[:i])
		value, n, err := envValue(strings.TrimLeft(rest[i+1:], " \t"))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
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
	return out, nil
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
