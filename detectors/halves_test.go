package detectors_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
)

// TestOtherHalf: what is named like a secret but for its last word is a part of it, of any issuer; a half alone is less severe.
func TestOtherHalf(t *testing.T) {
	e := engine(t, detectors.Options{})
	s := e.NewScanner()
	id, secret := "q8Wm2RtY5uZx7cVb"+"9nKjH3gF", "Zk3Jd8fLqPz0aXvB"+"7nRtY2mWcHs5uEiG"
	for _, c := range []struct{ name, text, part string }{
		{"env", "ACMEX_API_KEY=ID\nACMEX_API_SECRET=SECRET\n", "api key"},
		{"yaml", "acmex:\n  clientId: ID\n  clientSecret: SECRET\n", "client id"},
		{"json", `{"acmexTokenId": "ID", "acmexTokenSecret": "SECRET"}`, "token id"},
		{"python", "c = Acmex(consumer_key='ID', consumer_secret='SECRET')\n", "consumer key"},
		{"php", "define('ACMEX_APP_ID', 'ID');\ndefine('ACMEX_APP_SECRET', 'SECRET');\n", "app id"},
		{"another's", "OTHER_API_KEY=ID\n\nACMEX_API_SECRET=SECRET\n", ""},
		{"alone", "ACMEX_CLIENT_SECRET=SECRET\n", ""},
	} {
		got := s.Resolve(s.Scan([]byte(fill(c.text, id, secret)), nil, nil))
		i := slices.IndexFunc(got, func(m finding.Match) bool { return m.Secret == secret })
		if i < 0 {
			t.Errorf("%s: lost in %+v", c.name, got)
			continue
		}
		has := slices.ContainsFunc(got[i].Parts, func(p finding.Part) bool { return p.Name == c.part && p.Value.Reveal() == id })
		if has != (c.part != "") || has && len(got) != 1 {
			t.Errorf("%s: %+v", c.name, got)
		}
		_, severity := e.Describe(&got[i])
		if want := map[bool]finding.Severity{true: finding.High, false: finding.Medium}[has]; severity != want {
			t.Errorf("%s: severity %v, want %v", c.name, severity, want)
		}
	}
}

// fill puts values where ID and SECRET stand for them: not behind a letter or an underscore.
func fill(text, id, secret string) string {
	for _, border := range []string{"=", " ", "'", `"`} {
		text = strings.ReplaceAll(text, border+"ID", border+id)
		text = strings.ReplaceAll(text, border+"SECRET", border+secret)
	}
	return text
}

// TestDeclaredHalf: of a rule that names its parts a half alone is less severe.
func TestDeclaredHalf(t *testing.T) {
	e := engine(t, detectors.Options{})
	s := e.NewScanner()
	id, secret := "AKIA"+"Z3MVQHTB5SVJEWKL", "k3Jd8fLqPz0aXvB7nRtY"+"2mWcHs5uEiG9oQ1wZx4C"
	for text, want := range map[string]finding.Severity{
		"aws_access_key_id = " + id + "\naws_secret_access_key = " + secret + "\n": finding.Critical,
		"aws_secret_access_key = " + secret + "\n":                                 finding.High,
	} {
		got := s.Resolve(s.Scan([]byte(text), nil, nil))
		if len(got) != 1 {
			t.Fatalf("%q: %+v", text, got)
		}
		if _, severity := e.Describe(&got[0]); severity != want {
			t.Errorf("%q: severity %v, want %v", text, severity, want)
		}
	}
}
