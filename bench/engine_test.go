package bench

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
	"github.com/unleak/unleak/rules/builtin"
)

// clean is ordinary source text without candidates: every line is made of words that no rule looks for.
func clean(size int) []byte {
	words := strings.Fields(`func return range err nil len cap int bool byte error string struct buffer window offset start
		end count reader writer close open node left right depth width height total index line column first last next
		if else for switch case default break continue := = == != < > <= >= + - * / { } ( ) [ ] ; , // and the of to in`)
	rng := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for b.Len() < size {
		b.WriteString(strings.Repeat("\t", rng.IntN(4)))
		for range 3 + rng.IntN(9) {
			b.WriteString(words[rng.IntN(len(words))])
			b.WriteByte(' ')
		}
		b.WriteByte('\n')
	}
	return []byte(b.String())
}

// corpus returns the texts of a folder.
func corpus(tb testing.TB, dir string, most int64) ([][]byte, int64) {
	tb.Helper()
	var texts [][]byte
	total := int64(0)
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || total > most {
			return nil
		}
		if text, err := os.ReadFile(path); err == nil {
			texts = append(texts, text)
			total += int64(len(text))
		}
		return nil
	})
	if total == 0 {
		tb.Skipf("no files under %s: set UNLEAK_CORPUS", dir)
	}
	return texts, total
}

func labelled(tb testing.TB) ([][]byte, int64) {
	dir := os.Getenv("UNLEAK_CORPUS")
	if dir == "" {
		dir = "../../shared/creddata/files"
	}
	if _, err := os.Stat(dir); err != nil {
		dir = filepath.Join(goroot(), "src", "net")
	}
	return corpus(tb, dir, 1<<30)
}

