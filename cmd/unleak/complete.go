package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/rules/builtin"
)

// completing tells whether a shell asks what may stand next (cobra's hidden commands), so that others need not pay for
// the answers.
func completing(args []string) bool { return len(args) > 0 && strings.HasPrefix(args[0], "__complete") }

// offer tells the shells what flags and arguments may be, where there is a list of it.
func offer(c *cobra.Command) {
	for name, list := range map[string]func() []string{
		"fail-on":      func() []string { return []string{"info", "low", "medium", "high", "critical", "live", "none"} },
		"rule":         ruleIDs,
		"disable-rule": ruleIDs,
		"over-budget":  func() []string { return []string{"reject", "allow"} },
	} {
		offerFlag(c, name, list)
	}
	if f := c.Flags().Lookup("format"); f != nil {
		if strings.Contains(f.Usage, "sarif") {
			offerFlag(c, "format", formatNames)
			_ = c.RegisterFlagCompletionFunc("report", reportCompletions)
		} else if two := strings.Split(f.Usage, " or "); len(two) == 2 { // "text or json"
			offerFlag(c, "format", func() []string { return two })
		}
	}
	switch c.CommandPath() {
	case "unleak rules show":
		c.ValidArgsFunction = values(ruleIDs)
	case "unleak hook run":
		c.ValidArgs = hookKinds
	}
	for _, sub := range c.Commands() {
		offer(sub)
	}
}

func offerFlag(c *cobra.Command, name string, list func() []string) {
	if c.Flags().Lookup(name) != nil {
		_ = c.RegisterFlagCompletionFunc(name, values(list)) // it fails for a flag that is not there, or has some already
	}
}

func values(list func() []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return slices.DeleteFunc(list(), func(v string) bool { return !strings.HasPrefix(v, begun) }), cobra.ShellCompDirectiveNoFileComp
	}
}

// reportCompletions offers FORMAT: and leaves the file to the shell.
func reportCompletions(_ *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if strings.Contains(begun, ":") {
		return nil, cobra.ShellCompDirectiveDefault
	}
	var out []cobra.Completion
	for _, name := range formatNames() {
		if strings.HasPrefix(name, begun) {
			out = append(out, name+":")
		}
	}
	return out, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
}

func ruleIDs() []string {
	var ids []string
	for _, r := range builtin.Rules() {
		ids = append(ids, r.ID)
	}
	return ids
}
