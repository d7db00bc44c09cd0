// Package store reads secret stores: HashiCorp Vault and OpenBao, AWS Secrets Manager and SSM parameters, GCP Secret
// Manager, Azure Key Vault, Kubernetes Secrets, and .env and JSON files.
//
// It only reads. Each store is one file that knows the documented API of one service and nothing of the others; all of
// them go through a verify.Caller, so the address guard, retries and the audit log are the same as for verification. A
// value that may not be read is a finding.Skip, and the others are read all the same. Values live in memory, wrapped in
// finding.Secret: no error, skip or audit line holds one.
//
//	spec "vault://host/secret/app" → open → read(ctx, reader) → reader.value / reader.skip → Contents
//
// Start with Read. docs/stores.md has the addresses and a least-privilege policy for each store.
package store