func engine(tb testing.TB, set []rules.Rule, opts detectors.Options) *detectors.Engine {
	tb.Helper()
	e, err := detectors.New(set, opts)
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

// run scans the texts again and again and reports throughput and matches.
func run(b *testing.B, s *detectors.Scanner, texts [][]byte, total int64) {
	b.Helper()
	var out []finding.Match
	for _, t := range texts { // so that scratch memory and regexes are there
		out = s.Scan(t, nil, out[:0])
	}
	b.SetBytes(total)
	b.ReportAllocs()
	n, rounds, before := 0, 0, processorTime()
	for b.Loop() {
		n = 0
		rounds++
		for _, t := range texts {
			out = s.Scan(t, nil, out[:0])
			n += len(out)
		}
	}
	perCore(b, before, int64(rounds)*total)
	b.ReportMetric(float64(n), "matches")
}

// perCore reports the bytes scanned for each second of processor time.
func perCore(b *testing.B, before time.Duration, bytes int64) {
	if used := processorTime() - before; used > 0 {
		b.ReportMetric(float64(bytes)/1e6/used.Seconds(), "cpu-MB/s")
	}
}

// BenchmarkClean is the engine alone on text that holds no candidate.
func BenchmarkClean(b *testing.B) {
	text := clean(4 << 20)
	for _, depth := range []int{-1, 0} {
		b.Run(named(depth), func(b *testing.B) {
			s := engine(b, builtin.Rules(), detectors.Options{DecodeDepth: depth}).NewScanner()
			run(b, s, [][]byte{text}, int64(len(text)))
		})
	}
}

// BenchmarkSource is the engine alone on the Go distribution's source: words such as key, token and http in every file.
func BenchmarkSource(b *testing.B) {
	texts, total := corpus(b, filepath.Join(goroot(), "src"), 64<<20)
	for _, depth := range []int{-1, 0} {
		b.Run(named(depth), func(b *testing.B) {
			run(b, engine(b, builtin.Rules(), detectors.Options{DecodeDepth: depth}).NewScanner(), texts, total)
		})
	}
}

func named(depth int) string {
	if depth < 0 {
		return "plain"
	}
	return "decoding"
}

// BenchmarkLabelled scans the labelled set on one core.
func BenchmarkLabelled(b *testing.B) {
	texts, total := labelled(b)
	for _, depth := range []int{-1, 0} {
		b.Run(named(depth), func(b *testing.B) {
			run(b, engine(b, builtin.Rules(), detectors.Options{DecodeDepth: depth}).NewScanner(), texts, total)
		})
	}
}

// BenchmarkLabelledCold pays for an engine and all its regexes each time, as a command does.
func BenchmarkLabelledCold(b *testing.B) {
	texts, total := labelled(b)
	b.SetBytes(total)
	var out []finding.Match
	before, rounds := processorTime(), 0
	for b.Loop() {
		rounds++
		s := engine(b, builtin.Rules(), detectors.Options{}).NewScanner()
		for _, t := range texts {
			out = s.Scan(t, nil, out[:0])
		}
	}
	perCore(b, before, int64(rounds)*total)
}

// BenchmarkLabelledAllCores shares the labelled set among as many scanners as there are processors.
func BenchmarkLabelledAllCores(b *testing.B) {
	texts, total := labelled(b)
	e := engine(b, builtin.Rules(), detectors.Options{})
	scanners := make([]*detectors.Scanner, runtime.GOMAXPROCS(0))
	for i := range scanners {
		scanners[i] = e.NewScanner()
	}
	b.SetBytes(total)
	for b.Loop() {
		var next atomic.Int64
		var wg sync.WaitGroup
		for _, s := range scanners {
			wg.Go(func() {
				var out []finding.Match
				for i := next.Add(1) - 1; int(i) < len(texts); i = next.Add(1) - 1 {
					out = s.Scan(texts[i], nil, out[:0])
				}
			})
		}
		wg.Wait()
	}
}

// synthetic makes n rules of the shapes that real ones have: most with a prefix of their own, some with a name beside.
func synthetic(tb testing.TB, n int) []rules.Rule {
	tb.Helper()
	rng := rand.New(rand.NewPCG(3, 4))
	set := make([]rules.Rule, n)
	for i := range set {
		name := make([]byte, 4+rng.IntN(6))
		for k := range name {
			name[k] = "bcdfghjklmnpqrstvwxz"[rng.IntN(20)]
		}
		r := rules.Rule{ID: fmt.Sprintf("made-up-%d", i), Confidence: 0.9, SecretGroup: -1}
		switch i % 5 {
		case 0:
			r.Regex = fmt.Sprintf(`(?i)%s(?:[ \t\w.-]{0,20})["']?\s{0,3}[:=]\s{0,3}["']?([0-9a-f]{32})\b`, name)
		case 1:
			r.Regex = fmt.Sprintf(`\b(%s-[A-Za-z0-9_-]{32,64})`, name)
		default:
			r.Regex = fmt.Sprintf(`\b(%s_[A-Za-z0-9]{36})\b`, name)
		}
		if err := rules.Compile(&r); err != nil {
			tb.Fatal(err)
		}
		set[i] = r
	}
	return set
}

// BenchmarkRules shows what more rules cost: 50, 200 and 1,000 made-up ones over the same source text.
func BenchmarkRules(b *testing.B) {
	texts, total := labelled(b)
	for _, n := range []int{50, 200, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			run(b, engine(b, synthetic(b, n), detectors.Options{DecodeDepth: -1}).NewScanner(), texts, total)
		})
	}
}

// BenchmarkNew is what a start pays for the engine.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		engine(b, builtin.Rules(), detectors.Options{}).NewScanner()
	}
}

// TestCleanTextIsFree holds the promise that a buffer without candidates costs no allocation, decoding included.
func TestCleanTextIsFree(t *testing.T) {
	if testing.Short() {
		t.Skip("allocations are counted in the run without -short, which is without the race detector")
	}
	text := clean(1 << 20)
	s := engine(t, builtin.Rules(), detectors.Options{}).NewScanner()
	out := s.Scan(text, nil, nil)
	if n := testing.AllocsPerRun(5, func() { out = s.Scan(text, nil, out[:0]) }); n != 0 || len(out) != 0 {
		t.Errorf("%v allocations and %d matches for clean text", n, len(out))
	}
}

// goroot is the folder of the Go distribution, as the go program tells it.
func goroot() string {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
