package generic

import _ "embed"

// data/words.bin is a Bloom filter of the common words of technical English and of code, followed by the trigrams of
// those words; the program in train makes it from the documentation and identifiers of public source trees.
//
//go:embed data/words.bin
var wordData string

const (
	bloomBits    = 1 << 18
	bloomBytes   = bloomBits / 8
	letterCount  = 27 // a to z, and the border of a word
	trigramCount = letterCount * letterCount * letterCount
	wordDataLen  = bloomBytes + trigramCount
	wordMin      = 3
	wordMax      = 14
	hashSeed     = 2166136261
	hashPrime    = 16777619
)

// isWord tells whether the letters hashed to h (FNV-1a) are a common word.
func isWord(h uint32) bool {
	for _, k := range places(h) {
		if wordData[k>>3]>>(k&7)&1 == 0 {
			return false
		}
	}
	return true
}

// places returns the three bits of the filter that stand for a word hashed to h.
func places(h uint32) [3]uint32 {
	h = (h ^ h>>15) * 0x2c1b3c6d
	h ^= h >> 12
	g := h * 0x9e3779b1
	return [3]uint32{h & (bloomBits - 1), g >> 14, (g ^ h>>7) & (bloomBits - 1)}
}

// naturalness fills the features that compare the value with words.
func naturalness(v []byte, f *Features) {
	if len(v) > 96 {
		v = v[:96]
	}
	letters, inWords, vowels, segments, trigrams := 0, 0, 0, 0, 0
	var sum float32
	lowest := float32(0)
	longest := 0
	for i := 0; i < len(v); {
		if !isLetter(v[i]) {
			i++
			continue
		}
		start := i
		h := uint32(hashSeed)
		a, b := 0, 0
		for i < len(v) && isLetter(v[i]) && !(i > start && chars[v[i]]&charUpper != 0 && chars[v[i-1]]&charLower != 0) {
			ch := lower(v[i])
			h = (h ^ uint32(ch)) * hashPrime
			x := int(ch-'a') + 1
			p := trigram(a, b, x)
			sum += p
			lowest = min(lowest, p)
			trigrams++
			if ch == 'a' || ch == 'e' || ch == 'i' || ch == 'o' || ch == 'u' || ch == 'y' {
				vowels++
			}
			a, b = b, x
			i++
		}
		p := trigram(a, b, 0)
		sum += p
		lowest = min(lowest, p)
		trigrams++
		segments++
		n := i - start
		letters += n
		if n >= 2 && n <= wordMax && (n < wordMin || isWord(h)) {
			inWords += n
			longest = max(longest, n)
		}
	}
	f[fSegments] = float32(segments)
	if letters == 0 {
		return
	}
	f[fWordShare] = float32(inWords) / float32(letters)
	f[fNatural] = sum / float32(trigrams)
	f[fNaturalMin] = lowest
	f[fLongestWord] = float32(longest)
	f[fVowels] = float32(vowels) / float32(letters)
	f[fGreedyShare] = greedy(v) / float32(letters)
}

// trigram returns the logarithm (to base 2) of the probability of x after a and b.
func trigram(a, b, x int) float32 {
	return -float32(wordData[bloomBytes+(a*letterCount+b)*letterCount+x]) / 16
}

// greedy counts the letters covered by words of four letters and more, the longest first at each place, borders within
// the letters aside.
func greedy(v []byte) float32 {
	covered := 0
	for i := 0; i < len(v); {
		h := uint32(hashSeed)
		best := 0
		for k := i; k < len(v) && k-i < 12 && isLetter(v[k]); k++ {
			h = (h ^ uint32(lower(v[k]))) * hashPrime
			if k-i >= 3 && isWord(h) {
				best = k - i + 1
			}
		}
		covered += best
		i += max(1, best)
	}
	return float32(covered)
}

// Letters is the size of the trigrams' alphabet.
const Letters = letterCount

// WordFilter returns the Bloom filter of lower-case words as data/words.bin starts with it; for the program in train.
func WordFilter(words []string) []byte {
	bits := make([]byte, bloomBytes)
	for _, w := range words {
		h := uint32(hashSeed)
		for i := range len(w) {
			h = (h ^ uint32(w[i])) * hashPrime
		}
		for _, k := range places(h) {
			bits[k>>3] |= 1 << (k & 7)
		}
	}
	return bits
}
