package repo

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/internal/gitenv"
)

// gitSettings returns what git reads in a configuration, and whether it refuses it.
func gitSettings(t *testing.T, text []byte) (settings, bool) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("git", "config", "--file", file, "--list", "-z")
	c.Env = gitenv.Away()
	out, err := c.Output()
	if err != nil {
		return nil, false
	}
	all := settings{}
	for _, one := range strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if one == "" {
			continue
		}
		name, value, ok := strings.Cut(one, "\n")
		if !ok {
			value = "true"
		}
		all[name] = value
	}
	return all, true
}

func TestSettingsAgreeWithGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is needed to compare with")
	}
	for _, text := range []string{
		"",
		"[core]\n\tbare = false\n\tworktree = ../x y\n",
		"[core] bare=true\n[core]\nbare\n",
		"\ufeff[Core]\r\n\tWorkTree = \"C:\\\\x\"\r\n",
		"# c\n; d\n[a \"B c\"]\n k-1 = v # w\n K2 = \" v # w \" ; x\n",
		"[a.Sub]\nk = 1\n[a \"q\\\"\\\\\"]\nk = 2\n",
		"[a]\nk = one \\\n two\nl = \"x\\n\\t\\b\\\"\"\n",
		"[a]\nk =\nl = \"\"\nm = x \"\" y\n",
		"[a]\nk = 1", "[a]\nk", "[a]",
		"[a\n", "[a \"b]\n", "[a \"b\"\n", "[a b]\n", "k = 1\n", "[a]\nk_ = 1\n", "[a]\nk = \"x\n", "[a]\nk = \\q\n", "[a]\n=1\n", "[a]\n1k = 1\n",
		"[a]\nk # c\n", "[a] # c\nk = 1 ; d\n", "[a]\n\n\tk = 1\n]\n", "[]\nk = 1\n", "<<<<<<< ours\n",
	} {
		want, ok := gitSettings(t, []byte(text))
		got, err := parseSettings([]byte(text))
		if ok != (err == nil) {
			t.Errorf("%q: git reads it: %v; we: %v", text, ok, err)
			continue
		}
		if diff := cmp.Diff(want, got); ok && diff != "" {
			t.Errorf("%q: -git +ours\n%s", text, diff)
		}
	}
}

// What is written by the book is read back, whatever the names and values.
func TestSettingsReadBack(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	word := func(from string, n int) string {
		var b strings.Builder
		for range 1 + rng.IntN(n) {
			b.WriteByte(from[rng.IntN(len(from))])
		}
		return b.String()
	}
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`)
	for range 300 {
		var text bytes.Buffer
		want := settings{}
		for range 1 + rng.IntN(4) {
			section := word("abcXYZ", 4)
			sub := word("ab .\\\"é#;]", 6)
			fmt.Fprintf(&text, "[%s \"%s\"] # comment\r\n", section, strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(sub))
			for range rng.IntN(4) {
				key, value := "k"+word("abcXYZ019-", 5), word("ab \t\n\\\"#;=[]é", 9)
				fmt.Fprintf(&text, "\t%s = \"%s\"   ; comment\n", key, quote.Replace(value))
				want[strings.ToLower(section)+"."+sub+"."+strings.ToLower(key)] = value
			}
		}
		got, err := parseSettings(text.Bytes())
		if err != nil {
			t.Fatalf("%q: %v", text.String(), err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q: -want +got\n%s", text.String(), diff)
		}
	}
}

// A broken line loses nothing that stands before it.
func TestSettingsBeforeABrokenLine(t *testing.T) {
	got, err := parseSettings([]byte("[core]\n\tbare = true\n[oops\n"))
	if err == nil || !strings.Contains(err.Error(), "line 3") || got["core.bare"] != "true" {
		t.Errorf("%v, %v", got, err)
	}
}

func FuzzSettings(f *testing.F) {
	f.Add([]byte("[core \"x\\\"\"] a = \"b\\n\" # c\n\tz\\\n y\r\n"))
	f.Add([]byte("[a.b]\nk"))
	f.Add([]byte("[core] a = \"b\\"))
	f.Fuzz(func(t *testing.T, text []byte) {
		all, err := parseSettings(text)
		for name := range all {
			if name == "" || name[len(name)-1] == '.' {
				t.Errorf("a variable %q", name)
			}
		}
		if lines := bytes.Count(text, []byte("\n")); err != nil {
			var at int
			if _, e := fmt.Sscanf(err.Error(), "line %d:", &at); e != nil || at < 1 || at > lines+1 {
				t.Errorf("%v of %d lines", err, lines)
			}
		}
	})
}
