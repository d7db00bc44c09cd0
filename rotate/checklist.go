package rotate

import (
	"fmt"
	"strings"

	"github.com/unleak/unleak/finding"
)

// checklist says how to replace a credential while everything keeps running: the new one beside the old one, and the old
// one revoked when nobody uses it any more.
func checklist(f *finding.Finding, item *Item) []string {
	out := []string{"Issue a second credential beside the old one, with the least rights and an expiry."}
	if keeps := wheres(item, Keeps, ""); keeps != "" {
		out = append(out, "Write it as the next version of "+keeps+".")
	} else {
		out = append(out, "Put it into a secret store; let nothing but references to it stand in files.")
	}
	if at := wheres(item, "", finding.PlaceRuntime); at != "" {
		out = append(out, "Roll out what runs ("+at+") one part at a time; go on when the new part is healthy with the new credential.")
	} else {
		out = append(out, "Roll out what runs with it one part at a time; go on when the new part is healthy with the new credential.")
	}
	if at := wheres(item, "", finding.PlacePipeline); at != "" {
		out = append(out, "Set it in the pipelines ("+at+") and run each once.")
	}
	if at := wheres(item, "", finding.PlaceImage); at != "" {
		out = append(out, "Rebuild and push the images without it ("+at+").")
	}
	return append(out,
		"Watch at the issuer until the old credential is used no more (its \"last used\" time, the audit log).",
		"Revoke the old credential: "+firstStep(item),
		"Prove it: unleak rotate check REPORT",
	)
}

// emergency says what to do when the credential is being used by others: an outage is the lesser harm.
func emergency(f *finding.Finding, item *Item) []string {
	out := []string{"Revoke it now, before anything else: " + firstStep(item)}
	if broken := wheres(item, "", finding.PlaceRuntime, finding.PlacePipeline); broken != "" {
		out = append(out, "Expect what uses it to fail: "+broken+".")
	}
	out = append(out, "Issue a new credential, store it, roll out everything at once.")
	since := "its first use"
	if !item.Since.IsZero() {
		since = item.Since.UTC().Format("2006-01-02 15:04 UTC")
	}
	out = append(out, fmt.Sprintf("Read the issuer's audit log from %s on: who used it, from where, for what. Revoke what was made with it (keys, users, sessions).", since))
	if f.Verdict != nil && len(f.Verdict.Facts) > 0 {
		out = append(out, "Tell the owner of the account the issuer named (see the report's facts), and whoever must be told by law or contract.")
	} else {
		out = append(out, "Tell whoever must be told by law or contract.")
	}
	return out
}

func firstStep(item *Item) string {
	step := item.Steps[0]
	return strings.TrimSuffix(step, ".") + "."
}

// wheres lists the places of a plan that do something and are of one of the kinds; "" stands for any.
func wheres(item *Item, does string, kinds ...finding.PlaceKind) string {
	const most = 5
	var out []string
	more := 0
	for _, c := range item.Change {
		fits := does == "" || c.Does == does
		any := false
		for _, k := range kinds {
			any = any || k == "" || c.Kind == k && c.Does != Keeps
		}
		switch {
		case !fits || !any:
		case len(out) == most:
			more++
		default:
			out = append(out, c.Where)
		}
	}
	if more > 0 {
		out = append(out, fmt.Sprintf("%d more", more))
	}
	return strings.Join(out, ", ")
}
