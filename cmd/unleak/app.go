package main

import (
	"fmt"
	"io"
	"os"
	"runtime/pprof"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/unleak/unleak/events"
)

// app is what every command shares: the standard streams and the flags that mean the same everywhere.
type app struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer

	quiet      bool
	noProgress bool
	cpuProfile string
	profile    *os.File
	watch      *events.Record // gathers the audit lines of the run; nil: no events are wanted
}

const longHelp = `unleak finds leaked credentials in git history, working trees, container images and
logs, proves what it can offline, and on request asks the issuer whether a leaked key is
still live. It masks secrets in every output and uses no network unless asked.

` + exitHelp

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:           "unleak",
		Short:         "Find leaked credentials",
		Long:          longHelp,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	showVersion(root)
	a.addGlobal(root.PersistentFlags())
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error {
		if err := checkNumbers(c); err != nil {
			return err
		}
		a.warnOfKey(os.Getenv("UNLEAK_ID_KEY"))
		return a.startProfile()
	}
	root.AddCommand(
		newScan(a), newDir(a), newGit(a), newImage(a), newLogs(a), newStdin(a), newRedact(a),
		newVerify(a), newMatch(a), newRotate(a), newReferences(a), newTrend(a), newEvents(a), newHook(a), newRules(a), newReport(a), newIgnore(a), newBaseline(a), newConfig(a), newVersion(a),
		newManual(a),
	)
	explain(root)
	return root
}

// addGlobal adds the flags that every command has.
func (a *app) addGlobal(flags *pflag.FlagSet) {
	flags.BoolVarP(&a.quiet, "quiet", "q", false, "nothing on standard error but errors and warnings: no progress, no speed, no advice of hooks; reports stay as they are")
	flags.BoolVar(&a.noProgress, "no-progress", false, "no progress display")
	flags.StringVar(&a.cpuProfile, "cpu-profile", "", "write a CPU profile of the run to this `file` (see go tool pprof)")
}

// terminal tells whether w is a terminal, and how many columns it has.
func terminal(w io.Writer) (width int, ok bool) {
	f, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	return width, err == nil
}

// shortestKey is how many characters an id key should have at least (docs/ids.md).
const shortestKey = 32

// warnOfKey says that an id key is so short that it might be guessed.
func (a *app) warnOfKey(key string) {
	if n := utf8.RuneCountInString(key); n > 0 && n < shortestKey {
		fmt.Fprintf(a.stderr, "unleak: warning: UNLEAK_ID_KEY has %s, and %d or more are wanted: ids made with a key that can be guessed can be tried out (see docs/ids.md)\n", number(n, "character", "characters"), shortestKey)
	}
}

// startProfile begins the CPU profile that was asked for; stopProfile ends it.
func (a *app) startProfile() error {
	if a.cpuProfile == "" {
		return nil
	}
	f, err := os.Create(a.cpuProfile)
	if err != nil {
		return fmt.Errorf("CPU profile: %w", err)
	}
	a.profile = f
	return pprof.StartCPUProfile(f)
}

func (a *app) stopProfile() {
	if a.profile != nil {
		pprof.StopCPUProfile()
		a.profile.Close()
	}
}
