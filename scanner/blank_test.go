package scanner

import "testing"

func TestBlank(t *testing.T) {
	zeros := make([]byte, 64<<10)
	if !blank(zeros) || blank(zeros[:100]) {
		t.Error("zeros are not told, or told of a short text")
	}
	for _, at := range []int{0, 1, 1000, len(zeros) - 1} {
		zeros[at] = 'x'
		if blank(zeros) {
			t.Errorf("a byte at %d is overlooked", at)
		}
		zeros[at] = 0
	}
}
