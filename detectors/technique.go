package detectors

import (
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// technique is a way to find credentials around a literal.
type technique interface {
	// literals returns what must stand in a text for try to be called, and how far around it try may look.
	literals(c *compiled) []rules.Literal
	// try appends the matches that the literal at pos belongs to. What it finds depends only on the bytes of the
	// matches' contexts, and these reach no further than the literal says.
	try(s *Scanner, c *compiled, ref *rules.Literal, text []byte, pos int, out []finding.Match) []finding.Match
}

// techniques that a rule may name instead of a regex.
var techniques = map[string]technique{
	"private-key":         pemTechnique{},
	"putty-key":           puttyTechnique{},
	"jwk":                 jwkTechnique{},
	"gcp-service-account": serviceAccountTechnique{},
	"generic":             genericTechnique{},
	"path":                pathTechnique{},
	"kubernetes-secret":   manifestTechnique{},
	"key-file":            keyFileTechnique{},
	"solana-keypair":      solanaTechnique{},
	"keystore":            keystoreTechnique{},
	"ppp-secrets":         secretFileTechnique{row: pppRow, odd: true},
	"user-secrets":        secretFileTechnique{row: userRow, odd: true},
	"user-list":           secretFileTechnique{row: listRow, made: true},
	"mail-secrets":        secretFileTechnique{row: mailRow, odd: true},
	"share-secrets":       secretFileTechnique{row: shareRow, odd: true},
	"digest-secrets":      secretFileTechnique{row: digestRow, odd: true},
	"user-option":         secretFileTechnique{row: optionRow},
	"login-secrets":       secretFileTechnique{row: wholeRow, pairs: true, made: true},
}

// isBlock tells whether a technique finds what may span more lines than any window.
func isBlock(t technique) bool {
	switch t.(type) {
	case regexTechnique, genericTechnique, pathTechnique:
		return false
	}
	return true
}

// The ranks of matches, for Resolve: the more a rule knows of what it looks for, the higher.
const (
	rankFile       = iota - 1 // a field of a file whose path says what it is
	rankGeneric               // a value with a telling name
	rankContext               // a value of a provider's shape beside the provider's name
	rankEntry                 // a value that a structure holds encoded, beside its key
	rankShape                 // a value that carries its provider's mark
	rankNamedShape            // such a value beside a name that tells more than the mark
	rankBlock                 // a structure that was parsed
)
