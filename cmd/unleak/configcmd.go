package main

import (
	"fmt"

	"github.com/BurntSushi/toml"
	"github.com/spf13/cobra"
)

func newConfig(a *app) *cobra.Command {
	var named string
	c := &cobra.Command{Use: "config", Short: "Check, show and import the configuration"}
	c.PersistentFlags().StringVarP(&named, "config", "c", "", "configuration file, over the user's own")
	c.AddCommand(&cobra.Command{
		Use:   "check",
		Short: "Read every layer strictly and say what is wrong",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			loaded, err := loadConfig(named, ownOf([]string{"."}))
			if err != nil {
				return err
			}
			files, err := chooseRules(loaded)
			if err != nil {
				return err
			}
			for _, w := range files.warnings {
				fmt.Fprintln(a.stdout, "warning:", w)
			}
			noun := "files"
			if len(loaded.Sources) == 1 {
				noun = "file"
			}
			fmt.Fprintf(a.stdout, "configuration is good (%d %s)\n", len(loaded.Sources), noun)
			return nil
		},
	}, &cobra.Command{
		Use:   "show",
		Short: "Print what the layers come to",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			loaded, err := loadConfig(named, ownOf([]string{"."}))
			if err != nil {
				return err
			}
			for _, s := range loaded.Sources {
				fmt.Fprintln(a.stdout, "# from", s)
			}
			if loaded.IDKey != "" {
				loaded.IDKey = "********"
			}
			return toml.NewEncoder(a.stdout).Encode(loaded)
		},
	})
	c.AddCommand(newConfigImport(a))
	return c
}
