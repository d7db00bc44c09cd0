package proof

import (
	"encoding/json"
	"strings"

	"github.com/unleak/unleak/finding"
)

// gcpServiceAccount reads a Google Cloud service account key: JSON whose private_key parses. "Create and delete service
// account keys", Google Cloud, 2025.
func gcpServiceAccount(c Candidate) Result {
	if strings.HasPrefix(c.Secret, pemBegin) {
		return pemKey(c) // the key alone, cut out by a detector that has read the rest
	}
	text := c.Match
	if !strings.Contains(text, "private_key") {
		text = c.Secret
	}
	var account struct {
		Type    string `json:"type"`
		Project string `json:"project_id"`
		Email   string `json:"client_email"`
		Key     string `json:"private_key"`
	}
	err := json.Unmarshal([]byte(text), &account)
	if err != nil { // JSON within a string literal
		text = strings.NewReplacer(`\\n`, `\n`, `\n`, " ", `\"`, `"`).Replace(text)
		err = json.Unmarshal([]byte(text), &account)
	}
	if err != nil || account.Type != "service_account" {
		return Result{Confidence: doubtful}
	}
	r := pemKey(Candidate{Secret: account.Key})
	if r.Confidence == doubtful {
		return r
	}
	if account.Email != "" {
		r.Proofs = append(r.Proofs, finding.Proof{Kind: "structure", Detail: "service account " + short(account.Email)})
	}
	return r
}
