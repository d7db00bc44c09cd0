module vaultdev

go 1.25.0

require github.com/hashicorp/vault v1.21.4

// Vault replaces its own sdk by a folder of its repository; this is the release that folder became.
replace github.com/hashicorp/vault/sdk => github.com/hashicorp/vault/sdk v0.20.0
