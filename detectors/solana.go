package detectors

import (
	"bytes"

	"github.com/unleak/unleak/detectors/proof"
	"github.com/unleak/unleak/finding"
)

// solanaTechnique finds a file that holds one array of 64 numbers and nothing else, as solana-keygen writes them under
// any name (id.json, deployer.json), where the second 32 are the public key of the first 32 (Solana documentation,
// "File system wallets", 2025). No name stands beside the numbers, so the pair itself must hold.
type solanaTechnique struct{ noLiterals }

const (
	solanaLeast = len("[") + 64*len("0,")           // bytes of such a file
	solanaMost  = len("[") + 64*len("255,\r\n    ") // one number a line
)

func (solanaTechnique) start(c *compiled, text []byte, out []finding.Match) []finding.Match {
	if len(text) < solanaLeast || len(text) > solanaMost || text[0] != '[' {
		return out
	}
	array := bytes.TrimRight(text, "\r\n\t ")
	if array[len(array)-1] != ']' {
		return out
	}
	r, ok := proof.Lookup("solana-keypair")
	if !ok {
		return out
	}
	result := r(proof.Candidate{Secret: string(array), Match: string(array)})
	if result.Drop || len(result.Proofs) == 0 {
		return out
	}
	return append(out, finding.Match{Rule: c.ID, Secret: string(array), Span: finding.Span{End: len(array)}, Context: finding.Span{End: len(text)},
		Confidence: result.Confidence, Proofs: result.Proofs, Tags: c.Tags, Rank: rankBlock})
}
