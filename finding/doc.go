// Package finding holds the words every other package shares: what a detector sees (Match), where bytes came from
// (Origin), what a person reads (Finding, Place, Report) and what was read or left unread (Coverage).
//
// It knows no other package of this module and does no input or output. Start with Finding and Match.
package finding
