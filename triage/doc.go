// Package triage decides which findings count: it gives each finding its id, applies inline allows, ignore files and
// baselines, reads the ignore lists of other tools, works out exposure and reuse, and compares and merges reports.
//
// It reads and writes no files: callers hand it bytes and get bytes back. Nothing here depends on the clock; whoever
// needs today's date passes it. Start with Policy.Apply, then ID.
package triage
