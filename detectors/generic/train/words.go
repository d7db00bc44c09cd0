package main

import (
	"cmp"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/unleak/unleak/detectors/generic"
)

// commonest is how many words go into the filter.
const commonest = 14000

// makeWords counts the words of all text files under dirs and writes the filter and the trigrams.
func makeWords(out string, dirs []string) error {
	counts := map[string]int{}
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || !wordy(path) {
				return err
			}
			b, err := os.ReadFile(path)
			if err == nil {
				countWords(string(b), counts)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	words := make([]string, 0, len(counts))
	for w := range counts {
		words = append(words, w)
	}
	slices.SortFunc(words, func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	words = words[:min(commonest, len(words))]
	return os.WriteFile(out, append(generic.WordFilter(words), trigrams(words, counts)...), 0o644)
}

// wordy tells whether a file holds prose or readable code.
func wordy(path string) bool {
	if strings.Contains(path, "testdata") || strings.Contains(path, "vendor") {
		return false
	}
	switch filepath.Ext(path) {
	case ".go", ".py", ".md", ".txt", ".pod", ".pm", ".html", ".rst":
		return true
	}
	return false
}

// countWords counts runs of letters, split where case says a new word begins, that stand in a file at least once; each
// file counts a word as often as the square root of its number there, so that no file rules.
func countWords(text string, counts map[string]int) {
	here := map[string]int{}
	start := -1
	for i := 0; i <= len(text); i++ {
		letter := i < len(text) && (text[i]|0x20 >= 'a' && text[i]|0x20 <= 'z')
		hump := letter && start >= 0 && text[i] < 'a' && text[i-1] >= 'a'
		if start >= 0 && (!letter || hump) {
			if n := i - start; n >= 3 && n <= 14 {
				here[strings.ToLower(text[start:i])]++
			}
			start = -1
		}
		if letter && start < 0 {
			start = i
		}
	}
	for w, n := range here {
		counts[w] += int(math.Sqrt(float64(n)))
	}
}

// trigrams returns, for each two letters and the one after, sixteen times the negative logarithm of its probability.
func trigrams(words []string, counts map[string]int) []byte {
	const n = generic.Letters
	var seen [n * n][n]float64
	for _, w := range words {
		a, b := 0, 0
		weight := math.Sqrt(float64(counts[w]))
		for i := 0; i <= len(w); i++ {
			x := 0
			if i < len(w) {
				x = int(w[i]-'a') + 1
			}
			seen[a*n+b][x] += weight
			a, b = b, x
		}
	}
	var pairs [n][n]float64 // b, x whatever stood before
	for ab := range seen {
		for x, v := range seen[ab] {
			pairs[ab%n][x] += v
		}
	}
	out := make([]byte, 0, n*n*n)
	for ab := range seen {
		sum, pairSum := 0.0, 0.0
		for x := range n {
			sum += seen[ab][x]
			pairSum += pairs[ab%n][x]
		}
		for x := range n {
			prior := (pairs[ab%n][x] + 1) / (pairSum + n)
			p := (seen[ab][x] + 200*prior) / (sum + 200)
			out = append(out, byte(min(255, math.Round(-16*math.Log2(p)))))
		}
	}
	return out
}
