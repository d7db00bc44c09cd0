package main

import (
	"github.com/unleak/unleak/detectors/generic"
)

// random is a small generator with a fixed seed (SplitMix64), so that the same input gives the same model.
type random uint64

func (r *random) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (r *random) below(n int) int { return int(r.next() % uint64(n)) }

func (r *random) text(alphabet string, n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = alphabet[r.below(len(alphabet))]
	}
	return out
}

const (
	lowerHex  = "0123456789abcdef"
	upperHex  = "0123456789ABCDEF"
	alnum     = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	lowerNum  = "abcdefghijklmnopqrstuvwxyz0123456789"
	base32    = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	base64    = alnum + "+/"
	urlBase64 = alnum + "-_"
	marks     = alnum + "!@#$%^&*-_+=?"
)

// value returns a made-up credential of a shape that issuers use.
func (r *random) value() []byte {
	switch r.below(9) {
	case 0:
		return r.text(lowerHex, []int{16, 20, 24, 32, 32, 40, 48, 64}[r.below(8)])
	case 1:
		return r.text(upperHex, []int{16, 32, 40, 64}[r.below(4)])
	case 2:
		return append(r.text(base64, 4*(5+r.below(8))+2), '=', '=')
	case 3:
		return r.text(urlBase64, 16+r.below(48))
	case 4:
		return r.text(base32, []int{16, 26, 32, 52}[r.below(4)])
	case 5:
		return r.text(lowerNum, 10+r.below(30))
	case 6:
		return append(append(r.text(alnum, 4+r.below(6)), "-."[r.below(2)]), r.text(alnum, 12+r.below(20))...)
	case 7:
		return r.text(marks, 10+r.below(14))
	default:
		return r.text(alnum, 12+r.below(36))
	}
}

// augment adds made-up candidates: names and contexts of candidates that are none, with made-up credentials in place of
// their values. They teach the model that a telling name before a random value is enough, whatever stands around.
func (s *set) augment(every int, weight float64) {
	if every <= 0 {
		return
	}
	r := random(1)
	n := len(s.samples)
	for i := range n {
		x := &s.samples[i]
		if x.fixed || x.y != 0 || x.weight == 0 || x.clean || i%every != 0 || !generic.NamesCredential(&x.x) {
			continue
		}
		made := *x
		v := r.value()
		generic.Reshape(&made.x, v)
		made.y, made.weight, made.made = 1, float32(weight), true
		s.samples = append(s.samples, made)
	}
}
