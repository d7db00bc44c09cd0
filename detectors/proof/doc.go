// Package proof checks a candidate offline: checksums that a token carries, structure, expiry, keys that parse, test
// modes, published example values and canary accounts.
//
// A check never asks anyone and keeps nothing. It looks at cheap things first, so that it may be run on every match.
// All checks are in one table (table.go); a rule names them in its checks. Start with Lookup.
//
// The only thing outside its input that a check reads is the clock, to tell whether an expiry has passed.
package proof
