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

func TestSevenZipDictionaries(t *testing.T) {
	for want, coder := range map[Reason][]byte{
		TooLarge: {0x23, 3, 4, 1, 5, 6, 0, 0, 0, 0xf0}, // PPMd with a model of 3.75 GiB
		Corrupt:  {0x23, 3, 4, 1, 5, 6, 0, 0, 0, 0x01}, // one of 16 MiB, of nothing
	} {
		header := append([]byte{szHeader, szMainStreams, szUnpackInfo, szFolder, 1, 0, 1}, coder...)
		header = append(header, szUnpackSize, 9, szEnd, szEnd, szFiles, 1, szEnd, szEnd)
		if r := walk(t, stream(sevenZipOf(header)), Limits{}); r.problems[""] != want {
			t.Errorf("want %s, problems %v, members %d", want, r.problems, len(r.members))
		}
	}
}

func TestEmptySevenZip(t *testing.T) {
	if r := walk(t, stream(sevenZipOf(nil)), Limits{}); len(r.members) != 0 {
		t.Errorf("members %v, problems %v", r.members, r.problems)
	}
}
