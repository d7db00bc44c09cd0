package generic

import "github.com/unleak/unleak/finding"

// Ids of the rules whose matches At returns.
const (
	RulePassword = "generic-password"
	RuleSecret   = "generic-secret"
	RuleToken    = "generic-token"
	RuleKey      = "generic-api-key"
	RuleAuth     = "generic-auth"
	RuleURL      = "url-credentials"
)

// Rule describes one rule of this package.
type Rule struct {
	ID          string
	Title       string
	Opens       string // what whoever holds it can do
	Severity    finding.Severity
	Remediation []string
}

// Rules are all the rules At can report, in a fixed order. rules/builtin/generic.toml says the same.
var Rules = [...]Rule{
	{RulePassword, "Password", "whatever the account it belongs to can do", finding.High, []string{
		"Change the password where the account lives.", "Read it from a secret store or the environment."}},
	{RuleSecret, "Secret without a known issuer", "acting as the client, or forging what is signed with it", finding.High, []string{
		"Issue a new secret and retire this one.", "Read it from a secret store or the environment."}},
	{RuleToken, "Token without a known issuer", "the calls its holder may make", finding.High, []string{
		"Revoke the token at its issuer and issue a new one.", "Read it from a secret store or the environment."}},
	{RuleKey, "Key without a known issuer", "the service or the data the key belongs to", finding.High, []string{
		"Replace the key and retire this one.", "Read it from a secret store or the environment."}},
	{RuleAuth, "Authorization header or cookie", "requests in the name of its owner", finding.High, []string{
		"Revoke the session or token, or change the password inside.", "Take the header out of recorded requests."}},
	{RuleURL, "Credentials in a URL", "the service the URL names", finding.High, []string{
		"Change the password of the user in the URL.", "Keep user and password out of the URL."}},
}
