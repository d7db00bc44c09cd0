package finding

import "strings"

// Finding is one credential: a rule, a value, and every place the value stands at.
type Finding struct {
	ID         string // depends on rule and secret alone; set by triage
	Rule       string
	Title      string // the rule's
	Severity   Severity
	Confidence float64
	Secret     Secret
	Proofs     []Proof
	Parts      []Part
	Elsewhere  [][]Part // what other places have for Parts: it may belong elsewhere too; in no report
	Beyond     []Part   // secret parts of places too many for Elsewhere: nobody is asked with them, no report shows them
	Tags       []string // sorted
	Same       []string // ids of other findings with this value that count, sorted; set by triage
	Places     []Place  // sorted, at least one

	Suppression *Suppression // nil: not ignored
	Verdict     *Verdict     // nil: not checked
	Exposure    *Exposure    // nil: not worked out; set by triage
	Stored      *Stored      // nil: no store was asked
}

// AllParts returns Parts and what other places have for them: all that no report may show.
func (f *Finding) AllParts() [][]Part {
	out := append([][]Part{f.Parts}, f.Elsewhere...)
	if len(f.Beyond) > 0 {
		out = append(out, f.Beyond)
	}
	return out
}

// Place is where a finding stands.
type Place struct {
	Origin  Origin
	Start   Position // of the secret, or of the encoded text that holds it
	End     Position // behind its last character
	Decoded string   // as in Match
	Line    string   // the text around the secret, at most a few hundred bytes, valid UTF-8, no line break
	Mark    Span     // where the secret stands in Line; empty when it is not on one line as it is
	Allow   string   // the inline allow comment on its lines, from the mark on; triage judges it

	Silenced string // who silences this place of a finding that counts for the sake of others: as Suppression.Who; "": it is open; set by triage
}

// Position is a point in a text.
type Position struct {
	Line   int   // from 1
	Column int   // from 1, in Unicode code points (an invalid byte counts as one)
	Byte   int   // from 1, in bytes of the line
	Offset int64 // from 0, in bytes of the text
}

// Suppression says why a finding is not counted.
type Suppression struct {
	By     string // "inline", "ignore file", "baseline"
	Where  string // file and line of the entry
	Reason string
}

// Who names what silenced the finding, without the line of an entry: "inline", "ignore file .unleakignore".
func (s *Suppression) Who() string {
	name := s.Where
	switch s.By {
	case "inline":
		return s.By
	case "ignore file":
		if i := strings.LastIndexByte(name, ':'); i > 0 {
			name = name[:i]
		}
	}
	return strings.TrimSpace(s.By + " " + name)
}

// Status is what the issuer says of a credential.
type Status string

// The statuses of a verification.
const (
	NotChecked Status = "not checked"
	Live       Status = "live"
	Dead       Status = "dead"
	Expired    Status = "expired"
	Unknown    Status = "unknown" // the cause says why
	Unreliable Status = "unreliable"
)

// Verdict is the outcome of asking the issuer.
type Verdict struct {
	Status Status
	Cause  string            // in words; never holds the secret
	Facts  map[string]string // account, user, scopes, expiry, ...
	Host   string            // that was asked
}
