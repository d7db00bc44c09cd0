package byteregex_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/wasilibs/go-re2/experimental"

	"github.com/unleak/unleak/internal/byteregex"
	"github.com/unleak/unleak/internal/regexgen"
	"github.com/unleak/unleak/rules/builtin"
)

// patterns go beyond what the rules use.
var patterns = []string{
	`a`, `abc`, `(?i)Key[-_]?id`, `[a-c]{2,4}b`, `[a-c]{2,4}?b`, `a*?b`, `(a|ab)(c|bcd)(d*)`, `(?:ab|a)(?:bc|c)?`, `x(ab)+y`, `(?:a|b){2,3}(c)`,
	`\bfoo\b`, `\Bfoo`, `^a`, `(?m)^a.*$`, `a$`, `(?s)a.b`, `[^"]+"`, `(?:(a)|b)+`, `(a(b)?)+`, "\xe9[^a]", `\x{e9}`, `[\x80-\xff]+z`, `(?i)[^k]k`,
	`(\w+)@(\w+)\.com`, `((?:[0-9a-f]{2}:){3,5}[0-9a-f]{2})`, `[a-c]{2,3}[a-c]{0,4}[a-c]+b`, `(?:[a-c]{1,2}[a-c])*d`, `[a-c]+?[a-c]+d?`, `a|`, `(|a)b`, `(?:a?){1}b`, `a{0}b`, `(a{1,2}){2,3}?b`, `\z`, `(?U)a+(b+)`,
}

// groupOf returns where RE2 found a group.
func groupOf(loc []int, group int) [2]int {
	if group != byteregex.FirstGroup {
		return [2]int(loc[2*group:])
	}
	for i := 2; i < len(loc); i += 2 {
		if loc[i] < loc[i+1] {
			return [2]int(loc[i:])
		}
	}
	return [2]int{-1, -1}
}

