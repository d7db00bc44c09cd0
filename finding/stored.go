package finding

import (
	"fmt"
	"time"
)

// Stored says where secret stores keep a value. With no reference, the stores that were asked do not hold it.
type Stored struct {
	Refs  []StoreRef // current versions first, then by store, path, key and version
	Asked []string   // the stores that were read, sorted
	Gaps  bool       // a store could not be read wholly: "in no store" is then no proof
}

// StoreRef is one version of one secret in a store. It holds no value.
type StoreRef struct {
	Store   string    `json:"store"`             // the store's address, without credentials
	Path    string    `json:"path"`              // of the secret within the store
	Key     string    `json:"key,omitempty"`     // the field of a secret of several
	Version string    `json:"version,omitempty"` // as the store counts
	Current bool      `json:"current"`           // whoever asks the store now gets this version
	Changed time.Time `json:"changed,omitzero"`  // when this version was written
	Use     PlaceKind `json:"use,omitempty"`     // PlacePipeline or PlaceRuntime, told by the path; "": not known
}

// Name returns path and key: "secret/app#password".
func (r StoreRef) Name() string {
	if r.Key == "" {
		return r.Path
	}
	return r.Path + "#" + r.Key
}

// String names the version too: "secret/app#password (version 3)".
func (r StoreRef) String() string {
	if r.Version == "" {
		return r.Name()
	}
	return fmt.Sprintf("%s (version %s)", r.Name(), r.Version)
}

// Current tells whether a store still hands the value out.
func (s *Stored) Current() bool { return len(s.Refs) > 0 && s.Refs[0].Current }

// Says is the judgement in words.
func (s *Stored) Says() string {
	switch {
	case len(s.Refs) == 0 && s.Gaps:
		return "in no store that could be read (some could not)"
	case len(s.Refs) == 0:
		return "in no store"
	case s.Current():
		return "current version of " + s.Refs[0].Name() + ": rotate now"
	}
	return "older version of " + s.Refs[0].Name() + ": already rotated there"
}
