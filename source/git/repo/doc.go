// Package repo opens a git repository as it lies on disk and reads its objects, references and index, without running git
// and without following anything the repository's configuration or attributes ask for: no hooks, filters, replace
// references, grafts or owner checks.
//
// A repository here is what git calls so: a folder with .git in it or above it, a .git file (worktree, submodule), or a
// bare one, of SHA-1 or SHA-256. Start with Open, then Store.
package repo
