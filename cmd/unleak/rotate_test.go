package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/match"
	"github.com/unleak/unleak/store"
	"github.com/unleak/unleak/triage"
)

// Masked findings get their values back from a store, however it writes them, and ids are made only of what looks alike.
func TestIdentify(t *testing.T) {
	body := "-----BEGIN EC " + "PRIVATE KEY-----\nMHcCAQEEIFakeFakeFake\n-----END EC " + "PRIVATE KEY-----"
	values := []string{"q9Zk3x", "ghp_" + "NqVwYS81VP7Hb1DX8pPd5khxE3pyIg3sJb3R", strings.ReplaceAll(body, "\n", `\n`), "a-value-of-a-store", "correct horse battery"}
	var all []finding.Finding
	for i, value := range values {
		rule := fmt.Sprintf("rule-%d", i)
		shown := finding.NewSecret(value).Masked()
		if value == "a-value-of-a-store" {
			rule, shown = match.RuleID, finding.NewHidden(value).Masked()
		}
		if i == 2 {
			shown = finding.Mask(body)
		}
		all = append(all, finding.Finding{ID: triage.ID(rule, value, nil), Rule: rule, Secret: finding.NewSecret(shown)})
	}
	var c store.Contents
	for _, v := range values {
		c.Values = append(c.Values, match.Value{Secret: finding.NewHidden(v)}, match.Value{Secret: finding.NewHidden(v)}) // at two paths
	}
	for i := range 100 {
		c.Values = append(c.Values, match.Value{Secret: finding.NewHidden(fmt.Sprintf("%04d another passphrase", i))})
	}
	own := 0
	for _, f := range candidates(&c, all) {
		if f.Rule != match.RuleID { // whose mask tells nothing
			own++
		}
	}
	if own != 4 {
		t.Errorf("%d ids would be made for 4 findings with %d values", own, len(c.Values))
	}
	identify(&c, all, nil)
	for i, f := range all {
		if f.Secret.Reveal() != values[i] {
			t.Errorf("%s was not found: %s", f.Rule, f.Secret)
		}
	}
}
