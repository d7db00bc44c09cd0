package proof

import (
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"strconv"
	"strings"
)

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// crcBase62 returns the CRC32 (IEEE) of text as six base62 digits.
func crcBase62(text string) string {
	sum := crc32.ChecksumIEEE([]byte(text))
	out := [6]byte{'0', '0', '0', '0', '0', '0'}
	for i := len(out) - 1; sum > 0; i-- {
		out[i] = base62[sum%62]
		sum /= 62
	}
	return string(out[:])
}

// Both formats: four characters of prefix, 30 random base62 digits, the checksum of these 30 in six base62 digits.
// "Behind GitHub's new authentication token formats", GitHub blog, 2021-04-05; "npm has a new access token format",
// GitHub changelog, 2021-09-23.
const (
	classicPrefix = 4
	classicLength = 40
	classicSum    = 6
)

func classicHolds(token string) bool {
	return crcBase62(token[classicPrefix:classicLength-classicSum]) == token[classicLength-classicSum:]
}

// githubCRC checks classic GitHub tokens. Refresh tokens are longer and not documented; the new installation tokens
// (GitHub changelog, 2026-04) are ghs_, the app's id and a JWT. Fine-grained tokens document no checksum.
func githubCRC(c Candidate) Result {
	s := c.Secret
	switch {
	case strings.HasPrefix(s, "ghs_") && strings.Contains(s, "eyJ"):
		r := jwt(c)
		r.Drop = false
		return r
	case len(s) != classicLength || !strings.HasPrefix(s, "gh") || s[3] != '_':
		return Result{}
	}
	return checksum(classicHolds(s), "CRC32 of GitHub tokens holds")
}

func npmCRC(c Candidate) Result {
	if len(c.Secret) != classicLength || !strings.HasPrefix(c.Secret, "npm_") {
		return Result{}
	}
	return checksum(classicHolds(c.Secret), "CRC32 of npm tokens holds")
}

// grafanaCRC checks service account tokens: glsa_, 32 characters, _, the CRC32 of all before in hex, least byte first.
// Grafana, pkg/components/satokengen, 2022.
func grafanaCRC(c Candidate) Result {
	const body, whole = 37, 46
	s := c.Secret
	if len(s) != whole || !strings.HasPrefix(s, "glsa_") {
		return Result{}
	}
	var sum [4]byte
	binary.LittleEndian.PutUint32(sum[:], crc32.ChecksumIEEE([]byte(s[:body])))
	return checksum(strings.EqualFold(hex.EncodeToString(sum[:]), s[body+1:]), "CRC32 of Grafana service account tokens holds")
}

// cloudflareCRC checks prefixed tokens: cfut_, cfat_ or cfk_, 40 characters, their CRC32 in hex. Cloudflare changelog,
// "Detect Cloudflare API tokens with DLP", 2026-04-14, names the algorithm but not what it covers; that the 40 characters
// are it is seen in a published token of a user. So a failure says nothing.
func cloudflareCRC(c Candidate) Result {
	const random, digits = 40, 8
	_, body, _ := strings.Cut(c.Secret, "_")
	if len(body) != random+digits {
		return Result{}
	}
	sum, err := strconv.ParseUint(body[random:], 16, 32)
	if err != nil || uint32(sum) != crc32.ChecksumIEEE([]byte(body[:random])) {
		return Result{}
	}
	return checksum(true, "CRC32 of Cloudflare tokens holds")
}

// atlassianCRC checks tokens of the 2023 format, which end in = and eight hex digits: the CRC32 of all up to the =.
// Atlassian does not document it; it holds for tokens in public reports, so a failure says nothing.
func atlassianCRC(c Candidate) Result {
	const digits = 8
	n := len(c.Secret) - digits
	if n < digits || c.Secret[n-1] != '=' {
		return Result{}
	}
	sum, err := strconv.ParseUint(c.Secret[n:], 16, 32)
	if err != nil || uint32(sum) != crc32.ChecksumIEEE([]byte(c.Secret[:n])) {
		return Result{}
	}
	return checksum(true, "CRC32 of Atlassian tokens holds")
}

// gitlabRoutable checks routable tokens: prefix, base64url payload, a dot, (a version and a dot,) the payload's length
// in two base36 digits, the CRC32 of all before in seven. GitLab handbook, "Routable tokens", 2024; version: 2025.
func gitlabRoutable(c Candidate) Result {
	const lengthDigits, sumDigits = 2, 7
	dot := strings.LastIndexByte(c.Secret, '.')
	if dot < 0 || len(c.Secret)-dot-1 != lengthDigits+sumDigits {
		return Result{}
	}
	n := len(c.Secret) - sumDigits
	sum, err := strconv.ParseUint(c.Secret[n:], 36, 64)
	return checksum(err == nil && sum == uint64(crc32.ChecksumIEEE([]byte(c.Secret[:n]))), "CRC32 of GitLab routable tokens holds")
}

// nkeySeed checks the seed of a NATS key: base32 of two prefix bytes, 32 bytes and a CRC16. nats-io/nkeys README, 2018.
func nkeySeed(c Candidate) Result {
	const encoded = 58
	if len(c.Secret) != encoded || c.Secret[0] != 'S' {
		return Result{}
	}
	return checksum(crc16Holds(c.Secret), "CRC16 of NATS seeds holds")
}

// stellarSeed checks the secret seed of a Stellar account. Stellar protocol, SEP-23 (strkey), 2019.
func stellarSeed(c Candidate) Result {
	const encoded = 56
	if len(c.Secret) != encoded || c.Secret[0] != 'S' {
		return Result{}
	}
	if !crc16Holds(c.Secret) {
		return drop() // any run of base32 looks like one; the checksum is the format
	}
	return checksum(true, "CRC16 of Stellar seeds holds")
}

// crc16Holds tells whether text is base32 whose last two bytes are the CRC16 (XMODEM, least byte first) of the others.
func crc16Holds(text string) bool {
	b, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(text)
	if err != nil || len(b) < 3 {
		return false
	}
	const polynomial = 0x1021
	n := len(b) - 2
	var sum uint16
	for _, x := range b[:n] {
		sum ^= uint16(x) << 8
		for range 8 {
			top := sum & 0x8000
			sum <<= 1
			if top != 0 {
				sum ^= polynomial
			}
		}
	}
	return binary.LittleEndian.Uint16(b[n:]) == sum
}
