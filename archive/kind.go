package archive

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/bits"
)

// Kind is a format Walk knows.
type Kind uint8

// The kinds.
const (
	None Kind = iota // not an archive
	Zip
	Tar
	Ar
	Cpio
	Rpm
	SevenZip
	Cab
	Gzip
	Bzip2
	Xz
	Zstd
	Lzma
	Lz4
	Lzip
	Compress // .Z
	PDF
	SQLite
	Office // a part of a document
	Class
	Pyc
	Unknown // an archive of a format that is not read: rar, squashfs
)

// Unit is what reports count a stream of this kind as: documents hold text of their own, archives further files.
func (k Kind) Unit() string {
	if k >= PDF && k < Unknown {
		return "documents"
	}
	return "archives"
}

// HeadSize is how many bytes of a stream Detect wants to see.
const HeadSize = 512

// Detect tells what a stream is by its first bytes, at most HeadSize of them being looked at.
//
// Sources: the magic numbers are those of APPNOTE 6.3.10 (zip), POSIX.1-2017 pax and ustar (tar), RFC 1952 (gzip),
// RFC 8878 (zstd), the .xz file format 1.2.1, 7zFormat.txt and lzma.txt of the LZMA SDK, rpm's lead.h and cpio(5).
func Detect(head []byte) Kind {
	if len(head) < 4 {
		return None
	}
	switch head[0] {
	case 'P':
		if head[1] == 'K' && (head[2] == 3 && head[3] == 4 || head[2] == 5 && head[3] == 6 || head[2] == 7 && head[3] == 8) {
			return Zip
		}
	case 0x1f:
		if head[1] == 0x8b && head[2] == 8 {
			return Gzip
		}
		if head[1] == 0x9d && head[2]&0x60 == 0 && head[2]&0x1f >= lzwMinBits && head[2]&0x1f <= lzwMaxBits {
			return Compress
		}
	case 'B':
		if len(head) >= 10 && head[1] == 'Z' && head[2] == 'h' && head[3] >= '1' && head[3] <= '9' &&
			(string(head[4:10]) == "1AY&SY" || string(head[4:10]) == "\x17rE8P\x90") {
			return Bzip2
		}
	}
	for _, m := range magics {
		if head[0] == m.magic[0] && bytes.HasPrefix(head, []byte(m.magic)) {
			return m.kind
		}
	}
	switch {
	case isClass(head):
		return Class
	case isPyc(head):
		return Pyc
	case isOffice(head):
		return Office
	case isTar(head):
		return Tar
	}
	if isLzma(head) {
		return Lzma
	}
	return None
}

var magics = []struct {
	magic string
	kind  Kind
}{
	{"\xfd7zXZ\x00", Xz},
	{"\x28\xb5\x2f\xfd", Zstd},
	{"7z\xbc\xaf\x27\x1c", SevenZip},
	{"!<arch>\n", Ar},
	{"\xed\xab\xee\xdb", Rpm},
	{"070701", Cpio},
	{"070702", Cpio},
	{"070707", Cpio},
	{"\x04\x22\x4d\x18", Lz4},
	{"%PDF-", PDF},
	{"SQLite format 3\x00", SQLite},
	{"Rar!\x1a\x07", Unknown},
	{"MSCF\x00\x00\x00\x00", Cab},
	{"hsqs", Unknown},
	{"LZIP\x01", Lzip},
}

// formatName names the formats that are known but not read.
func formatName(r io.Reader) string {
	p, ok := r.(interface{ seen() []byte })
	if !ok {
		return "such"
	}
	switch p.seen()[0] {
	case 'R':
		return "rar"
	case 'h':
		return "squashfs"
	}
	return "such"
}

// isTar tells a tar header block by its checksum, which also holds for the old format without the "ustar" mark.
func isTar(head []byte) bool {
	if len(head) < 512 || head[0] == 0 {
		return false
	}
	field := bytes.Trim(head[148:156], " \x00")
	if len(field) == 0 || len(field) > 7 {
		return false
	}
	var want int64
	for _, c := range field {
		if c < '0' || c > '7' {
			return false
		}
		want = want<<3 | int64(c-'0')
	}
	var unsigned, signed int64
	for i, c := range head[:512] {
		if i >= 148 && i < 156 {
			c = ' '
		}
		unsigned += int64(c)
		signed += int64(int8(c))
	}
	return want == unsigned || want == signed
}

// isLzma tells the header of an .lzma file, which has no magic: properties, a dictionary size that encoders write, and
// a size that is unknown or below 256 GiB.
func isLzma(head []byte) bool {
	if len(head) < 14 || head[0] != 0x5d || head[13] != 0 {
		return false
	}
	dict := binary.LittleEndian.Uint32(head[1:])
	if dict < 1<<12 || bits.OnesCount32(dict) > 2 && dict != 1<<32-1 {
		return false
	}
	size := binary.LittleEndian.Uint64(head[5:])
	return size == 1<<64-1 || size < 1<<38
}
