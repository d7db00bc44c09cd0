package proof

import (
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
)

// Candidate is a value to judge.
type Candidate struct {
	Secret string
	Match  string // the rule's whole match
}

// Result is what a check says. The zero Result says nothing.
type Result struct {
	Drop       bool // it is no credential
	Proofs     []finding.Proof
	Tags       []string
	Confidence float64 // 0: leave
}

// Check judges one candidate.
type Check func(c Candidate) Result

// checks is the one table of all checks, by name.
var checks = [...]struct {
	name  string
	check Check
}{
	{"age-key", ageKey},
	{"atlassian-crc32", atlassianCRC},
	{"aws-key-id", awsKeyID},
	{"aws-secret-key", awsSecretKey},
	{"azure-sas", azureSAS},
	{"azure-storage-key", azureStorageKey},
	{"base58check", base58Check},
	{"base64-json", base64JSON},
	{"base64-text", base64Text},
	{"bech32", bech32},
	{"bip39", bip39},
	{"cloudflare-crc32", cloudflareCRC},
	{"discord-bot", discordBot},
	{"gcp-service-account", gcpServiceAccount},
	{"github-crc32", githubCRC},
	{"gitlab-routable", gitlabRoutable},
	{"grafana-crc32", grafanaCRC},
	{"grafana-legacy", grafanaLegacy},
	{"jwt", jwt},
	{"jwt-base64", jwtBase64},
	{"matrix-crc32", matrixCRC},
	{"mixed", mixed},
	{"named-otherwise", namedOtherwise},
	{"netbird-crc32", netbirdCRC},
	{"nkey-seed", nkeySeed},
	{"npm-crc32", npmCRC},
	{"pem-key", pemKey},
	{"placeholder", placeholder},
	{"published", published},
	{"putty-key", puttyKey},
	{"polar-crc32", polarCRC},
	{"pypi-macaroon", pypiMacaroon},
	{"slack-kind", slackKind},
	{"solana-keypair", solanaKeypair},
	{"stellar-seed", stellarSeed},
	{"stripe-mode", stripeMode},
	{"twilio-sid", twilioSID},
	{"uuid-not-null", uuidNotNull},
}

// Lookup returns the check of a name.
func Lookup(name string) (Check, bool) {
	for i := range checks {
		if checks[i].name == name {
			return checks[i].check, true
		}
	}
	return nil, false
}

// Names returns the names of all checks, sorted.
func Names() []string {
	names := make([]string, 0, len(checks))
	for i := range checks {
		names = append(names, checks[i].name)
	}
	slices.SortFunc(names, strings.Compare)
	return names
}

// The confidences that checks give.
const (
	proven   = 0.99 // a checksum of 32 bits or a key that parses
	doubtful = 0.5  // what every token of the format carries does not hold; the least that is reported unasked
)

func proved(kind, detail string, tags ...string) Result {
	return Result{Proofs: []finding.Proof{{Kind: kind, Detail: detail}}, Tags: tags}
}

func drop() Result { return Result{Drop: true} }

// checksum says how a checksum came out. One that fails does not drop the candidate: made-up tokens in tests and
// obfuscated copies in reports look the same, and whoever reads the report wants to see them, at the bottom.
func checksum(holds bool, detail string) Result {
	if !holds {
		return Result{Confidence: doubtful, Tags: []string{"checksum-mismatch"}}
	}
	r := proved("checksum", detail)
	r.Confidence = proven
	return r
}
