// Package decode finds the encoded parts of a text and decodes them: bytes to bytes plus a map of offsets.
//
// It knows nothing of rules or findings. A caller scans a text as it stands, then asks Decoder.Find for every Stretch of
// it that is encoded, scans what the stretch decodes to, and maps what it finds there back with Stretch.SourceSpan.
// A decoded text may hold encoded stretches in turn (UTF-16 in base64, gzip in base64): call Find on it again, from
// inside yield if you like. How deep to go, and how many bytes to spend, is the caller's business.
//
// Two kinds of decoders share one contract:
//
//   - Transparent ones (percent, backslash escapes, HTML entities, quoted-printable, terminal colours, zero-width
//     characters, string concatenation, line continuation, UTF-16) undo single characters of a text that is readable
//     otherwise. Their stretch is the neighbourhood of such characters, and Dirty says where it differs from the source.
//   - Run decoders (base64, base32, hex, base85, lists of numbers, gzip) need a long run of one alphabet, and the run
//     must decode to something like text: a dozen printable bytes in a row, UTF-16, or a compressed stream.
//
// Laws, each one a test:
//
//   - What a stretch decodes to depends on the bytes near it, never on where the text given begins or ends: two texts
//     that agree on Reach bytes around `within` yield the same stretches. The one exception is a compressed
//     stream, which is looked for at the start of a text only.
//   - Nothing is allocated for a text without encoded stretches.
//   - Memory stays bounded: what is too long is decoded in pieces that overlap by Overlap bytes, so that no token
//     whose encoded form is shorter than that is lost. Duplicates are possible and mean nothing.
//
// Start reading at Decoder.Find.
package decode

// Limits, in bytes.
const (
	// ContextBytes is how much plain text of the same line a transparent stretch shows on either side of its escapes, so
	// that a token of which only a part is escaped is seen whole.
	ContextBytes = 512
	// MaxRun is the longest run (base64, hex, numbers; line breaks and joins included) decoded as a whole.
	MaxRun = 1 << 20
	// MaxPiece is the longest source of a transparent stretch.
	MaxPiece = 256 << 10
	// Overlap is shared by neighbouring pieces of what is longer than MaxRun or MaxPiece.
	Overlap = 64 << 10
	// MaxInflate is the most that one compressed stream is inflated to; what follows is left out.
	MaxInflate = 4 << 20
	// MaxRatio is the most that a compressed stream may grow, beyond the first 64 KiB of output.
	MaxRatio = 200
	// Reach is the most bytes on either side of a span that decide what Find yields for it.
	Reach = MaxRun + MaxPiece + 2*Overlap
)

// The shortest runs that are looked at, in symbols.
const (
	minBase64  = 24
	minBase32  = 32
	minHex     = 32
	minBase85  = 20
	minNumbers = 16
	minStreak  = 12 // printable bytes in a row that make a decoded run plausible
	minUnits   = 8  // UTF-16 code units in a row
)

// Names of the decoders, as Stretch.Name gives them.
const (
	nameBase64    = "base64"
	nameBase32    = "base32"
	nameBase85    = "base85"
	nameHex       = "hex"
	nameColonHex  = "colon-hex"
	nameByteArray = "hex-array"
	nameDecimal   = "decimal-array"
	namePercent   = "percent"
	nameUnicode   = "unicode-escape"
	nameHexEscape = "hex-escape"
	nameOctal     = "octal-escape"
	nameBackslash = "backslash"
	nameContinued = "line-continuation"
	nameHTML      = "html-entity"
	nameQuoted    = "quoted-printable"
	nameANSI      = "ansi"
	nameZeroWidth = "zero-width"
	nameConcat    = "concat"
	nameUTF16LE   = "utf-16le"
	nameUTF16BE   = "utf-16be"
	nameGzip      = "gzip"
	nameZlib      = "zlib"
)
