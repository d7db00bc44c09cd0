package match

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/unleak/unleak/finding"
)

// RuleID is the rule that every match belongs to.
const RuleID = "store-value"

// Value is one value of a store with every place it is kept at.
type Value struct {
	Secret finding.Secret
	Refs   []finding.StoreRef // current versions first
}

// Refused is a value that is not searched for.
type Refused struct {
	Ref    finding.StoreRef
	Reason string
}

// Set is what is searched for. It does not change once built and is safe for concurrent use.
type Set struct {
	values []Value // distinct, in the order they came
	index  map[string]int32
	common map[string]bool
	reach  int // of the longest form, in bytes
	table
}

// maxValues is how many distinct values a table entry can tell apart.
const maxValues = 1<<24 - 1

// New builds the set, which keeps the references of the values. Values that occur at several places are one; values that are short or common are refused, and
// those beyond the first 16 million.
func New(values []Value) (*Set, []Refused) {
	s := &Set{index: make(map[string]int32, len(values)), common: make(map[string]bool, len(common))}
	for _, c := range common {
		s.common[c] = true
	}
	var refused []Refused
	for _, v := range values {
		text := v.Secret.Reveal()
		if i, ok := s.index[text]; ok {
			s.values[i].Refs = append(s.values[i].Refs, v.Refs...)
			continue
		}
		why := s.refuse(text)
		if why == "" && len(s.values) == maxValues {
			why = "beyond the 16 million values that are searched for at a time"
		}
		if why != "" {
			for _, r := range v.Refs {
				refused = append(refused, Refused{r, why})
			}
			continue
		}
		s.index[text] = int32(len(s.values))
		s.values = append(s.values, Value{finding.NewHidden(text), slices.Clip(v.Refs)})
	}
	for i := range s.values {
		SortRefs(s.values[i].Refs)
	}
	s.build()
	return s, refused
}

// Len returns how many distinct values are searched for.
func (s *Set) Len() int { return len(s.values) }

// Refs returns where a value is kept.
func (s *Set) Refs(value string) []finding.StoreRef {
	if i, ok := s.index[value]; ok {
		return s.values[i].Refs
	}
	return nil
}

// SortRefs puts current versions first, then orders by store, path, key and version.
func SortRefs(refs []finding.StoreRef) {
	if len(refs) < 2 {
		return
	}
	sort.Slice(refs, func(i, j int) bool {
		a, b := &refs[i], &refs[j]
		if a.Current != b.Current {
			return a.Current
		}
		return cmp.Or(strings.Compare(a.Store, b.Store), strings.Compare(a.Path, b.Path), strings.Compare(a.Key, b.Key), strings.Compare(a.Version, b.Version)) < 0
	})
}

// Detector returns a detector for one goroutine.
func (s *Set) Detector() *Detector { return &Detector{set: s, decoding: decoding{depth: decodeDepth}} }
