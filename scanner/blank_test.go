package scanner

import (
	"bytes"
	"testing"
)

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
	if !blank(bytes.Repeat([]byte("A"), 1<<10)) || blank(bytes.Repeat([]byte("AB"), 1<<10)) {
		t.Error("any byte is a blank over and over, and no pair of them")
	}
}
