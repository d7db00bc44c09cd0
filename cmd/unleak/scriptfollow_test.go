package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// followKey is where a script keeps its follower.
type followKey struct{}

// follower is a program that runs on while a script goes on.
type follower struct {
	cmd      *exec.Cmd
	out, err lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// follow runs a program beside the script:
//
//	follow start ARG...        starts unleak
//	follow append LOG FILE     adds a file's text to a log, a few bytes at a time
//	follow findings N          waits until it has told of so many findings
//	follow lines N             waits until it has written so many lines
//	follow code N              sends SIGTERM and wants the exit status N
//	follow kill                kills it
//	follow out|err FILE        writes what it wrote to a file
func (s *follower) follow(ts *testscript.TestScript, _ bool, args []string) {
	switch args[0] {
	case "start":
		s.start(ts, args[1:])
	case "append":
		f, err := os.OpenFile(ts.MkAbs(args[1]), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		ts.Check(err)
		text := ts.ReadFile(args[2])
		for at := 0; at < len(text); at += 31 {
			_, err := f.WriteString(text[at:min(len(text), at+31)])
			ts.Check(err)
			time.Sleep(5 * time.Millisecond)
		}
		ts.Check(f.Close())
	case "findings", "lines":
		var n int
		_, err := fmt.Sscan(args[1], &n)
		ts.Check(err)
		mark := `"type":"finding"`
		if args[0] == "lines" {
			mark = "\n"
		}
		for limit := time.Now().Add(time.Minute); bytes.Count([]byte(s.out.String()), []byte(mark)) < n; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(limit) {
				ts.Fatalf("no %s %d in\n%s%s", args[0], n, s.out.String(), s.err.String())
			}
		}
	case "code":
		ts.Check(s.cmd.Process.Signal(syscall.SIGTERM))
		_ = s.cmd.Wait()
		if got := fmt.Sprint(s.cmd.ProcessState.ExitCode()); got != args[1] {
			ts.Fatalf("exit status %s, want %s\n%s%s", got, args[1], s.out.String(), s.err.String())
		}
	case "kill":
		ts.Check(s.cmd.Process.Kill())
		_ = s.cmd.Wait()
	case "out":
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(s.out.String()), 0o644))
	case "err":
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(s.err.String()), 0o644))
	default:
		ts.Fatalf("follow %s is unknown", args[0])
	}
}

func (s *follower) start(ts *testscript.TestScript, args []string) {
	self, err := os.Executable()
	ts.Check(err)
	*s = follower{}
	s.cmd = exec.Command(self, args...)
	s.cmd.Args[0] = "unleak" // tells the test binary which program to be
	s.cmd.Dir = ts.MkAbs(".")
	s.cmd.Env = append(os.Environ(), "HOME="+ts.Getenv("HOME"), "XDG_CONFIG_HOME="+ts.Getenv("XDG_CONFIG_HOME"))
	s.cmd.Stdout, s.cmd.Stderr = &s.out, &s.err
	ts.Check(s.cmd.Start())
	process := s.cmd.Process
	ts.Defer(func() { _ = process.Kill() })
}
