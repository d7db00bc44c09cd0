package redact

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules/builtin"
	"github.com/unleak/unleak/settle"
)

// shapes are logs without credentials, as applications, web servers and loggers write them.
var shapes = map[string]func(rng *rand.Rand) string{
	"application": func(rng *rand.Rand) string {
		return fmt.Sprintf("2026-11-23 12:00:%02d.%03d INFO  [worker-%d] com.example.orders.Handler - request %d took %d ms, %d rows, cache hit\n",
			rng.IntN(60), rng.IntN(1000), rng.IntN(32), rng.IntN(1e6), rng.IntN(900), rng.IntN(1e4))
	},
	"access": func(rng *rand.Rand) string {
		return fmt.Sprintf("10.0.%d.%d - - [23/Nov/2026:12:00:%02d +0000] \"GET /shop/items/%d?page=%d HTTP/1.1\" 200 %d \"https://shop.example.com/list\" \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36\"\n",
			rng.IntN(256), rng.IntN(256), rng.IntN(60), rng.IntN(1e5), rng.IntN(20), rng.IntN(1e5))
	},
	"json": func(rng *rand.Rand) string {
		return fmt.Sprintf("{\"time\":\"2026-11-23T12:00:%02d.%03dZ\",\"level\":\"info\",\"logger\":\"orders\",\"msg\":\"request done\",\"trace\":\"%016x\",\"path\":\"/shop/items/%d\",\"status\":200,\"ms\":%d}\n",
			rng.IntN(60), rng.IntN(1000), rng.Uint64(), rng.IntN(1e5), rng.IntN(900))
	},
	"syslog": func(rng *rand.Rand) string {
		return fmt.Sprintf("Nov 23 12:00:%02d web-%d kernel: [%d.%06d] IN=eth0 OUT= SRC=10.0.%d.%d DST=10.1.2.3 LEN=%d TTL=64 PROTO=TCP SPT=%d DPT=443\n",
			rng.IntN(60), rng.IntN(9), rng.IntN(1e6), rng.IntN(1e6), rng.IntN(256), rng.IntN(256), rng.IntN(1500), rng.IntN(65535))
	},
}

func sample(line func(*rand.Rand) string, size int) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for b.Len() < size {
		b.WriteString(line(rng))
	}
	return []byte(b.String())
}

// BenchmarkWriter redacts clean logs; BenchmarkDetector shows what the detector alone takes.
func BenchmarkWriter(b *testing.B) {
	r, err := New(Options{})
	if err != nil {
		b.Fatal(err)
	}
	for name, line := range shapes {
		text := sample(line, 32<<20)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			w := r.NewWriter(io.Discard)
			for b.Loop() {
				for at := 0; at < len(text); at += 64 << 10 {
					if _, err := w.Write(text[at:min(len(text), at+64<<10)]); err != nil {
						b.Fatal(err)
					}
				}
			}
			if err := w.Close(); err != nil {
				b.Fatal(err)
			}
			if n := w.Masked(); n > 0 {
				b.Fatalf("%d credentials in a clean log", n)
			}
		})
	}
}

func BenchmarkDetector(b *testing.B) {
	e, err := detectors.New(builtin.Rules(), detectors.Options{})
	if err != nil {
		b.Fatal(err)
	}
	for name, line := range shapes {
		text := sample(line, 32<<20)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			s := e.NewScanner()
			var out []finding.Match
			for b.Loop() {
				out = s.Scan(text, nil, out[:0])
			}
		})
	}
}

// BenchmarkLines writes a line at a time and lets each go out at once.
func BenchmarkLines(b *testing.B) {
	r, err := New(Options{})
	if err != nil {
		b.Fatal(err)
	}
	text := sample(shapes["application"], 1<<20)
	lines := strings.SplitAfter(string(text), "\n")
	c := r.newCore(io.Discard, nil)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := c.write([]byte(lines[i%(len(lines)-1)])); err != nil {
			b.Fatal(err)
		}
		if err := c.flush(settle.Now); err != nil {
			b.Fatal(err)
		}
	}
}
