package redact

import (
	"bytes"
	"compress/gzip"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
)

// compose makes a text of some examples, each in one of many disguises, between ordinary log lines.
func compose(rng *rand.Rand, examples []string) string {
	var b strings.Builder
	for range 1 + rng.IntN(6) {
		for range rng.IntN(4) {
			b.WriteString(ordinary(rng))
		}
		x := examples[rng.IntN(len(examples))]
		b.WriteString(disguise(rng, x))
		if rng.IntN(4) > 0 {
			b.WriteByte('\n')
		}
	}
	for range rng.IntN(3) {
		b.WriteString(ordinary(rng))
	}
	return b.String()
}

func ordinary(rng *rand.Rand) string {
	switch rng.IntN(6) {
	case 0:
		return fmt.Sprintf("2026-11-23T12:00:%02d.123Z INFO handler: request %d took %dms path=/api/v1/items/%d\n", rng.IntN(60), rng.IntN(1e6), rng.IntN(900), rng.IntN(1e4))
	case 1:
		return fmt.Sprintf("10.0.%d.%d - - [23/Nov/2026:12:00:00 +0000] \"GET /index.html?q=%d HTTP/1.1\" 200 %d \"-\" \"Mozilla/5.0 (X11; Linux x86_64) Safari/537.36\"\n", rng.IntN(256), rng.IntN(256), rng.IntN(100), rng.IntN(1e5))
	case 2:
		return fmt.Sprintf("{\"level\":\"info\",\"msg\":\"done\",\"id\":%d}\r\n", rng.IntN(1e6))
	case 3:
		return fmt.Sprintf("trace=%016x%016x\n", rng.Uint64(), rng.Uint64())
	case 4:
		return fmt.Sprintf("%d\n", rng.IntN(256))
	}
	return "\n"
}

func wrap(s string, width int, between string) string {
	var lines []string
	for len(s) > width {
		lines = append(lines, s[:width])
		s = s[width:]
	}
	return strings.Join(append(lines, s), between)
}

func disguise(rng *rand.Rand, x string) string {
	width := []int{24, 40, 64, 76}[rng.IntN(4)]
	switch rng.IntN(22) {
	case 0:
		return wrap(base64.StdEncoding.EncodeToString([]byte(x)), width, "\n")
	case 1:
		return wrap(base64.StdEncoding.EncodeToString([]byte(x)), width, "\r\n    ")
	case 2:
		return "data: " + base64.URLEncoding.EncodeToString([]byte(x))
	case 3:
		return wrap(hex.EncodeToString([]byte(x)), width, "\n")
	case 4:
		return url.QueryEscape(x)
	case 5:
		return fmt.Sprintf("%q", x)
	case 6:
		return strings.ReplaceAll(x, "\n", "\r\n")
	case 7:
		var list []string
		for _, c := range []byte(x) {
			list = append(list, fmt.Sprintf("%d", c))
		}
		s := ""
		for i, n := range list {
			s += n + ","
			if i%12 == 11 {
				s += "\n "
			}
		}
		return s
	case 8:
		s := ""
		for i, c := range []byte(x) {
			s += fmt.Sprintf("%02x:", c)
			if i%15 == 14 {
				s += "\n"
			}
		}
		return s
	case 9:
		s := ""
		for i, c := range []byte(x) {
			s += fmt.Sprintf("0x%02X, ", c)
			if i%8 == 7 {
				s += "\n\t"
			}
		}
		return s
	case 10:
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		w.Write([]byte(x))
		w.Close()
		return wrap(base64.StdEncoding.EncodeToString(z.Bytes()), width, "\n")
	case 11:
		return wrap(base32.StdEncoding.EncodeToString([]byte(x)), width, "\n")
	case 12:
		return "blob = \"" + wrap(base64.StdEncoding.EncodeToString([]byte(x)), width, "\" +\n  \"") + "\""
	case 13:
		return base64.StdEncoding.EncodeToString([]byte(wrap(base64.StdEncoding.EncodeToString([]byte(x)), 76, "\n")))
	case 14:
		s := ""
		for _, r := range x {
			if r < 0x80 {
				s += string([]byte{byte(r), 0})
			}
		}
		return s + "\n\x00"
	case 15:
		return strings.ReplaceAll(x, "\n", "\n    ")
	case 16:
		i := rng.IntN(len(x) + 1)
		return x[:i] + "\x1b[32m" + x[i:] + "\x1b[0m"
	case 17:
		return wrap(x, width, "=\n")
	case 18:
		return wrap(x, width, "\\\n")
	case 19:
		return "value = \"" + wrap(strings.NewReplacer("\"", "", "\n", "").Replace(x), width, "\" +\n    \"") + "\""
	case 20:
		return "\x1b[33m" + strings.ReplaceAll(x, "\n", "\x1b[0m\n\x1b[33m") + "\x1b[0m"
	}
	return x
}
