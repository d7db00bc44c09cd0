// Package report writes what a scan found in the formats people and platforms read, and reads its own JSON back.
//
// Nothing is encoded before it is masked: Write builds a view of the report in which no string holds a secret (see
// view), and every format sees only that view. Formats add no times and no measurements: the same report gives the
// same bytes. A new format is one file and one line in formats.go. Start with Write, then Formats.
package report
