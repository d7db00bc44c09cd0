// Package byteregex matches regexes of RE2's syntax on bytes, each byte one character (Latin-1), at a given start.
//
// It is made for many regexes that each see few and short texts: compiling one takes microseconds and there is nothing
// to warm up, where an automaton pays for its states in every new regex. The price is backtracking, which some regexes
// on some texts make long; so every match has a budget of steps and says when that is used up, for the caller to turn
// to a linear engine. What it finds is what RE2 finds: the match that a backtracking search meets first.
//
// Left out: repeats of what may be empty and case folding beyond ASCII. Compile says so by ErrUnsupported.
//
// Start with Compile, then Matcher.Match.
package byteregex
