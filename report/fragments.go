package report

import (
	"math/bits"
	"math/rand/v2"
)

// fragments finds pieces of long strings in texts. A snippet is cut out of a longer line, so it may hold the beginning,
// the end or, of a value wrapped over several lines, the middle of some other secret.
//
// Every fourth run of eight bytes of a string, and its last, is filed by its value; a text that shares eleven bytes in
// a row with the string holds one of them. From there the shared stretch is followed in both directions. Short
// stretches in the middle of a text are left: "https://" is part of many secrets.
type fragments struct {
	strings []string
	refs    []fragmentRef
	latest  []int32  // by hash of the run: one more than the place in refs of the latest; 1<<wide of them
	wide    int      // bits of the hash
	filter  []uint64 // by hash: two bits a run
	prime   uint64   // of the hash: a chance one, for else whoever is scanned could choose runs of one hash
}

type fragmentRef struct {
	of   int32 // string
	at   int32 // offset of the run
	next int32 // as latest has it, the one of the same hash before
}

const (
	fragmentRun   = 8
	fragmentStep  = 4
	fragmentLeast = 12 // shared bytes that are masked; at an edge of the text a run is enough
	filterBits    = 14 // 128 KB of filter
	fragmentSame  = 16 // most strings that are tried for one run
)

func newFragments(list []string) *fragments {
	runs := 0
	for _, s := range list {
		runs += len(s)/fragmentStep + 1
	}
	f := &fragments{
		refs: make([]fragmentRef, 0, runs), wide: min(bits.Len(uint(runs)), hashBits),
		filter: make([]uint64, 1<<filterBits), prime: rand.Uint64() | 1,
	}
	f.latest = make([]int32, 1<<f.wide)
	f.learn(list)
	return f
}

// learn adds strings; nobody may search meanwhile.
func (f *fragments) learn(list []string) {
	for _, s := range list {
		n := len(f.strings)
		f.strings = append(f.strings, s)
		for at := 0; at+fragmentRun <= len(s); at += fragmentStep {
			f.file(s, n, at)
		}
		if tail := len(s) - fragmentRun; tail > 0 && tail%fragmentStep != 0 {
			f.file(s, n, tail)
		}
	}
}

func (f *fragments) file(s string, n, at int) {
	if len(f.refs) >= len(f.latest) && f.wide < hashBits {
		f.widen()
	}
	hash := f.hash(load(s[at:]))
	first := f.first(hash)
	f.refs = append(f.refs, fragmentRef{int32(n), int32(at), *first})
	*first = int32(len(f.refs))
	f.filter[hash>>(64-filterBits)] |= twoBits(hash)
}

// first is the head of the list of runs that have a hash.
func (f *fragments) first(hash uint64) *int32 { return &f.latest[hash>>(64-f.wide)] }

// twoBits are those of a run in its word of the filter.
func twoBits(hash uint64) uint64 { return 1<<(hash>>38%64) | 1<<(hash>>44%64) }

// widen makes more lists of the runs.
func (f *fragments) widen() {
	f.wide = min(f.wide+2, hashBits)
	f.latest = make([]int32, 1<<f.wide)
	for i := range f.refs {
		r := &f.refs[i]
		first := f.first(f.hash(f.run(r)))
		r.next, *first = *first, int32(i+1)
	}
}

func (f *fragments) run(r *fragmentRef) uint64 { return load(f.strings[r.of][r.at:]) }

// load packs the first eight bytes of s.
func load(s string) uint64 {
	return uint64(head(s)) | uint64(head(s[4:]))<<32
}

func (f *fragments) hash(run uint64) uint64 { return run * f.prime } // of which the highest bits count

// find appends every stretch of text that is a piece of a string.
func (f *fragments) find(text string, out []hit) []hit {
	if len(f.refs) == 0 {
		return out
	}
	last := struct{ of, shift, end int }{of: -1} // what was followed last: a run on its way leads to the same
	for i := 0; i+fragmentRun <= len(text); i++ {
		run := load(text[i:])
		hash := f.hash(run)
		if two := twoBits(hash); f.filter[hash>>(64-filterBits)]&two != two {
			continue
		}
		for next, n := *f.first(hash), 0; next > 0 && n < fragmentSame; {
			r := &f.refs[next-1]
			next = r.next
			if int(r.of) == last.of && i-int(r.at) == last.shift && i+fragmentRun <= last.end {
				n++
				continue
			}
			if f.run(r) != run {
				continue
			}
			n++
			start, end := follow(text, i, f.strings[r.of], int(r.at))
			last.of, last.shift, last.end = int(r.of), i-int(r.at), end
			if end-start >= fragmentLeast || start == 0 || end == len(text) {
				out = append(out, hit{start, end, maskAll})
			}
		}
	}
	return out
}

// follow returns the longest stretch of text around i that s has around at.
func follow(text string, i int, s string, at int) (start, end int) {
	start, end = i, i+fragmentRun
	for j := at; start > 0 && j > 0 && text[start-1] == s[j-1]; j-- {
		start--
	}
	for j := at + fragmentRun; end < len(text) && j < len(s) && text[end] == s[j]; j++ {
		end++
	}
	return start, end
}
