// Package scanner is the parallel core: it takes a Source and a Detector, bounds memory, scans items on several
// workers, locates matches in lines and columns, groups them by secret, puts everything in one fixed order and keeps
// the coverage record.
//
// It owns the interfaces it calls and knows no source, rule, detector or report. Start with Run, then Sink.
package scanner
