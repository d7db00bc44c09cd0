package main

import (
	"cmp"
	"strings"

	"github.com/unleak/unleak/rules"
	"github.com/unleak/unleak/verify"
)

// verifyFaults tells what is wrong with a rule's verify block, one fault a line.
func verifyFaults(r *rules.Rule) []string {
	if err := verify.Check(r); err != nil {
		return strings.Split(err.Error(), "\n")
	}
	return nil
}

// asksText says how issuers are asked about what a rule finds: the request or the protocol, and at which hosts.
func asksText(r *rules.Rule) string {
	text := strings.TrimSpace(cmp.Or(r.Verify.Method, "GET") + " " + r.Verify.URL)
	if r.Verify.Protocol != "" {
		text = "protocol " + r.Verify.Protocol
	}
	return text + "; hosts: " + strings.Join(verify.Hosts([]rules.Rule{*r}), ", ")
}