// TestSameAsRE2 compares with RE2 on texts drawn from each regex, whole and damaged.
func TestSameAsRE2(t *testing.T) {
	type regex struct {
		text  string
		group int
	}
	var all []regex
	for _, p := range patterns {
		all = append(all, regex{p, 0}, regex{p, 1}, regex{p, byteregex.FirstGroup})
	}
	for _, r := range builtin.Rules() {
		switch {
		case r.Regex == "":
		case r.FirstGroup:
			all = append(all, regex{r.Pattern(), byteregex.FirstGroup})
		default:
			all = append(all, regex{r.Pattern(), r.SecretGroup})
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	unsupported := 0
	for i, r := range all {
		if testing.Short() && i%40 != 0 { // the run with the race detector, which has nothing to find in one goroutine
			continue
		}
		re := experimental.MustCompileLatin1(r.text)
		group := min(r.group, re.NumSubexp())
		p, err := byteregex.Compile(r.text, group)
		if errors.Is(err, byteregex.ErrUnsupported) {
			unsupported++
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts(t, rng, r.text) {
			want := re.FindSubmatchIndex(text)
			var m byteregex.Matcher
			budget := 10_000_000
			got, ok := m.Match(p, text, 0, len(text), 0, &budget)
			if budget < 0 {
				t.Fatalf("%q: budget used up on %q", r.text, text)
			}
			if ok != (want != nil) {
				t.Fatalf("%q (group %d) on %q: found %v, RE2 %v", r.text, group, text, got, want)
			}
			if !ok {
				continue
			}
			have := [4]int{got.Start, got.End, got.Group[0], got.Group[1]}
			if group == 0 {
				have[2], have[3] = got.Start, got.End
			}
			if have != [4]int{want[0], want[1], groupOf(want, group)[0], groupOf(want, group)[1]} {
				t.Fatalf("%q (group %d) on %q: %v, RE2 %v", r.text, group, text, have, want)
			}
		}
	}
	if unsupported > len(all)/20 {
		t.Errorf("%d of %d regexes are not supported", unsupported, len(all))
	}
}

// texts draws from a regex and damages some of what it draws.
func texts(t *testing.T, rng *rand.Rand, pattern string) [][]byte {
	out := [][]byte{nil, []byte("abcbcd"), []byte("a\nab foo xababy\nb"), []byte("caf\xe9 aab\xff\xe9z")}
	g, err := regexgen.New(pattern, rng.Uint64())
	if err != nil {
		return out // the generator knows less of the syntax
	}
	for range 30 {
		text := []byte(g.Next())
		out = append(out, text, bytes.Join([][]byte{[]byte("x "), text, text, []byte("\" y")}, nil))
		if len(text) == 0 {
			continue
		}
		bad := bytes.Clone(text)
		bad[rng.IntN(len(bad))] = byte(rng.IntN(256))
		out = append(out, bad, bad[rng.IntN(len(bad)):], append([]byte("_"), bad...))
	}
	return out
}

// TestBudget checks that what would take for ever is given up.
func TestBudget(t *testing.T) {
	p, err := byteregex.Compile(`(?:a|ab|aab|b)+(?:a|b|aa|ba)+c`, 0)
	if err != nil {
		t.Fatal(err)
	}
	var long byteregex.Matcher
	enough := 1 << 20 // far from the number of ways, since failures are remembered
	if _, ok := long.Match(p, append(bytes.Repeat([]byte("aab"), 1000), 'c'), 0, 3000, 0, &enough); !ok || enough < 0 {
		t.Errorf("found %v, %d steps left", ok, enough)
	}
	enough = 1 << 20
	if _, ok := long.Match(p, bytes.Repeat([]byte("aab"), 1000), 0, 3000, 0, &enough); ok || enough < 0 {
		t.Errorf("found %v, %d steps left", ok, enough)
	}
	p, err = byteregex.Compile(`(?:[ab]+[abc]+)+[bc]+d`, 0)
	if err != nil {
		t.Fatal(err)
	}
	var m byteregex.Matcher
	budget := 5000
	if r, ok := m.Match(p, bytes.Repeat([]byte("aab"), 1000), 0, 3000, 0, &budget); ok || budget >= 0 {
		t.Errorf("found %v, budget %d", r, budget)
	}
}

// TestSharedBudget checks that a budget for many calls is never more than it was.
func TestSharedBudget(t *testing.T) {
	p, err := byteregex.Compile(`(?:x|x[ab])+-(z)`, 0)
	if err != nil {
		t.Fatal(err)
	}
	var m byteregex.Matcher
	text := bytes.Repeat([]byte("xa"), 300)
	for budget, before := 1<<20, 1<<20; budget >= 0; before = budget {
		if m.Match(p, text, 0, len(text), 0, &budget); budget >= before {
			t.Fatalf("%d steps left of %d", budget, before)
		}
	}
}

// TestFoldedStarts checks that starts are found wherever the text a match begins with stands, however far apart.
func TestFoldedStarts(t *testing.T) {
	p, err := byteregex.Compile(`(?i)key=(x)`, 0)
	if err != nil {
		t.Fatal(err)
	}
	var m byteregex.Matcher
	for _, far := range []int{0, 1, 63, 64, 1020, 1023, 1024, 1025, 2047, 2048, 5000} {
		text := append(bytes.Repeat([]byte("k"), far), "Key=x"...)
		for _, to := range []int{far, len(text)} {
			budget := 1 << 20
			if r, ok := m.Match(p, text, 0, to, 0, &budget); !ok || r.Start != far {
				t.Errorf("at %d, up to %d: %v %v", far, to, r, ok)
			}
		}
		budget := 1 << 20
		if r, ok := m.Match(p, text, 0, far-1, 0, &budget); ok {
			t.Errorf("before %d: %v", far, r)
		}
	}
}

// TestFloor checks that a match that ends too early does not count, and a later one does.
func TestFloor(t *testing.T) {
	p, err := byteregex.Compile(`\bab?`, 0)
	if err != nil {
		t.Fatal(err)
	}
	var m byteregex.Matcher
	budget := 100
	r, ok := m.Match(p, []byte("a aab ab"), 1, 8, 5, &budget)
	if !ok || r.Start != 6 || r.End != 8 {
		t.Errorf("got %v %v", r, ok)
	}
}
