package git

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"math"
	"time"

	"github.com/unleak/unleak/finding"
)

// An outcome holds secrets. It is sealed (AES-256-GCM) with a key made of the objects they stand in, as these lie on disk
// with all that they are built on: whoever has those has what they hold. Stored otherwise, after git gc, they make another
// key, and the scan goes over what is remembered of the objects.
//
// A sealed outcome, numbers being uvarints:
//
//	stretches: count   of each: source, start behind the one before or from 0, length
//	nonce, 12 bytes    sealed
//
// and what is sealed, numbers being varints:
//
//	texts: count       length of each, then all of them
//	lists: count       of each: texts
//	coverage, JSON     known: texts
//	secrets: count     of each: beside, told     messages: likewise

// outcomeKey returns what an outcome is sealed with.
func (r *run) outcomeKey(state [sha256.Size]byte, all []stretch) (key [sha256.Size]byte, ok bool) {
	sum, ok := r.sumOf(all)
	own := r.cacheKey()
	h := sha256.New()
	h.Write([]byte("unleak outcome of a scan\n"))
	h.Write(own[:])
	h.Write(state[:])
	h.Write(sum[:])
	h.Sum(key[:0])
	return key, ok
}

// maxOutcome bounds the bytes of an outcome.
const maxOutcome = 64 << 20

// sealOutcome returns an outcome sealed; nil if it is not to be written down.
func (r *run) sealOutcome(state [sha256.Size]byte, o *outcome, t *table) []byte {
	if o == nil || state == [sha256.Size]byte{} {
		return nil
	}
	plain := encodeOutcome(o)
	if plain == nil || len(plain) > maxOutcome {
		return nil
	}
	all := t.stretches(r.recorder.rests)
	key, ok := r.outcomeKey(state, all)
	if !ok {
		return nil
	}
	out := binary.AppendUvarint(nil, uint64(len(all)))
	last := stretch{}
	for _, s := range all {
		if s.source != last.source {
			last.to = 0
		}
		out = binary.AppendUvarint(out, uint64(s.source))
		out = binary.AppendUvarint(out, uint64(s.from-last.to))
		out = binary.AppendUvarint(out, uint64(s.to-s.from))
		last = s
	}
	return sealWith(key, out, plain)
}

// openOutcome returns what was sealed; nil if the repository is not as it was, or what was told is no longer so.
func (r *run) openOutcome(state [sha256.Size]byte, sealed []byte) *outcome {
	if len(sealed) == 0 || state == [sha256.Size]byte{} {
		return nil
	}
	in := memoryReader{rest: sealed}
	all := make([]stretch, in.count(3))
	last := stretch{}
	for i := range all {
		s := stretch{source: int(in.number(math.MaxInt32))}
		if s.source == last.source {
			s.from = last.to
		}
		s.from += in.size()
		s.to = s.from + in.size()
		all[i], last = s, s
	}
	if in.bad {
		return nil
	}
	key, ok := r.outcomeKey(state, all)
	if !ok {
		return nil
	}
	plain, ok := openWith(key, in.rest)
	if !ok {
		return nil
	}
	o := decodeOutcome(plain)
	if o == nil || o.stale(time.Now()) {
		return nil
	}
	return o
}

// size reads a number of bytes in a file.
func (r *memoryReader) size() int64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 || v > 1<<46 {
		r.bad, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[n:]
	return int64(v)
}

// texts numbers texts, and lists of them.
type texts struct {
	numbers map[string]int64
	all     []string
	size    int
	lists   map[string]int64
	packed  []byte // the lists
}

func (t *texts) number(s string) int64 {
	n, ok := t.numbers[s]
	if !ok {
		n = int64(len(t.all))
		t.numbers[s] = n
		t.all = append(t.all, s)
		t.size += len(s)
	}
	return n
}

// list writes a list of texts.
func (w *sealWriter) list(all []string) {
	packed := binary.AppendVarint(nil, int64(len(all)))
	for _, s := range all {
		packed = binary.AppendVarint(packed, w.texts.number(s))
	}
	n, ok := w.texts.lists[string(packed)]
	if !ok {
		n = int64(len(w.texts.lists))
		w.texts.lists[string(packed)] = n
		w.texts.packed = append(w.texts.packed, packed...)
	}
	w.number(n)
}

// encodeOutcome returns nil if something in an outcome has no form.
func encodeOutcome(o *outcome) []byte {
	coverage, err := json.Marshal(o.coverage)
	if err != nil {
		return nil
	}
	w := sealWriter{texts: &texts{numbers: map[string]int64{}, lists: map[string]int64{}}}
	w.text(string(coverage))
	w.list(o.known)
	for _, all := range [][]telling{o.secrets, o.messages} {
		w.number(int64(len(all)))
		for i := range all {
			if !w.telling(&all[i]) {
				return nil
			}
		}
	}
	out := sealWriter{out: make([]byte, 0, w.texts.size+5*len(w.texts.all)+len(w.texts.packed)+len(w.out)+32)}
	out.number(int64(len(w.texts.all)))
	for _, s := range w.texts.all {
		out.number(int64(len(s)))
	}
	for _, s := range w.texts.all {
		out.out = append(out.out, s...)
	}
	out.number(int64(len(w.texts.lists)))
	return append(append(out.out, w.texts.packed...), w.out...)
}

func (w *sealWriter) telling(t *telling) bool {
	w.number(int64(len(t.beside)))
	for _, s := range t.beside {
		if s.Hidden() {
			return false
		}
		w.text(s.Reveal())
	}
	w.number(int64(len(t.told)))
	for i := range t.told {
		d := &t.told[i]
		if !w.match(&d.match) || !w.origin(&d.place.Origin) {
			return false
		}
		w.place(&d.place)
		w.list(d.also)
	}
	return true
}

// origin writes the origin of something in a repository.
func (w *sealWriter) origin(o *finding.Origin) bool {
	g := o.Git
	if g == nil || o.Image != nil || o.Log != nil {
		return false
	}
	for _, s := range []string{
		string(o.Kind), o.Path, o.Above, g.Repository, g.Blob, g.Commit, g.Author, g.Email, g.Subject, g.Ref, g.HeadPath, g.LastCommit, g.RemovedBy,
	} {
		w.text(s)
	}
	for _, list := range [][]string{o.Inside, g.Paths, g.Branches} {
		w.list(list)
	}
	w.time(g.Date)
	w.time(g.LastDate)
	w.number(int64(g.Commits))
	w.number(int64(g.HeadLine))
	flags := int64(0)
	if g.AtHead {
		flags |= 1
	}
	if g.Unreachable {
		flags |= 2
	}
	w.number(flags)
	return true
}

// time writes a time of a commit: seconds, and how far its zone is from UTC.
func (w *sealWriter) time(t time.Time) {
	if t.IsZero() {
		w.number(math.MinInt64)
		return
	}
	_, offset := t.Zone()
	w.number(t.Unix())
	w.number(int64(offset))
}
