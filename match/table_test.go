package match

import (
	"fmt"
	"strings"
	"testing"
)

// Long plain tables of escapes and numbers, of which those of Unicode are the usual ones, are followed to their end: what
// they decode to is no more than they are.
func TestTablesAreFollowed(t *testing.T) {
	const secret = "Zq4mN8vT2xKp7LwR"
	tables := map[string]func(i int) string{
		"Unicode of Perl": func(i int) string {
			x := i%5000 + 0x900
			return fmt.Sprintf(`"\xE%X\x%02X\x%02X" => "\x{%04X}\x{%04X}\x{%04X}`+strings.Repeat(`\x{0020}`, i%12)+`",  # U+%04X => %04X`+"\n", x>>12, x>>6&63|128, x&63|128, x, x+1, x+2, x, x)
		},
		"escapes": func(i int) string { return fmt.Sprintf(`"\xE0\x%02X" => "\u%04X",`+"\n", i%64+128, i%9000+300) },
		"code points": func(i int) string {
			return fmt.Sprintf(`\u%04x\u%04x %%%02x&#%d;`+"\n", i%9000+300, i%700+256, i%128, i%900+32)
		},
		"hexadecimal":     func(i int) string { return fmt.Sprintf("%x\n", fmt.Sprintf("line number %d of many", i)) },
		"lists":           func(i int) string { return fmt.Sprintf("0x%02x, 0x%02x, 0x%02x,\n", i%256, i*7%256, i*3%256) },
		"base64 per line": func(i int) string { return b64(fmt.Sprintf(`line %d: \x41\u0042%%43`, i)) + "\n" },
	}
	for name, row := range tables {
		var b strings.Builder
		for i := 0; b.Len() < 1<<20; i++ {
			if i == 1000 {
				b.WriteString("\n" + each(secret, `\x%02x`) + "\n")
			}
			b.WriteString(row(i))
		}
		d := setOf(t, secret).Detector()
		found := d.Resolve(d.Scan([]byte(b.String()), nil, nil))
		if n := d.Undecoded(); n > 0 {
			t.Errorf("%s: %d stretches were given up", name, n)
		}
		if len(found) == 0 {
			t.Errorf("%s: the value in it is not found", name)
		}
	}
}
