package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/unleak/unleak/rules"
)

// listedRule is what `rules list --format json` says of a rule.
type listedRule struct {
	ID          string   `json:"id"`
	Provider    string   `json:"provider"`
	Title       string   `json:"title"`
	Severity    string   `json:"severity"`
	Opens       string   `json:"opens"`
	Tags        []string `json:"tags"`
	Documented  string   `json:"documented"`
	Remediation []string `json:"remediation"`
	Verifiable  bool     `json:"verifiable"` // its issuer can be asked
}

func newRulesList(a *app) *cobra.Command {
	var format string
	var files []string
	c := &cobra.Command{
		Use:   "list",
		Short: "List every rule with its severity and title",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			f, err := loadRuleFiles(files)
			if err != nil {
				return err
			}
			switch format {
			case "text":
				return a.listRules(f.rules)
			case "json":
				return a.listRulesJSON(f.rules)
			}
			return fmt.Errorf("unknown format %q (text, json)", format)
		},
	}
	c.Flags().StringVarP(&format, "format", "f", "text", "text or json")
	addRuleFiles(c, &files)
	return c
}

func (a *app) listRules(all []rules.Rule) error {
	w := tabwriter.NewWriter(a.stdout, 0, 4, 2, ' ', 0)
	for i := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\n", all[i].ID, all[i].Severity, all[i].Title)
	}
	return w.Flush()
}

func (a *app) listRulesJSON(all []rules.Rule) error {
	out := make([]listedRule, 0, len(all))
	for i := range all {
		r := &all[i]
		out = append(out, listedRule{
			r.ID, r.Provider, r.Title, r.Severity.String(), r.Opens, append([]string{}, r.Tags...), r.Documented,
			append([]string{}, r.Remediation...), r.Verify != nil,
		})
	}
	e := json.NewEncoder(a.stdout)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(out)
}
