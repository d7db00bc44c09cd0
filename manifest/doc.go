// Package manifest reads Kubernetes manifests, Compose files, CI pipelines, Terraform and settings of applications and tells how they come by their secrets: by reference,
// as they should, or as values that stand in the file, with the concrete replacement.
//
//	by reference   secretKeyRef, envFrom and volumes of Secrets, SecretProviderClass of the Secrets Store CSI driver,
//	               ExternalSecret, VaultStaticSecret, annotations of the Vault agent injector, SOPS, SealedSecret,
//	               OIDC federation of GitHub, GitLab, CircleCI and Bitbucket, what CI services keep for their jobs, Compose
//	               secrets and variables, Terraform data sources, Helm lookups, Spring Cloud stores, Azure Key Vault
//	in the file    data and stringData of a Secret, variables and settings with a value, static cloud keys of a pipeline
//
// It judges the shape of the file, not its values: what is a secret by its looks is the detectors' business. No note
// holds a value. Start with Look.
package manifest
