// Package source holds what the kinds of source share: telling what a target is, and opening archives found on the
// way. Each kind of source is a package below this one; see scanner.Source for the contract.
package source
