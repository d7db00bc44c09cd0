package verify

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

func TestMutateKeepsShape(t *testing.T) {
	for _, s := range []string{goodKey, "short1", "a", "0123456789abcdef0123456789abcdef", "123456:AAE" + strings.Repeat("x_9", 11), "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4PT09=="} {
		got, ok := mutate(s)
		if !ok || got == s || len(got) != len(s) {
			t.Fatalf("mutate(%q) = %q, %v", s, got, ok)
		}
		for i := range s {
			if class(s[i]) != class(got[i]) || class(s[i]) == "" && s[i] != got[i] {
				t.Errorf("mutate(%q) = %q: character %d changed its kind", s, got, i)
			}
		}
		if again, _ := mutate(s); again != got {
			t.Errorf("mutate(%q) is not stable", s)
		}
	}
	if _, ok := mutate("----"); ok {
		t.Error("nothing to change, yet changed")
	}
}

func FuzzMutate(f *testing.F) {
	f.Add(goodKey)
	f.Add("ab")
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := mutate(s)
		if ok == (got == s) || len(got) != len(s) {
			t.Errorf("mutate(%q) = %q, %v", s, got, ok)
		}
	})
}

func TestExpand(t *testing.T) {
	x := expander{cred: Credential{Secret: `p/w "x"`, Parts: []rules.KV{kv("user", "a&b")}}, vars: []rules.KV{
		kv("ts", "time unix"), kv("sig", "hmac-sha256 hex {secret} {var:ts}GET"), kv("loop", "sha256 hex {var:loop}"),
	}}
	for in, want := range map[string]string{
		"{secret}":              `p/w "x"`,
		"{secret|path}":         "p%2Fw%20%22x%22",
		"{secret|query}":        "p%2Fw+%22x%22",
		"{secret|json}":         `p/w \"x\"`,
		"{secret|base64}":       "cC93ICJ4Ig==",
		"{part:user|query}":     "a%26b",
		"{part:host=x.example}": "x.example",
		`{"query":"{ me { id } }","k":"{secret}"}`: `{"query":"{ me { id } }","k":"p/w "x""}`,
		"{": "{",
	} {
		if got, err := x.expand(in, ""); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"{part:none}", "{var:none}", "{secret|rot13}", "{var:loop}"} {
		if got, err := x.expand(in, ""); err == nil {
			t.Errorf("%s: %q, want an error", in, got)
		}
	}
	// HMAC-SHA-256 of "-62135596800GET" is worked out by the library; here it must only differ by key and be hex
	a, err := x.expand("{var:sig}", "")
	if err != nil || len(a) != 64 {
		t.Fatalf("%q, %v", a, err)
	}
	x.cred.Secret = "other"
	if b, _ := x.expand("{var:sig}", ""); a == b {
		t.Error("the signature does not depend on the key")
	}
	x.mask = true
	if m, _ := x.expand("{secret} {part:user} {var:sig}", ""); strings.Contains(m, "other") || strings.Contains(m, "a&b") {
		t.Errorf("not masked: %s", m)
	}
}

func TestPairings(t *testing.T) {
	got := pairings([]finding.Part{part("id", "1"), part("id", "2"), part("id", "1"), part("region", "eu")})
	if len(got) != 2 || len(got[0]) != 2 || got[1][0].Value != "2" || got[1][1].Value != "eu" {
		t.Errorf("%v", got)
	}
	var many []finding.Part
	for _, n := range "abcdefghij" {
		many = append(many, part("x", string(n)), part("y", string(n)))
	}
	if n := len(pairings(many)); n != maxPairings {
		t.Errorf("%d pairings", n)
	}
	if n := len(pairings(nil)); n != 1 {
		t.Errorf("%d pairings of nothing, want 1", n)
	}
}

// FuzzLookup compares the reading of answers with a plain decoder.
func FuzzLookup(f *testing.F) {
	f.Add([]byte(`{"user":{"login":"x"},"list":[{"id":1},{"id":true}]}`), "list.1.id")
	f.Add([]byte(`{"a":null}`), "a")
	f.Add([]byte(`[[[]]]`), "$")
	f.Fuzz(func(t *testing.T, body []byte, path string) {
		got, ok := lookup(&Reply{Body: body}, path)
		var all map[string]any
		if json.Unmarshal(body, &all) != nil || strings.Contains(path, ".") || path == "$" {
			return
		}
		want, has := all[path]
		if s, isText := want.(string); ok && isText && strings.Count(string(body), `"`) < 5 && got != s {
			t.Errorf("%q at %q: %q, want %q", body, path, got, s)
		}
		if ok && !has {
			t.Errorf("%q at %q: found %q", body, path, got)
		}
	})
}

func TestCheckRefuses(t *testing.T) {
	good := exampleRule("ex", "api.example.com")
	if err := Check(&good); err != nil {
		t.Fatal(err)
	}
	host := hostRule()
	if err := Check(&host); err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func(*rules.Verify){
		"cost":             func(v *rules.Verify) { v.Cost = "paid" },
		"method":           func(v *rules.Verify) { v.Method = "DELETE" },
		"POST":             func(v *rules.Verify) { v.Body = "{secret}" },
		"https":            func(v *rules.Verify) { v.URL = "http://api.example.com/" },
		"plain name":       func(v *rules.Verify) { v.URL = "https://api.example.com:99/" },
		"the secret":       func(v *rules.Verify) { v.URL = "https://{secret}.example.com/" },
		"does not name":    func(v *rules.Verify) { v.URL = "https://{part:host=evil.net}/" },
		"nowhere":          func(v *rules.Verify) { v.Headers = nil },
		"filter":           func(v *rules.Verify) { v.URL += "?{secret|x}" },
		"variable":         func(v *rules.Verify) { v.URL += "?{var:x}" },
		"not closed":       func(v *rules.Verify) { v.URL += "?{secret" },
		"live and dead":    func(v *rules.Verify) { v.Dead = nil },
		"proves it":        func(v *rules.Verify) { v.Live[0].JSON = "" },
		"only 401":         func(v *rules.Verify) { v.Dead[0].Status = []int{403} },
		"proves nothing":   func(v *rules.Verify) { v.Live[0].Status = []int{302} },
		"equals":           func(v *rules.Verify) { v.Expired[0].Equals = "x" },
		"unknown proto":    func(v *rules.Verify) { v.Protocol = "gopher" },
		"without url":      func(v *rules.Verify) { v.Protocol = "aws-sts" },
		"cannot be set":    func(v *rules.Verify) { v.Headers = append(v.Headers, kv("Host", "x")) },
		"host or *.domain": func(v *rules.Verify) { v.Hosts = []string{"*"} },
	} {
		r := exampleRule("ex", "api.example.com")
		spoil(r.Verify)
		if err := Check(&r); err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), "unknown protocol", "unknown proto"), want) {
			t.Errorf("%s: error %v", want, err)
		}
	}
}

func TestHosts(t *testing.T) {
	got := strings.Join(Hosts([]rules.Rule{
		exampleRule("b", "b.example.com"), hostRule(), exampleRule("b2", "b.example.com"), {ID: "none"},
		{ID: "aws", Verify: &rules.Verify{Protocol: "aws-sts", Cost: "free"}},
	}), " ")
	want := "(from the finding) *.example.com b.example.com sts.amazonaws.com sts.cn-north-1.amazonaws.com.cn sts.us-gov-west-1.amazonaws.com"
	if got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
