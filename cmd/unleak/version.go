package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// release and commit are set by the linker in released binaries; builds from a clone know the commit without.
var release, commit = "", ""

// version returns the release, or what the build says of the module.
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}

// showVersion gives the root a flag --version. Cobra's own writes "unleak version ..." unless a template says otherwise,
// and templates of Go's make the program a tenth larger (see internal/template). A root without a subcommand ends in
// its help, so that is where the flag is seen.
func showVersion(root *cobra.Command) {
	show := root.Flags().BoolP("version", "v", false, "version for unleak")
	help := root.HelpFunc()
	root.SetHelpFunc(func(c *cobra.Command, args []string) {
		if asked, err := c.Flags().GetBool("help"); c == root && *show && !(err == nil && asked) {
			fmt.Fprintln(c.OutOrStdout(), "unleak", version())
			return
		}
		help(c, args)
	})
}

// built is what is known of where a program comes from.
type built struct {
	commit string // of the source; "" if not known
	time   string // of the commit
	dirty  bool   // the source was not as committed
}

// builtFrom reads what the go command wrote into the program (runtime/debug, "vcs." settings).
func builtFrom(info *debug.BuildInfo) (b built) {
	b.commit = commit
	if info == nil {
		return b
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.commit = s.Value
		case "vcs.time":
			b.time = s.Value
		case "vcs.modified":
			b.dirty = s.Value == "true"
		}
	}
	return b
}

// String lists the parts that are known.
func (b built) String() string {
	var parts []string
	if b.commit != "" {
		parts = append(parts, "commit "+b.commit[:min(12, len(b.commit))])
	}
	if b.dirty {
		parts = append(parts, "changed since")
	}
	if b.time != "" {
		parts = append(parts, b.time)
	}
	return strings.Join(append(parts, runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH), ", ")
}

func newVersion(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, the commit it was built from, and for what system",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			info, _ := debug.ReadBuildInfo()
			_, err := fmt.Fprintf(a.stdout, "unleak %s (%s)\n", version(), builtFrom(info))
			return err
		},
	}
}
