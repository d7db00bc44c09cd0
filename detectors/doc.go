// Package detectors finds credentials in bytes. It knows nothing of where the bytes came from.
//
// An Engine is built once from rules and never changes; each worker gets a Scanner with scratch memory of its own.
// The way of a text through it:
//
//	filter     one pass finds the literals that matches must hold (literals come from the rules' regexes)
//	windows    around each literal, as far as the rule can match
//	technique  RE2 on the window, or a parser for blocks (keys), or the generic assignment detector
//	judge      length, charset, placeholders, entropy, offline checks
//	decoding   encoded stretches are decoded and go the same way, to a depth and a byte budget
//	Resolve    one winner for overlapping matches, in a fixed order
//
// The law that everything rests on: whether a match is found depends only on the bytes of its Context. So a text can be
// scanned whole, in overlapping windows, or only where it changed, with the same result.
package detectors
