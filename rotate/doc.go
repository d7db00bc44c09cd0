// Package rotate turns findings into the work of replacing what leaked, and into the proof that it was done.
//
// Make orders the findings of a report (live and most dangerous first) and says of each which steps its issuer asks
// for, what must be changed where, how to replace it without an outage, and what to do when that would take too long.
// Check compares what issuers and stores say now: rotated, revoked, still live, or unknown. An Incident collects checks
// with their times. Mentions finds the places that name a secret without holding it.
//
// The package reads no file and asks nobody: cmd hands it masked reports. Start with Make and Check.
package rotate
