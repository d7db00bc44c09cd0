// Package settle judges a text that still grows: it tells how much of it is settled, which means that no byte that may
// come can make a credential of it that is not known by now, and which credentials stand there.
//
// What is settled grows in one of these ways:
//
//   - Behind: nothing that comes changes what stands scanner.MaxContext bytes before the end, since no match's context is
//     longer than that. It needs no look at the text, and suits a stream that comes fast.
//   - Now: as much as can be told at once. A line is settled when it is whole, unless it may still become part of a
//     credential of several lines: an open key block, a wrapped run of base64, a string that is concatenated, a match
//     of one of the few rules that go on behind the value and over a line break (see Plan).
//   - Lines: every whole line, for those who would rather hear of half a credential than wait for the rest.
//   - End: the text is over.
//
// Text that is settled stays as context for what follows. So a value that a name lines before gives away is found; only
// a value that is given away by what comes later has to wait, and hold.go says for which that may be.
//
// Known limits: of a text that is wrapped in an encoding, at most tailText-1 bytes of a credential's beginning may be
// settled as clean, where the bytes before them are no text; a key whose every line is disguised by percent or HTML
// escapes is held only as far as its lines look like a key's. Start with Text.
package settle
