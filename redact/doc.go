// Package redact keeps credentials out of what a program writes. It is a library for Go programs and what the command
// `unleak redact` is made of.
//
// A Redactor is made once, from the built-in rules or others. From it come
//
//   - Writer, an io.WriteCloser that passes text on with every credential replaced by a marker,
//   - Reader, an io.Reader that passes text on as it is and tells of the credentials in it,
//   - Handler, a slog.Handler that redacts messages and attributes, and
//   - String, for a text at hand.
//
// What is replaced is what `unleak stdin` reports on the same bytes, whatever the pieces they come in and the time
// between them. A whole line goes out within Options.Delay, unless it can still become part of a credential of several
// lines (see package settle); all other bytes and their order stay as they are. Inline allow comments are not honoured:
// whoever writes a log must not be able to switch its redaction off.
package redact
