package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/rules/builtin"
	"github.com/unleak/unleak/triage"
)

func newIgnoreImport(a *app, file *ignorePath) *cobra.Command {
	var format, from, named string
	about := triage.ImportFormats()
	names := slices.Sorted(maps.Keys(about))
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Take over another tool's list of accepted findings",
		Long:  importHelp + formatHelp(about, names),
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			im, err := a.readImport(format, args[0])
			if err != nil {
				return err
			}
			resolved, left := []triage.Entry(nil), im.Plain()
			if from != "" {
				if resolved, left, err = a.resolveImport(im, from, named); err != nil {
					return err
				}
			}
			f, err := readIgnore(file.path())
			if err != nil {
				return err
			}
			added, err := f.Add(append(resolved, left...)...)
			for _, n := range im.Notes {
				fmt.Fprintln(a.stderr, "note:", n)
			}
			if n := triage.WholeLines(left); n > 0 && from == "" {
				fmt.Fprintf(a.stderr, "note: %s whatever is found on a line, for which rule of unleak finds it cannot be told without a scan: make them entries by id with --from REPORT.json (unleak scan . --show-secrets --report json:REPORT.json)\n", number(n, "entry silences", "entries silence"))
			}
			if added > 0 {
				if err := writeBytes(f.Name, f.Bytes()); err != nil {
					return err
				}
			}
			fmt.Fprintf(a.stdout, "%s: read as %s; %s added to %s: %d by id, %d by place, rule or hash\n",
				args[0], im.Format, number(added, "entry", "entries"), f.Name, len(resolved), len(left))
			return err
		},
	}
	c.Flags().StringVar(&format, "format", "", strings.Join(names, ", ")+" (default: told by name and content)")
	c.Flags().StringVar(&from, "from", "", "JSON report of the same target, to make entries by id that outlast moves")
	c.Flags().StringVarP(&named, "config", "c", "", "configuration file, over the user's own")
	return c
}

const importHelp = `Import adds another tool's accepted findings to the ignore file. Alone it makes entries for a
line, a rule or a hash, which break when lines move. With --from REPORT.json, best made with
--show-secrets, it makes entries by id. Values of the other tool's list are not written.

Formats:
`

func formatHelp(about map[string]string, names []string) string {
	var b strings.Builder
	for _, n := range names {
		fmt.Fprintf(&b, "  %-16s %s\n", n, about[n])
	}
	return b.String()
}

// readImport reads another tool's list; rules of ours that it may name are the built-in ones.
func (a *app) readImport(format, name string) (*triage.Imported, error) {
	in, err := a.open(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	text, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, r := range builtin.Rules() {
		known[r.ID] = true
	}
	return triage.Import(format, name, text, func(id string) bool { return known[id] })
}

func (a *app) resolveImport(im *triage.Imported, from, named string) (resolved, left []triage.Entry, err error) {
	r, err := a.readReport(from)
	if err != nil {
		return nil, nil, err
	}
	c, err := loadConfig(named, ownOf([]string{"."}))
	if err != nil {
		return nil, nil, err
	}
	resolved, left = im.Resolve(r.Findings, idKey(c))
	return resolved, left, nil
}
