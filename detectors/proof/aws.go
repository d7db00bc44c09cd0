package proof

import (
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/awskey"
)

// awsKeyID reads the account out of an access key id. Ids issued since 2019-03 hold it in the 40 bits behind the
// prefix's first bit; older ones do not. "A short note on AWS key ID", Tal Be'ery, 2023-10.
func awsKeyID(c Candidate) Result {
	s := c.Secret
	if strings.HasSuffix(s, "EXAMPLE") {
		return Result{Tags: []string{"example"}, Confidence: proven}
	}
	account, ok := awskey.Account(s)
	if !ok {
		return Result{}
	}
	r := proved("structure", "AWS account "+account)
	if who := awskey.Canary(account); who != "" {
		r.Tags = []string{"canary"}
		r.Proofs = append(r.Proofs, finding.Proof{Kind: "canary", Detail: "the account belongs to " + who})
	}
	return r
}

// awsSecretKey knows the example keys of AWS's documentation and drops 40 characters that are a SHA-1, a path or a word.
func awsSecretKey(c Candidate) Result {
	s := c.Secret
	if strings.HasSuffix(s, "EXAMPLEKEY") || strings.HasSuffix(s, "EXAMPLE") {
		return Result{Tags: []string{"example"}, Confidence: proven}
	}
	lower, upper, digit := classes(s)
	if !lower || !upper || !digit || isHex(s) || camelCase(s) {
		return drop()
	}
	return Result{}
}
