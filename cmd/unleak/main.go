// Unleak finds leaked credentials in git history, working trees, container images and logs.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
)

func main() {
	spareStart()
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// spareStart keeps the garbage collector from running for what a start allocates: a hook that looks at one file, or a
// scan of a small repository, is done before it would pay. What runs longer is collected as usual.
func spareStart() {
	usual := debug.SetGCPercent(1600) // of at least 4 MB
	time.AfterFunc(time.Second, func() { debug.SetGCPercent(usual) })
}

// run is the program: it returns the exit code. Only main exits.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interrupt ends the program at once
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr}
	root := newRoot(a)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	if completing(args) {
		offer(root)
	}
	defer a.stopProfile()
	if err := unknownCommand(root, args); err != nil {
		return a.exit(err)
	}
	return a.exit(root.ExecuteContext(ctx))
}
