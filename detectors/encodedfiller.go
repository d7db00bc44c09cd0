package detectors

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/unleak/unleak/detectors/proof"
)

// leastEncodedFiller is the length of the shortest base64 text that is decoded to see whether it is a filler, and
// mostEncodedFiller that of the longest, in bytes.
const (
	leastEncodedFiller = 6
	mostEncodedFiller  = 120
)

// encodedFiller tells whether a value is base64 of a text that stands for a credential, as in Secret manifests that
// come with a chart: "changeme", "<password>", "my-secret-token", a number, a path.
func encodedFiller(value string) bool {
	if len(value) < leastEncodedFiller || len(value) > mostEncodedFiller {
		return false
	}
	plain, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(value, "="))
	if err != nil || len(plain) < leastNamed || !isText(string(plain)) {
		return false
	}
	text := strings.TrimSpace(string(plain))
	if filler, _ := placeholder([]byte(text)); filler != "" || stockPhrase(text) {
		return true
	}
	if template.MatchString(text) || plainText.MatchString(text) {
		return true
	}
	check, ok := proof.Lookup("placeholder")
	return ok && len(text) >= 8 && check(proof.Candidate{Secret: text, Match: text}).Drop
}

// stockWords are what phrases such as my-secret-token are made of.
var stockWords = strings.Fields(`my your the a some any super top secret secrets password passwd pass pwd token key api apikey app user username
	test testing example sample demo changeit change changeme me todo tbd foo bar foobar baz none dummy fake mock value string
	here goes placeholder supersecret topsecret mysecret mypassword mytoken notasecret redacted insert replace default db`)

// stockPhrase tells whether a text is made of stock words alone and names a credential instead of being one.
func stockPhrase(text string) bool {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" -_.", r) })
	return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(stockWords, w) })
}
