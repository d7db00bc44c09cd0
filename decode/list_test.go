package decode

import (
	"fmt"
	"math/rand"
	"testing"
)

// Whatever stands between the numbers of a list, each byte comes from its own number.
func TestListSpans(t *testing.T) {
	rnd := rand.New(rand.NewSource(7))
	gaps := []string{", ", ", ", ", ", ", ", ",", ",\n\t", ",  ", ",\r\n"}
	for round := range 200 {
		text, plain := []byte("var raw = []byte{"), "github.com/example/service/v1.Request"
		var numbers []Span
		for i, c := range []byte(plain) {
			if i > 0 {
				text = append(text, gaps[rnd.Intn(len(gaps))]...)
			}
			number := fmt.Sprintf([]string{"0x%02x", "0x%02X", "0X%02x"}[max(0, rnd.Intn(12)-9)], c)
			numbers = append(numbers, Span{len(text), len(text) + len(number)})
			text = append(text, number...)
		}
		text = append(text, "}\n"...)
		found := 0
		New().Find(text, Span{0, len(text)}, func(s *Stretch) {
			if string(s.Text) != plain {
				return
			}
			found++
			for i, want := range numbers {
				if got := s.SourceSpan(Span{i, i + 1}); got != want {
					t.Fatalf("round %d: byte %d of %q is from %v, want %v", round, i, text, got, want)
				}
			}
			if got, want := s.SourceSpan(Span{3, 9}), (Span{numbers[3].Start, numbers[8].End}); got != want {
				t.Fatalf("round %d: bytes 3 to 9 are from %v, want %v", round, got, want)
			}
		})
		if found == 0 {
			t.Fatalf("round %d: %q was not decoded", round, text)
		}
	}
}
