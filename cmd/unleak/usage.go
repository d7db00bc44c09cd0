package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/unleak/unleak/internal/typo"
)

// What is wrong with a command line is said with what to write instead.

// explain makes a command and those below it say in our words what is wrong with their arguments and flags.
func explain(c *cobra.Command) {
	c.SetFlagErrorFunc(flagTrouble)
	if wants := c.Args; c.Runnable() {
		if wants == nil {
			wants = cobra.ArbitraryArgs
		}
		c.Args = func(c *cobra.Command, args []string) error { return argumentTrouble(c, args, wants) }
	}
	for _, sub := range c.Commands() {
		explain(sub)
	}
}

// unknownCommand tells of a word that names no command of a group, which cobra answers with the group's help.
func unknownCommand(root *cobra.Command, args []string) error {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	group, rest, err := root.Find(args)
	if err != nil && !strings.HasPrefix(err.Error(), "unknown command") {
		return nil
	}
	if err == nil && group.Name() == "help" && group.Parent() == root {
		topic := slices.DeleteFunc(slices.Clone(rest), func(s string) bool { return strings.HasPrefix(s, "-") })
		return unknownCommand(root, topic)
	}
	if group.Runnable() || len(rest) == 0 || strings.HasPrefix(rest[0], "-") || strings.HasPrefix(rest[0], cobra.ShellCompRequestCmd) {
		return nil
	}
	var names []string
	for _, sub := range group.Commands() {
		if sub.IsAvailableCommand() {
			names = append(append(names, sub.Name()), sub.Aliases...)
		}
	}
	if near := typo.Nearest(rest[0], names); near != "" {
		return fmt.Errorf("unknown command %q (did you mean `%s %s`?)", rest[0], group.CommandPath(), near)
	}
	return fmt.Errorf("unknown command %q: see `%s --help`", rest[0], group.CommandPath())
}

// mostProbed is more arguments than any command counts.
const mostProbed = 8

func argumentTrouble(c *cobra.Command, args []string, wants cobra.PositionalArgs) error {
	ours := args
	if n := c.ArgsLenAtDash(); n >= 0 {
		ours = args[:n] // what stands behind is another program's
	}
	for i, arg := range ours {
		if arg == "" {
			return fmt.Errorf("argument %d is empty (a variable that is not set?): %s", i+1, usage(c))
		}
	}
	err := wants(c, args)
	if err == nil || !strings.Contains(err.Error(), " arg(s), ") && !strings.HasPrefix(err.Error(), "unknown command") {
		return err // a command's own words
	}
	least, most := -1, -1
	for n := range mostProbed {
		if wants(c, make([]string, n)) == nil {
			if most = n; least < 0 {
				least = n
			}
		}
	}
	want := "no argument"
	switch {
	case len(args) < least && least == most:
		want = number(least, "argument", "arguments")
	case len(args) < least:
		want = "at least " + number(least, "argument", "arguments")
	case most > 0 && least == most:
		want = "only " + number(most, "argument", "arguments")
	case most > 0:
		want = "at most " + number(most, "argument", "arguments")
	}
	got := "none is given"
	if len(args) > 0 {
		got = fmt.Sprintf("%d are given", len(args))
		if len(args) == 1 {
			got = "one is given"
		}
	}
	name := strings.TrimPrefix(c.CommandPath(), c.Root().Name()+" ")
	return fmt.Errorf("%s takes %s, and %s: %s (see `%s --help`)", name, want, got, usage(c), c.CommandPath())
}

// usage is how a command is called.
func usage(c *cobra.Command) string { return strings.TrimSuffix(c.UseLine(), " [flags]") }

func flagTrouble(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var lacking *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "":
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := typo.Nearest(unknown.GetSpecifiedName(), names); near != "" {
			return fmt.Errorf("unknown flag --%s (did you mean --%s?)", unknown.GetSpecifiedName(), near)
		}
		return fmt.Errorf("unknown flag --%s: see `%s --help`", unknown.GetSpecifiedName(), c.CommandPath())
	case errors.As(err, &lacking):
		f := lacking.GetFlag()
		return fmt.Errorf("--%s needs a value (%s)", f.Name, f.Usage)
	case errors.As(err, &invalid):
		f := invalid.GetFlag()
		if want, ok := valueKinds[f.Value.Type()]; ok {
			return fmt.Errorf("--%s %q: want %s", f.Name, invalid.GetValue(), want)
		}
	}
	return err
}

// valueKinds says what flags of a type take, where pflag would speak of Go's parsers.
var valueKinds = map[string]string{
	"int": "a whole number", "int64": "a whole number", "float64": "a number such as 0.5", "bool": "true or false",
	"duration": "a duration such as 30s or 5m",
}
