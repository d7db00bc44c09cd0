// Package pack reads git's pack files: indexes, entry headers, deltas and zlib streams, as gitformat-pack(5) of git 2.51
// (2025-08) lays them out. It trusts nothing: every size, offset and distance is checked before it is used, so that
// a lying pack costs an error and not a panic or unbounded memory.
//
// It knows nothing of repositories, only of bytes. Start with ParseIndex, ParseEntry and Delta.
package pack
