package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// silence is a server that takes connections and never says a word. It tells of the first.
func silence(t *testing.T) (address string, called <-chan bool) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	first := make(chan bool, 1)
	var kept []net.Conn
	done := make(chan bool)
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			kept = append(kept, c)
			select {
			case first <- true:
			default:
			}
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
		for _, c := range kept {
			c.Close()
		}
	})
	return l.Addr().String(), first
}

// TestInterruptWhileOthersAreSilent interrupts runs that wait for a server which will not answer: they end soon, and
// leave whole reports that tell of the interrupt.
func TestInterruptWhileOthersAreSilent(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no process is interrupted by another there")
	}
	leak := "token = ghp_NqVwYS81VP7Hb" + "1DX8pPd5khxE3pyIg3sJb3R\n"
	cases := map[string]struct {
		args []string
		exit int
		skip string // what the report names as not done; "": nothing
	}{
		"a store":       {[]string{"dir", "leak.txt", "--store", "vault://HOST/secret"}, exitInterrupted, "the rest"},
		"an issuer":     {[]string{"dir", "leak.txt", "--verify", "--verify-proxy", "http://HOST"}, exitInterrupted, "verification"},
		"a SIEM":        {[]string{"dir", "leak.txt", "--events", "http://HOST/x", "--events-spool", "spool"}, exitFindings, ""},
		"a registry":    {[]string{"image", "HOST/a/b:c", "--insecure"}, exitInterrupted, "the rest"},
		"a git server":  {[]string{"git", "http://HOST/x.git"}, exitInterrupted, "the rest"},
		"beside a scan": {[]string{"scan", "leak.txt", "http://HOST/x.git"}, exitInterrupted, "the rest"},
		"as it goes on": {[]string{"scan", "leak.txt", "http://HOST/x.git", "--format", "jsonl"}, exitInterrupted, "the rest"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "leak.txt"), []byte(leak), 0o600); err != nil {
				t.Fatal(err)
			}
			address, called := silence(t)
			p := start(t, dir, append(strings.Fields(strings.ReplaceAll(strings.Join(c.args, " "), "HOST", address)), "--quiet", "--report", "json:out.json", "--report", "sarif:out.sarif"))
			select {
			case <-called:
			case err := <-p.ended:
				t.Fatalf("ended before it asked: %v\n%s", err, &p.said)
			case <-time.After(time.Minute):
				t.Fatal("nobody is asked")
			}
			if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			select {
			case <-p.ended:
			case <-time.After(30 * time.Second):
				t.Fatalf("still running half a minute after the interrupt\n%s", &p.said)
			}
			if got := p.cmd.ProcessState.ExitCode(); got != c.exit {
				t.Errorf("exit status %d, want %d\n%s", got, c.exit, &p.said)
			}
			told(t, dir, c.skip)
		})
	}
}

// process is a running unleak.
type process struct {
	cmd   *exec.Cmd
	said  bytes.Buffer // to be read once it has ended
	ended chan error
}

// start starts this test program as unleak, in a folder of its own.
func start(t *testing.T, dir string, args []string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: exec.Command(self, args...), ended: make(chan error, 1)}
	p.cmd.Args[0] = "unleak"
	p.cmd.Dir = dir
	p.cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "VAULT_TOKEN=x", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull, "http_proxy=", "HTTP_PROXY=", "no_proxy=*")
	p.cmd.Stderr = &p.said
	p.cmd.WaitDelay = time.Second
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	go func() { p.ended <- p.cmd.Wait() }()
	return p
}

// told checks that the reports are whole, and that they name what an interrupt kept from being done.
func told(t *testing.T, dir, skip string) {
	t.Helper()
	var sarif map[string]any
	text, err := os.ReadFile(filepath.Join(dir, "out.sarif"))
	if err = errors.Join(err, json.Unmarshal(text, &sarif)); err != nil {
		t.Errorf("out.sarif: %v", err)
	}
	var r struct {
		Coverage struct {
			Complete bool
			Examples []struct{ Name, Reason string }
		}
	}
	text, err = os.ReadFile(filepath.Join(dir, "out.json"))
	if err = errors.Join(err, json.Unmarshal(text, &r)); err != nil {
		t.Fatalf("out.json: %v", err)
	}
	if r.Coverage.Complete != (skip == "") {
		t.Errorf("complete: %v", r.Coverage.Complete)
	}
	for _, e := range r.Coverage.Examples {
		if e.Reason == "interrupted" && e.Name == skip {
			return
		}
	}
	if skip != "" {
		t.Errorf("out.json does not say that %s was interrupted: %+v", skip, r.Coverage)
	}
}
