package events

import (
	"bytes"
	"os"
)

// wholeLines returns where the last whole line of a file ends.
func wholeLines(f *os.File, size int64) (int64, error) {
	buf := make([]byte, 64<<10)
	for end := size; end > 0; {
		start := max(0, end-int64(len(buf)))
		n, err := f.ReadAt(buf[:end-start], start)
		if n < int(end-start) {
			return 0, err
		}
		if i := bytes.LastIndexByte(buf[:n], '\n'); i >= 0 {
			return start + int64(i) + 1, nil
		}
		end = start
	}
	return 0, nil
}

// linesAt reads the whole lines that start at from: as many as fit a batch, at least one unless the file ends before it does.
func linesAt(f *os.File, from, size int64) ([]byte, error) {
	for want := int64(batchByte); ; want *= 2 {
		text := make([]byte, min(want, size-from))
		if _, err := f.ReadAt(text, from); err != nil && len(text) > 0 {
			return nil, err
		}
		if end := bytes.LastIndexByte(text, '\n') + 1; end > 0 || from+int64(len(text)) == size {
			return text[:end], nil
		}
	}
}

// cutBatch returns the first events of a text, and how many bytes they take.
func cutBatch(text []byte) ([][]byte, int) {
	var out [][]byte
	size := 0
	for len(out) < batchSize && size < len(text) && (size < batchByte || len(out) == 0) {
		n := bytes.IndexByte(text[size:], '\n')
		out = append(out, text[size:size+n])
		size += n + 1
	}
	return out, size
}
