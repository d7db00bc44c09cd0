package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// globbed returns the names of files as the arguments give them, or as they match one.
func globbed(ts *testscript.TestScript, args []string) []string {
	var out []string
	for _, pattern := range args {
		found, err := filepath.Glob(ts.MkAbs(pattern))
		ts.Check(err)
		if len(found) == 0 {
			ts.Fatalf("no file %s", pattern)
		}
		for _, f := range found {
			name, err := filepath.Rel(ts.MkAbs("."), f)
			ts.Check(err)
			out = append(out, filepath.ToSlash(name))
		}
	}
	return out
}

// zip ARCHIVE FILE... writes a zip archive.
func zipFiles(ts *testscript.TestScript, _ bool, args []string) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range globbed(ts, args[1:]) {
		m, err := w.Create(name)
		ts.Check(err)
		_, err = io.WriteString(m, ts.ReadFile(name))
		ts.Check(err)
	}
	ts.Check(w.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o644))
}

// cut FILE TO N writes the first N bytes of a file.
func cut(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(ts.ReadFile(args[0])[:n]), 0o644))
}

// interrupt [when LOG N] FILE PROGRAM ARG... runs a program whose standard input is a pipe that gives the file and then
// nothing more, interrupts it once it has read that, a file has so many lines, and it has had time to think, and wants
// the exit status 130. The report goes to stdout as in exec.
func interrupt(ts *testscript.TestScript, _ bool, args []string) {
	ready := func() bool { return true }
	if args[0] == "when" {
		log := ts.MkAbs(args[1])
		n, err := strconv.Atoi(args[2])
		ts.Check(err)
		ready = func() bool {
			text, err := os.ReadFile(log)
			return err == nil && bytes.Count(text, []byte("\n")) >= n
		}
		args = args[3:]
	}
	self, err := os.Executable()
	ts.Check(err)
	c := exec.Command(self, args[2:]...)
	c.Args[0] = args[1] // tells the test binary which program to be
	c.Dir = ts.MkAbs(".")
	c.Env = append(os.Environ(), "HOME="+ts.Getenv("HOME"), "XDG_CONFIG_HOME="+ts.Getenv("XDG_CONFIG_HOME"))
	c.Stdout, c.Stderr = ts.Stdout(), ts.Stderr()
	out, in, err := os.Pipe()
	ts.Check(err)
	defer out.Close()
	defer in.Close()
	c.Stdin = out
	ts.Check(c.Start())
	defer func() { _ = c.Process.Kill() }()
	_, err = io.WriteString(in, ts.ReadFile(args[0]))
	ts.Check(err)
	for limit := time.Now().Add(time.Minute); !drained(out) || !ready(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(limit) {
			ts.Fatalf("%q does not get on", args)
		}
	}
	time.Sleep(1500 * time.Millisecond)
	ts.Check(c.Process.Signal(os.Interrupt))
	_ = c.Wait()
	if got := c.ProcessState.ExitCode(); got != exitInterrupted {
		ts.Fatalf("exit status %d, want %d", got, exitInterrupted)
	}
}

var tokenForm = regexp.MustCompile(`ghp_[0-9A-Za-z]{36}`)

// token returns the token in a file.
func token(ts *testscript.TestScript, name string) string {
	t := tokenForm.FindString(ts.ReadFile(name))
	if t == "" {
		ts.Fatalf("%s holds no token", name)
	}
	return t
}

// named FILE [OTHER] writes a file that has the token of FILE as a part of its name, and as its content or what OTHER has.
func named(ts *testscript.TestScript, _ bool, args []string) {
	t := token(ts, args[0])
	text := "old: " + t + "\n"
	if len(args) > 1 {
		text = ts.ReadFile(args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs("backup-"+t+".txt"), []byte(text), 0o644))
}

// masked FILE REPORT... checks that no report holds eight characters on end of the token in FILE, its four telling
// ones aside, as they are or encoded.
func masked(ts *testscript.TestScript, _ bool, args []string) {
	const run = 8
	value := token(ts, args[0])
	var forms []string
	for i := len("ghp_"); i+run <= len(value); i++ {
		part := value[i : i+run]
		forms = append(forms, part, hex.EncodeToString([]byte(part)), strings.ToUpper(hex.EncodeToString([]byte(part))))
		if i+9 <= len(value) {
			forms = append(forms, base64.StdEncoding.EncodeToString([]byte(value[i:i+9]))) // at each of the three offsets in turn
		}
	}
	for _, name := range args[1:] {
		text := ts.ReadFile(name)
		if len(text) == 0 {
			ts.Fatalf("%s is empty", name)
		}
		for _, f := range forms {
			if strings.Contains(text, f) {
				ts.Fatalf("%s holds %q of the secret", name, f)
			}
		}
	}
}

// history FILE... makes commits on several branches: each file comes, moves, is copied and changed, and goes.
func history(ts *testscript.TestScript, _ bool, args []string) {
	git := func(args ...string) { ts.Check(ts.Exec("git", args...)) }
	commit := func(what string) {
		git("add", "-A")
		git("commit", "-q", "-m", what)
	}
	for i, from := range args {
		text := ts.ReadFile(from)
		name := fmt.Sprintf("f%d.txt", i)
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o644))
		commit("add " + name)
		git("checkout", "-q", "-b", fmt.Sprintf("side%d", i))
		git("mv", name, "moved-"+name)
		commit("move " + name)
		git("checkout", "-q", "main")
		for k := range 20 {
			text = fmt.Sprintf("line %d\n%s", k, text)
			ts.Check(os.WriteFile(ts.MkAbs("copy-"+name), []byte(text), 0o644))
			commit(fmt.Sprintf("change %d", k))
		}
		git("rm", "-q", name)
		commit("remove " + name)
	}
}

// damage FOLDER changes a byte in the middle of every file of a folder.
func damage(ts *testscript.TestScript, _ bool, args []string) {
	files, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(files) == 0 {
		ts.Fatalf("%s is empty", args[0])
	}
	for _, f := range files {
		name := filepath.Join(args[0], f.Name())
		text := []byte(ts.ReadFile(name))
		text[len(text)/2] ^= 1
		ts.Check(os.WriteFile(ts.MkAbs(name), text, 0o600))
	}
}

// repository FOLDER FILE... makes a repository of one commit with the files.
func repository(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(ts.Exec("git", "init", "-q", "-b", "main", args[0]))
	for _, name := range args[1:] {
		to := ts.MkAbs(filepath.Join(args[0], name))
		ts.Check(os.MkdirAll(filepath.Dir(to), 0o755))
		ts.Check(os.WriteFile(to, []byte(ts.ReadFile(name)), 0o644))
	}
	ts.Check(ts.Exec("git", "-C", args[0], "add", "-A"))
	ts.Check(ts.Exec("git", "-C", args[0], "commit", "-q", "-m", "first"))
}
