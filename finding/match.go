package finding

import (
	"slices"
	"strings"
	"time"
)

// Span is a half-open range of byte offsets, [Start, End).
type Span struct{ Start, End int }

// Len returns the number of bytes in s.
func (s Span) Len() int { return s.End - s.Start }

// Touches tells whether s and t share a byte or an edge. An empty span is a point between two bytes: it touches
// what ends or starts there.
func (s Span) Touches(t Span) bool { return s.Start <= t.End && t.Start <= s.End }

// Overlaps tells whether s and t share a byte.
func (s Span) Overlaps(t Span) bool { return s.Start < t.End && t.Start < s.End }

// Shift returns s moved by n bytes.
func (s Span) Shift(n int) Span { return Span{s.Start + n, s.End + n} }

// Match is one occurrence of a credential in one text, as a detector found it. All offsets are bytes of that text.
// Strings are copies: a Match keeps no buffer alive.
type Match struct {
	Rule    string // id of the rule
	Secret  string // the credential's value, after decoding
	Span    Span   // where it stands; of a decoded value, the whole encoded text that holds it
	Context Span   // every byte the decision rests on: key, value, borders, neighbours that were looked at
	Decoded string // decoders passed, outermost first, joined by ">": "base64>gzip"; empty for plain text

	Confidence float64  // 0 to 1: how sure the detector is that this is a credential
	Proofs     []Proof  // what was checked offline
	Parts      []Part   // the other components of a credential of several parts
	Own        int      // how many of Parts the match itself holds; the others stand around it, maybe outside Context
	Tags       []string // "test", "example", "encrypted", "canary", ...; sorted
	Rank       int      // how much the rule knows of what it looks for; decides among overlapping matches
	Noted      string   // what a filter read in the text, for the detector's Accept; opaque to others
	Name       string   // what the value is assigned to, without separators, in lower case; "" where Context does not hold it
	Behind     string   // rule bound to paths that wins over this one there, for the detector's Accept; "": none
}

// Proof is one offline check that held.
type Proof struct {
	Kind   string `json:"kind"`             // "checksum", "structure", "key", "expiry", ...
	Detail string `json:"detail,omitempty"` // what it showed: "CRC32 of GitHub tokens holds", "RSA 2048 bits"
}

// untilPrefix is what the detail of an expiry begins with that is still to come.
const untilPrefix = "valid until "

// Expiry returns the proof that a credential runs out at a time, as it stands now.
func Expiry(at, now time.Time) Proof {
	detail := at.UTC().Format(time.RFC3339)
	if at.Before(now) {
		return Proof{Kind: "expiry", Detail: "expired " + detail}
	}
	return Proof{Kind: "expiry", Detail: untilPrefix + detail}
}

// Stale reports whether a match said of its credential that it has not run out, and now it has.
func (m *Match) Stale(now time.Time) bool {
	for i := range m.Proofs {
		if p := &m.Proofs[i]; p.Kind == "expiry" {
			if detail, ok := strings.CutPrefix(p.Detail, untilPrefix); ok {
				at, err := time.Parse(time.RFC3339, detail)
				return err != nil || at.Before(now)
			}
		}
	}
	return false
}

// Part is a component found beside a credential, as the key id beside an AWS secret key.
type Part struct {
	Name  string // the role: "access key id"
	Value Secret
	Rule  string // the rule that finds the part alone; empty if none does
	Span  Span
	Start Position // where it stands, once located; the zero value where it has no place of its own
	End   Position
}

// openParts are the roles of parts that say where a credential belongs and open nothing themselves.
var openParts = []string{"scheme", "host", "port", "user", "database", "repository"}

// Open tells whether a part is no secret: reports show it, and it is not looked for in other texts.
func (p *Part) Open() bool { return p.Rule == "" && slices.Contains(openParts, p.Name) }
