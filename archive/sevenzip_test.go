package archive

import (
	"encoding/binary"
	"hash/crc32"
	"runtime"
	"testing"
)

// sevenZipOf puts sound sums around a header.
func sevenZipOf(header []byte) []byte {
	head := make([]byte, sevenZipHead)
	copy(head, "7z\xbc\xaf\x27\x1c\x00\x04")
	binary.LittleEndian.PutUint64(head[20:], uint64(len(header)))
	binary.LittleEndian.PutUint32(head[28:], crc32.ChecksumIEEE(header))
	binary.LittleEndian.PutUint32(head[8:], crc32.ChecksumIEEE(head[12:]))
	return append(head, header...)
}

// A few bytes must not make the library allocate gigabytes.
func TestSevenZipThatAsksForMuch(t *testing.T) {
	gigabytes := []byte{0xf0, 0xff, 0xff, 0xff, 0x6f} // a number of the format
	for name, header := range map[string][]byte{
		"properties": append([]byte{szHeader, szMainStreams, szUnpackInfo, szFolder, 1, 0, 1, 0x21, 0x21}, gigabytes...),
		"coders":     append([]byte{szHeader, szMainStreams, szUnpackInfo, szFolder, 1, 0}, gigabytes...),
		"folders":    append([]byte{szHeader, szMainStreams, szUnpackInfo, szFolder}, gigabytes...),
		"inputs":     append([]byte{szHeader, szMainStreams, szUnpackInfo, szFolder, 1, 0, 1, 0x11, 0x21}, gigabytes...),
		"files":      append([]byte{szHeader, szFiles}, gigabytes...),
		"packed":     append([]byte{szEncodedHeader, szUnpackInfo, szFolder, 1, 0, 1, 0x21, 0x21}, gigabytes...),
	} {
		header = append(header, make([]byte, 20)...)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r := walk(t, stream(sevenZipOf(header)), Limits{})
		runtime.ReadMemStats(&after)
		if r.problems[""] != Corrupt || after.TotalAlloc-before.TotalAlloc > 64<<20 {
			t.Errorf("%s: problems %v, %d MiB allocated", name, r.problems, (after.TotalAlloc-before.TotalAlloc)>>20)
		}
	}
}

func TestEmptySevenZip(t *testing.T) {
	if r := walk(t, stream(sevenZipOf(nil)), Limits{}); len(r.members) != 0 {
		t.Errorf("members %v, problems %v", r.members, r.problems)
	}
}
