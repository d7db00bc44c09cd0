package report

// fragments finds pieces of long strings in texts. A snippet is cut out of a longer line, so it may hold the beginning,
// the end or, of a value wrapped over several lines, the middle of some other secret.
//
// Every fourth run of eight bytes of a string, and its last, is filed by its value; a text that shares eleven bytes in
// a row with the string holds one of them. From there the shared stretch is followed in both directions. Short
// stretches in the middle of a text are left: "https://" is part of many secrets.
type fragments struct {
	strings []string
	refs    []fragmentRef
	first   map[uint64]int32 // by run: the latest of refs
	filter  []uint64         // bit set over hashes of the runs
}

type fragmentRef struct {
	of   int32 // string
	at   int32 // offset of the run
	next int32 // another of the same run, or -1
}

const (
	fragmentRun   = 8
	fragmentStep  = 4
	fragmentLeast = 12 // shared bytes that are masked; at an edge of the text a run is enough
	fragmentSame  = 16 // most strings that are tried for one run
)

func newFragments(list []string) *fragments {
	runs := 0
	for _, s := range list {
		runs += len(s)/fragmentStep + 1
	}
	f := &fragments{refs: make([]fragmentRef, 0, runs), first: make(map[uint64]int32, runs), filter: make([]uint64, 1<<hashBits/64)}
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
	run := load(s[at:])
	next, ok := f.first[run]
	if !ok {
		next = -1
	}
	f.first[run] = int32(len(f.refs))
	f.refs = append(f.refs, fragmentRef{int32(n), int32(at), next})
	bit := runHash(run)
	f.filter[bit/64] |= 1 << (bit % 64)
}

// load packs the first eight bytes of s.
func load(s string) uint64 {
	return uint64(head(s)) | uint64(head(s[4:]))<<32
}

func runHash(run uint64) uint64 { return run * 0x9E3779B97F4A7C15 >> 44 } // Fibonacci hashing, 20 bits

// find appends every stretch of text that is a piece of a string.
func (f *fragments) find(text string, out []hit) []hit {
	if len(f.refs) == 0 {
		return out
	}
	last := struct{ of, shift, end int }{of: -1} // what was followed last: a run on its way leads to the same
	for i := 0; i+fragmentRun <= len(text); i++ {
		run := load(text[i:])
		if bit := runHash(run); f.filter[bit/64]&(1<<(bit%64)) == 0 {
			continue
		}
		ref, ok := f.first[run]
		for n := 0; ok && ref >= 0 && n < fragmentSame; n++ {
			r := f.refs[ref]
			ref = r.next
			if int(r.of) == last.of && i-int(r.at) == last.shift && i+fragmentRun <= last.end {
				continue
			}
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
