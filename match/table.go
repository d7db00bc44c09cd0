package match

import (
	"encoding/binary"
	"math/bits"
)

// anchorBytes is how much of a form is hashed. No form is shorter.
const anchorBytes = 8

// maxAnchors bounds the table: with more forms the stride gets shorter.
const maxAnchors = 32 << 20

// table finds candidates. An entry is
//
//	tag 30 | value 24 | form 5 | base 2 | phase 3
//
// value and form say what to compare with, base and phase where in the form the anchor stands (see bases).
type table struct {
	stride  int      // text is looked at each so many bytes
	filter  []uint64 // bit set over hashes
	shift   uint     // of a hash, to the filter's bits
	entries []uint64 // by bucket
	starts  []uint32 // of each bucket in entries, and their end
	bucket  uint     // shift of a mixed hash, to the buckets
}

const (
	valueShift = 10
	formShift  = 5
	baseShift  = 3
	tagShift   = 34
	maxForms   = 1 << 5
)

// fold is or-ed into the eight bytes of an anchor: letters lose their case.
const fold = 0x2020202020202020

// multiplier is the 64-bit golden ratio, odd.
const multiplier = 0x9E3779B97F4A7C15

func hashAt(b []byte) uint64 { return (binary.LittleEndian.Uint64(b) | fold) * multiplier }

// mix spreads what a product's high bits know over all bits (the finaliser of MurmurHash3, Austin Appleby, public domain).
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// bases are the places in a form of n bytes where its anchors may start: what values have in common stands mostly at one
// end.
func bases(n, stride int) [4]int {
	last := n - anchorBytes - (stride - 1)
	return [4]int{last, 0, last / 2, last / 4}
}

// anchors are entries before they have their places.
type anchors struct {
	buckets []uint32
	entries []uint64
}

func (s *Set) build() {
	shortest, count := 1<<30, 0
	for i := range s.values {
		for _, f := range s.forms(i) {
			shortest, count = min(shortest, len(f.text)), count+1
			s.reach = max(s.reach, len(f.text))
		}
	}
	s.stride = anchorBytes
	for s.stride > 1 && (shortest < anchorBytes+s.stride-1 || count*s.stride > maxAnchors) {
		s.stride /= 2
	}
	s.size(count * s.stride)
	s.place(s.anchors(count * s.stride))
}

// size makes room for n anchors.
func (s *Set) size(n int) {
	width := min(max(bits.Len(uint(16*max(n, 1))), 14), 30)
	s.filter, s.shift = make([]uint64, 1<<(width-6)), uint(64-width)
	depth := min(max(bits.Len(uint(n)), 4), 24)
	s.bucket = uint(64 - depth)
	s.starts = make([]uint32, 1<<depth+1)
}

// forms returns the forms of a value that the table has room to tell apart.
func (s *Set) forms(i int) []form {
	all := forms(s.values[i].Secret.Reveal())
	return all[:min(len(all), maxForms)]
}

// anchors chooses the anchors of every form, those of the base where the fewest others are like them, and puts them into
// the filter.
func (s *Set) anchors(n int) anchors {
	seen := make([]uint8, 1<<max(16, min(26, bits.Len(uint(2*n)))))
	mask := uint64(len(seen) - 1)
	out := anchors{make([]uint32, 0, n), make([]uint64, 0, n)}
	for i := range s.values {
		for k, f := range s.forms(i) {
			best, least := 0, 1<<30
			for b, at := range bases(len(f.text), s.stride) {
				most := 0
				for p := range s.stride {
					most = max(most, int(seen[mix(hashAt(f.text[at+p:]))&mask]))
				}
				if most < least {
					best, least = b, most
				}
			}
			at := bases(len(f.text), s.stride)[best]
			for p := range s.stride {
				h := hashAt(f.text[at+p:])
				if c := &seen[mix(h)&mask]; *c < 255 {
					*c++
				}
				bit := h >> s.shift
				s.filter[bit/64] |= 1 << (bit % 64)
				h = mix(h)
				s.starts[h>>s.bucket+1]++
				out.buckets = append(out.buckets, uint32(h>>s.bucket))
				out.entries = append(out.entries, h<<tagShift|uint64(i)<<valueShift|uint64(k)<<formShift|uint64(best)<<baseShift|uint64(p))
			}
		}
	}
	return out
}

// place sorts the anchors into buckets: starts holds how many each has, and then where each begins.
func (s *Set) place(all anchors) {
	for i := 1; i < len(s.starts); i++ {
		s.starts[i] += s.starts[i-1]
	}
	s.entries = make([]uint64, len(all.entries))
	for i := len(all.entries) - 1; i >= 0; i-- { // from the end of each bucket, which starts then points at its beginning
		end := &s.starts[all.buckets[i]+1]
		*end--
		s.entries[*end] = all.entries[i]
	}
	copy(s.starts, s.starts[1:])
	s.starts[len(s.starts)-1] = uint32(len(s.entries))
}
