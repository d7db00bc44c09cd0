package triage

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/crypto/scrypt"

	"github.com/unleak/unleak/finding"
)

// An id has 20 hexadecimal digits, 80 bits. Among a million findings of one report the chance that any two share an id
// is under 1 in 2,000 billion (n²/2 / 2^80).
const (
	IDLen   = 20
	idBytes = IDLen / 2
)

// The labels separate the three kinds of id from each other and from every other use of the same functions. A change
// to how ids are made is a change of label: old baselines then match nothing instead of something else.
const (
	labelRandom  = "unleak id 1 random"
	labelGuess   = "unleak id 2 guessable"
	labelKeyed   = "unleak id 1 keyed"
	labelKeyMark = "unleak id 1 key mark"
)

// Parameters of scrypt (RFC 7914) for values that could be guessed: 128·N·r = 16 KiB of memory, about 0.035 ms on a
// 2024 server core (BenchmarkIDGuessable). Low beside a log-in's cost on purpose: a scan may meet ten thousand values,
// and at eight times as much the ids of a report took as long as the scan.
const (
	scryptN = 32
	scryptR = 4
	scryptP = 1
)

// ID returns the identity of a finding: it depends on the rule and the value alone, so moving, rebasing, squashing or
// reformatting keeps it, and a new secret in an old place gets a new one.
//
// With a key, ids are a keyed hash and tell nothing to whoever lacks it. Without one, the id of a random value is a
// plain hash, and that of a value which could be guessed is made by a memory-hard function, so that testing guesses
// against a published baseline costs as much as making the id (see docs/ids.md).
func ID(rule, secret string, key []byte) string {
	value := normal(secret)
	switch {
	case len(key) > 0:
		return hex.EncodeToString(mac(key, labelKeyed, rule, value)[:idBytes])
	case guessable(value):
		sum, err := scrypt.Key([]byte(value), []byte(labelGuess+"\x00"+rule), scryptN, scryptR, scryptP, idBytes)
		if err != nil { // only for parameters out of range, and these are constants
			panic("triage: scrypt refuses its parameters: " + err.Error())
		}
		return hex.EncodeToString(sum)
	}
	return hex.EncodeToString(mac([]byte(labelRandom), labelRandom, rule, value)[:idBytes])
}

// KeyMark returns a short mark of a key that tells two keys apart and does not help to find one. It is "" without a key.
func KeyMark(key []byte) string {
	if len(key) == 0 {
		return ""
	}
	return hex.EncodeToString(mac(key, labelKeyMark)[:4])
}

// mac is HMAC-SHA-256 (RFC 2104) over the fields, separated by zero bytes.
func mac(key []byte, fields ...string) []byte {
	h := hmac.New(sha256.New, key)
	for i, f := range fields {
		if i > 0 {
			h.Write([]byte{0})
		}
		h.Write([]byte(f))
	}
	return h.Sum(nil)
}

// normal takes out of a key block what a formatter may change: indentation, line ends, and line breaks written as \n
// in a string. Other values stay as they are.
func normal(secret string) string {
	if !strings.HasPrefix(secret, "-----BEGIN ") {
		return secret
	}
	secret = strings.NewReplacer(`\r`, "", `\n`, "", "\\\n", "").Replace(secret)
	return strings.Join(strings.Fields(secret), "")
}

// SetIDs gives every finding that has none its id, on all processors. It is dear for thousands of passwords: call it
// only when an output, an ignore file or a baseline needs ids.
func SetIDs(findings []finding.Finding, key []byte) { NewIDs(key).Set(findings) }

// IDs makes the ids of findings that come in several lots, each once.
type IDs struct {
	key   []byte
	known map[string]string // by what knownAs returns
}

// NewIDs returns what makes ids with a key; none is the usual case.
func NewIDs(key []byte) *IDs { return &IDs{key: key, known: map[string]string{}} }

// Set gives every finding that has none its id, on all processors. It is called from one goroutine at a time.
func (m *IDs) Set(findings []finding.Finding) {
	var todo []*finding.Finding
	for i := range findings {
		f := &findings[i]
		if f.ID == "" {
			f.ID = m.known[knownAs(f)]
		}
		if f.ID == "" {
			todo = append(todo, f)
		}
	}
	workers := min(runtime.GOMAXPROCS(0), len(todo))
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			for k := w; k < len(todo); k += workers {
				todo[k].ID = ID(todo[k].Rule, todo[k].Secret.Reveal(), m.key)
			}
		})
	}
	group.Wait()
	for _, f := range todo {
		m.known[knownAs(f)] = f.ID
	}
}

// knownAs is what an id depends on beside the key.
func knownAs(f *finding.Finding) string { return f.Rule + "\x00" + f.Secret.Reveal() }

// ValidID tells whether s has the form of an id.
func ValidID(s string) bool {
	if len(s) != IDLen {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
