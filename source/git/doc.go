// Package git is the source of git repositories: every object of one, what a range of commits adds, what a push brings, or
// what is staged. Start with New; whole.go tells how a full scan goes.
//
// A pack already says what is new: a delta is copies from a base plus inserted bytes. So every object is made from its
// delta, but only what was inserted, and the seams where copies meet, is searched; matches of the base that lie whole in
// one copied run, with all they rest on, hold in the result too. That finds what searching every blob in full finds
// (equal_test.go), in time that grows with the pack and not with what it expands to. Which commit a secret came with is
// looked up only for what was found:
//
//	object   trees, commits, tags: bytes to values
//	pack     indexes, entries, deltas, zlib streams: bytes to bytes
//	repo     where a repository's parts lie; references, index, objects by id
//	git      table (objects numbered, deltas linked) -> walk -> contents, trees -> history, forest -> attribution -> report
//
// Everything is read: merges, stashes, notes, what only the reflog or nothing leads to, messages, names. Nothing the
// repository configures is run or believed. A report does not depend on how the objects are packed, nor on the number
// of workers.
//
// Known limits: references kept elsewhere than in files or reftables of the repository are not read (told in the
// coverage); ids are not checked against content, which git fsck is for, while every zlib checksum is.
package git
