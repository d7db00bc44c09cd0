// Package verify asks issuers whether credentials are live.
//
// It is the only part of unleak that sends a credential anywhere, so it is built around what it will not do: it takes
// no answer for proof that is not one, reaches no address that was not meant, and carries no credential to a second
// host.
//
//	findings -> jobs (one per secret) -> queue per host -> client (address guard) -> answer -> negative control -> verdict
//
// A rule's verify block is one HTTP request (block.go); what needs more is a Protocol. Start with New and Verify, then
// docs/verify.md. Only Verify opens connections, and only outside a dry run.
package verify
