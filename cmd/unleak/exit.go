package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/unleak/unleak/redact"
)

// The exit codes. Findings outrank what was left unread.
const (
	exitClean       = 0
	exitFindings    = 1
	exitFailure     = 2 // usage, configuration, or a fatal error
	exitIncomplete  = 3 // no findings, but something was not read
	exitInterrupted = 130
)

const exitHelp = `Exit status: 0 clean and complete, 1 findings, 2 usage, configuration or fatal error,
or nothing was read, 3 no findings but something was not read, 130 interrupted (what was
found is reported).`

// Outcomes that are no failures of the program.
var (
	errFindings   = errors.New("findings")
	errIncomplete = errors.New("incomplete")
)

// exitCode is an outcome with an exit code of its own, as of a wrapped command.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit status %d", int(c)) }

// exit maps what a command returned to the exit code, and says what went wrong.
func (a *app) exit(err error) int {
	var code exitCode
	switch {
	case err == nil:
		return exitClean
	case errors.As(err, &code):
		return int(code)
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.Is(err, errIncomplete):
		return exitIncomplete
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(a.stderr, "unleak: interrupted; what was found so far is reported")
		return exitInterrupted
	}
	a.complain("unleak: ", err)
	return exitFailure
}

// complain writes an error on standard error, with a marker for each credential in it: what was mistyped, or is not
// there, may have one in its name.
func (a *app) complain(before string, err error) {
	text := "error whose text cannot be shown"
	if r, e := redact.New(redact.Options{Key: []byte(os.Getenv("UNLEAK_ID_KEY"))}); e == nil {
		text = r.String(err.Error())
	}
	fmt.Fprintf(a.stderr, "%s%s\n", before, text)
}
