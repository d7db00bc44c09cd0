package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"sync"

	"github.com/unleak/unleak/redact"
)

// The exit codes of a command that could not be started, as shells have them (POSIX.1-2017, XCU 2.8.2).
const (
	exitCannotRun = 126
	exitNotFound  = 127
	exitSignal    = 128 // and the signal's number
)

// redactCommand runs a command and passes its standard output and standard error on, each by itself. It returns when the
// command has ended and both are at their end.
func (a *app) redactCommand(r *redact.Redactor, args []string) error {
	c := exec.Command(args[0], args[1:]...)
	c.Stdin = a.stdin
	stdout, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	stderr, err := c.StderrPipe()
	if err != nil {
		return err
	}
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, forwarded()...)
	defer signal.Stop(signals)
	if err := c.Start(); err != nil {
		a.complain("unleak: redact: ", err)
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
			return exitCode(exitNotFound)
		}
		return exitCode(exitCannotRun)
	}
	done := make(chan struct{})
	var forwarding sync.WaitGroup
	forwarding.Go(func() {
		for {
			select {
			case s := <-signals:
				if !sentToGroup(s) {
					_ = c.Process.Signal(s) // fails only when the command has ended
				}
			case <-done:
				return
			}
		}
	})
	var copying sync.WaitGroup
	var errs [2]error
	for i, s := range []struct {
		name string
		from io.ReadCloser
		to   io.Writer
	}{{"stdout", stdout, a.stdout}, {"stderr", stderr, a.stderr}} {
		copying.Go(func() { errs[i] = passOn(r.NewNamedWriter(s.to, s.name), s.from, s.name) })
	}
	copying.Wait()
	ended := c.Wait()
	close(done)
	forwarding.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	return commandEnd(c.ProcessState, ended)
}

// passOn copies a command's output. When that cannot go on, the command learns it as from a closed pipe.
func passOn(w *redact.Writer, from io.ReadCloser, name string) error {
	_, err := io.CopyBuffer(plainWriter{w}, from, make([]byte, 256<<10))
	if e := w.Close(); err == nil {
		err = e
	}
	from.Close()
	if err != nil {
		return fmt.Errorf("%s of the command: %w", name, err)
	}
	return nil
}

// commandEnd turns a command's end into an exit code.
func commandEnd(state *os.ProcessState, err error) error {
	if err == nil {
		return nil
	}
	if n := endedBy(state); n > 0 {
		return exitCode(exitSignal + n)
	}
	if _, ok := errors.AsType[*exec.ExitError](err); ok {
		return exitCode(state.ExitCode())
	}
	return fmt.Errorf("redact: %w", err)
}
