package git

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/unleak/unleak/finding"
)

// secret is what a finding is about. Everything that holds it carries its number.
type secret struct{ rule, value string }

// harvest is what walkers bring in together.
type harvest struct {
	seen []atomic.Uint32 // a bit an object: it has been recorded

	mu      sync.Mutex
	secrets map[secret]int32
	known   []secret
	names   map[string]int32 // of files and folders
	nameOf  []string
	nameHas [][]int32        // secrets in a name
	absent  map[string]int32 // raw ids that trees name and the store lacks
	absents []string
}

func newHarvest(objects int) *harvest {
	return &harvest{
		seen:    make([]atomic.Uint32, objects/32+1),
		secrets: map[secret]int32{}, names: map[string]int32{}, absent: map[string]int32{},
	}
}

// first tells whether an object is recorded for the first time, and marks it.
func (h *harvest) first(i int32) bool {
	bit := uint32(1) << (i & 31)
	return h.seen[i>>5].Or(bit)&bit == 0
}

// forget makes an object one that was not recorded.
func (h *harvest) forget(i int32) { h.seen[i>>5].And(^(uint32(1) << (i & 31))) }

// has tells whether an object was recorded.
func (h *harvest) has(i int32) bool { return h.seen[i>>5].Load()>>(i&31)&1 != 0 }

// number returns the number of a secret. Numbers depend on who came first; nothing that is reported may.
func (h *harvest) number(s secret) int32 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.numberLocked(s)
}

func (h *harvest) numberLocked(s secret) int32 {
	n, ok := h.secrets[s]
	if !ok {
		n = int32(len(h.known))
		h.secrets[s] = n
		h.known = append(h.known, s)
	}
	return n
}

// numbersOf returns the numbers of the secrets among resolved matches of one text, each once, in an order that depends on
// nothing but the text: by where they stand, then rule and value. A secret that is a part of another one is there as
// well: a key id is not gone from the history when its key came beside it.
func (h *harvest) numbersOf(matches []finding.Match) []int32 {
	if len(matches) == 0 {
		return nil
	}
	type standing struct {
		span finding.Span
		secret
	}
	all := make([]standing, 0, len(matches))
	for i := range matches {
		m := &matches[i]
		all = append(all, standing{m.Span, secret{m.Rule, m.Secret}})
		for k := range m.Parts {
			if p := &m.Parts[k]; p.Rule != "" {
				all = append(all, standing{p.Span, secret{p.Rule, p.Value.Reveal()}})
			}
		}
	}
	slices.SortFunc(all, func(a, b standing) int {
		return cmp.Or(cmp.Compare(a.span.Start, b.span.Start), cmp.Compare(a.span.End, b.span.End),
			strings.Compare(a.rule, b.rule), strings.Compare(a.value, b.value))
	})
	out := make([]int32, 0, len(all))
	seen := make(map[int32]bool, len(all))
	for _, s := range all {
		if n := h.number(s.secret); !seen[n] {
			seen[n] = true
			out = append(out, n)
		}
	}
	return slices.Clip(out)
}

// absence returns the number of an object that is not there.
func (h *harvest) absence(raw []byte) int32 {
	h.mu.Lock()
	defer h.mu.Unlock()
	n, ok := h.absent[string(raw)]
	if !ok {
		n = int32(len(h.absents))
		h.absent[string(raw)] = n
		h.absents = append(h.absents, string(raw))
	}
	return n
}

// nameNumber returns the number of a name that is known to hold no secret.
func (h *harvest) nameNumber(name string) int32 {
	h.mu.Lock()
	defer h.mu.Unlock()
	n, ok := h.names[name]
	if !ok {
		n = int32(len(h.nameOf))
		h.names[name] = n
		h.nameOf = append(h.nameOf, name)
		h.nameHas = append(h.nameHas, nil)
	}
	return n
}
