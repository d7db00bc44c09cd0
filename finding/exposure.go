package finding

import "time"

// PlaceKind says what a place is to those who run the software.
type PlaceKind string

// The kinds of place.
const (
	PlaceSource   PlaceKind = "source"
	PlaceTest     PlaceKind = "test"
	PlaceDocs     PlaceKind = "documentation"
	PlaceConfig   PlaceKind = "configuration"
	PlacePipeline PlaceKind = "ci pipeline"
	PlaceRuntime  PlaceKind = "runtime manifest"
	PlaceImage    PlaceKind = "image"
	PlaceLog      PlaceKind = "log"
	PlaceHistory  PlaceKind = "repository text" // commit and tag messages, notes, ref names
)

// Exposure says since when and how widely a credential could be read. Times come from commits and log events, never
// from the clock; they are zero where no place has one.
type Exposure struct {
	First  time.Time
	Last   time.Time   // the last moment it was there, as far as the places tell
	Now    bool        // some place still holds it: a file, a branch's tip, an image, a log
	Places int         // how many
	Kinds  []PlaceKind // sorted
	In     []string    // repositories, images and roots it was found in; sorted
	Owner  string      // author of its latest commit
}

// Observation is a remark about several findings together, or about what one of them means where it stands.
type Observation struct {
	Kind     string // "reuse", "shared by ci and runtime", "static cloud key in ci"
	Severity Severity
	Title    string
	Detail   string
	Advice   string
	Findings []string // ids, sorted
}
