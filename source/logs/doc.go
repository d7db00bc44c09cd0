// Package logs scans log files: plain and compressed, by content, in folders, by glob and from standard input.
//
// A log is one stream of any length. Formats that wrap each line in an envelope — the JSON lines of Docker, the stream
// and tag columns of CRI — are unwrapped while the stream is read, so that a message that was cut into parts, or whose
// quotes and line breaks are escaped, is scanned as the program wrote it; what the envelope carries beyond the message
// is scanned too. What is found is told at its line of the file, with the event's own time, host and unit where the
// format has them. Start with New.
//
// Follow reads logs as they grow, through rotation, and tells what it finds at once.
package logs
