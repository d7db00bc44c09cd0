package triage

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
)

// random returns n characters of an alphabet, the same on every run.
func random(seed uint64, n int, alphabet string) string {
	rng := rand.New(rand.NewPCG(seed, 7))
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[rng.IntN(len(alphabet))]
	}
	return string(b)
}

const (
	base62 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	hexes  = "0123456789abcdef"
)

func TestIDDependsOnRuleAndSecretAlone(t *testing.T) {
	seen := map[string]string{}
	for _, key := range [][]byte{nil, []byte("k1"), []byte("k2")} {
		for _, rule := range []string{"a", "b"} {
			for _, secret := range []string{"hunter2", "hunter3", "gh" + "p_" + random(1, 36, base62), random(2, 64, hexes)} {
				id := ID(rule, secret, key)
				if !ValidID(id) {
					t.Errorf("ID(%q, %q) = %q is no valid id", rule, secret, id)
				}
				if again := ID(rule, secret, key); again != id {
					t.Errorf("ID(%q, %q) changes: %s, %s", rule, secret, id, again)
				}
				what := fmt.Sprintf("%s %s %s", key, rule, secret)
				if other, ok := seen[id]; ok {
					t.Errorf("%s and %s share the id %s", what, other, id)
				}
				seen[id] = what
			}
		}
	}
}

// TestIDsStay pins the ids: published baselines rely on them.
func TestIDsStay(t *testing.T) {
	for _, c := range []struct{ secret, key, want string }{
		{"hunter2", "", "bb0663ddefd33248183a"},
		{"gh" + "p_" + strings.Repeat("aB3dE5gH7", 4), "", "2438bd5c571d43343e36"},
		{"hunter2", "team key", "51284a59cca4b9f6010f"},
	} {
		if got := ID("rule-x", c.secret, []byte(c.key)); got != c.want {
			t.Errorf("ID of %q with key %q is %s, was %s", c.secret, c.key, got, c.want)
		}
	}
}

func TestIDSurvivesReformattingOfKeys(t *testing.T) {
	key := "-----BEGIN EC " + "PRIVATE KEY-----\nMHcCAQEE\nAbCd==\n-----END EC " + "PRIVATE KEY-----"
	want := ID("private-key", key, nil)
	for name, form := range map[string]string{
		"CRLF":            strings.ReplaceAll(key, "\n", "\r\n"),
		"indented":        strings.ReplaceAll(key, "\n", "\n    "),
		"string escapes":  strings.ReplaceAll(key, "\n", `\n`),
		"last line break": key + "\n",
	} {
		if got := ID("private-key", form, nil); got != want {
			t.Errorf("%s: id %s, want %s", name, got, want)
		}
	}
	if ID("private-key", strings.Replace(key, "AbCd", "AbCe", 1), nil) == want {
		t.Error("another key has the same id")
	}
}

func TestGuessable(t *testing.T) {
	for _, s := range []string{
		"", "a", "hunter2", "password", "Summer2024!", "P@ssw0rd123", "correct horse battery staple", "changeme-changeme-changeme",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "1234567890123456", "qwertyuiop123456", "MyCompanyProduction2023!", "Tr0ub4dor&3",
		random(3, 8, base62), random(4, 12, hexes), "postgres://app:hunter2@db.internal.example.com:5432/orders",
		"Server=db.example.com;Database=orders;User Id=app;Password=hunter2;", "administrator-of-the-production-db",
	} {
		if !guessable(s) {
			t.Errorf("%q is taken for random", s)
		}
	}
	// random values taken for guessable cost time, nothing else; they must be few
	for name, draw := range map[string]func(seed uint64) string{
		"hex 32":    func(seed uint64) string { return random(seed, 32, hexes) },
		"hex 40":    func(seed uint64) string { return random(seed, 40, hexes) },
		"base62 24": func(seed uint64) string { return random(seed, 24, base62) },
		"base62 36": func(seed uint64) string { return "gh" + "p_" + random(seed, 36, base62) },
		"base32 32": func(seed uint64) string { return random(seed, 32, "abcdefghijklmnopqrstuvwxyz234567") },
	} {
		const draws = 2000
		n := 0
		for seed := range uint64(draws) {
			if guessable(draw(seed)) {
				n++
			}
		}
		t.Logf("%s: %d of %d random values are taken for guessable", name, n, draws)
		if most := map[bool]int{true: draws * 6 / 10, false: draws * 15 / 100}[name == "base32 32"]; n > most {
			t.Errorf("%s: %d of %d random values are taken for guessable", name, n, draws)
		}
	}
}

func TestSetIDs(t *testing.T) {
	var fs []finding.Finding
	for i := range 50 {
		fs = append(fs, finding.Finding{Rule: "r", Secret: finding.NewSecret(fmt.Sprint("value", i))})
	}
	fs[7].ID = "kept"
	SetIDs(fs, nil)
	for i, f := range fs {
		want := ID("r", fmt.Sprint("value", i), nil)
		if i == 7 {
			want = "kept"
		}
		if f.ID != want {
			t.Errorf("finding %d has id %q, want %q", i, f.ID, want)
		}
	}
	SetIDs(nil, nil)
}

func FuzzID(f *testing.F) {
	f.Add("rule", "hunter2")
	f.Add("", "-----BEGIN \\\n")
	f.Fuzz(func(t *testing.T, rule, secret string) {
		if id := ID(rule, secret, nil); !ValidID(id) || id != ID(rule, secret, nil) {
			t.Errorf("bad id %q", id)
		}
	})
}

// One run: go test ./triage -bench ID
func BenchmarkIDGuessable(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		ID("generic-password", "hunter2hunter2", nil)
	}
}

func BenchmarkIDRandom(b *testing.B) {
	b.ReportAllocs()
	s := "gh" + "p_" + random(1, 36, base62)
	for b.Loop() {
		ID("github-pat", s, nil)
	}
}

func BenchmarkIDKeyed(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		ID("generic-password", "hunter2hunter2", []byte("key"))
	}
}
