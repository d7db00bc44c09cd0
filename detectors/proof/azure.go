package proof

import (
	"html"
	"net/url"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
)

// devStoreKey is the account key every Azurite and storage emulator accepts. "Use the Azurite emulator", Microsoft, 2024.
const devStoreKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

// cosmosEmulatorKey is the key of every Cosmos DB emulator. "Azure Cosmos DB emulator", Microsoft, 2024.
const cosmosEmulatorKey = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=="

// azureStorageKey checks that a key is base64 of 64 bytes, and knows the emulators' keys.
func azureStorageKey(c Candidate) Result {
	if strings.Contains(c.Match, devStoreKey) || strings.Contains(c.Match, cosmosEmulatorKey) {
		return Result{Tags: []string{"example"}, Confidence: proven}
	}
	const size = 64
	if n := len(decodeAny(c.Secret)); n != size {
		return Result{Confidence: doubtful}
	}
	return proved("structure", "base64 of 64 bytes")
}

// azureSAS reads expiry and rights of a shared access signature. "Create a service SAS", Microsoft, 2025.
func azureSAS(c Candidate) Result {
	text := html.UnescapeString(c.Secret)
	if i := strings.IndexByte(text, '?'); i >= 0 {
		text = text[i+1:]
	}
	q, _ := url.ParseQuery(text) // what does parse is enough
	sig := q.Get("sig")
	if len(decodeAny(strings.ReplaceAll(sig, " ", "+"))) != 32 {
		return Result{Confidence: doubtful}
	}
	r := proved("structure", "signature of 32 bytes")
	if sp := q.Get("sp"); sp != "" {
		r.Proofs = append(r.Proofs, finding.Proof{Kind: "rights", Detail: short(sp)})
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z", time.DateOnly} {
		if at, err := time.Parse(layout, q.Get("se")); err == nil {
			addExpiry(&r, at)
			break
		}
	}
	return r
}
