package detectors_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
)

// TestPairs: id and secret in a neighbourhood are one finding with both parts; a half alone, or too far away, stays.
func TestPairs(t *testing.T) {
	s := engine(t, detectors.Options{}).NewScanner()
	id, secret := "AKIA"+"Z3MVQHTB5SVJEWKL", "k3Jd8fLqPz0aXvB7nRtY"+"2mWcHs5uEiG9oQ1wZx4C"
	text := func(between string) []byte {
		return []byte("aws_access_key_id = " + id + between + "aws_secret_access_key = " + secret + "\n")
	}
	near := s.Resolve(s.Scan(text("\n"), nil, nil))
	if len(near) != 1 || near[0].Secret != secret || len(near[0].Parts) != 1 || near[0].Parts[0].Value.Reveal() != id || near[0].Parts[0].Name != "access key id" {
		t.Errorf("pair: %+v", near)
	}
	far := s.Resolve(s.Scan(text("\n"+strings.Repeat("region = eu-west-1\n", 200)), nil, nil))
	if len(far) != 2 || len(far[0].Parts) != 0 || len(far[1].Parts) != 0 {
		t.Errorf("two halves far apart: %+v", far)
	}
	if alone := s.Resolve(s.Scan([]byte("key: "+id+"\n"), nil, nil)); !holds(alone, id) {
		t.Error("the id alone is lost")
	}
	const app = "7c1f0a93-be5d-4862-a0cd-31ab4f8062e5"
	if m := s.Resolve(s.Scan([]byte(`{"appId": "`+app+`"}`), nil, nil)); holds(m, app) {
		t.Error("a part that names nothing secret is a finding of its own")
	}
	token := "abcd." + base64.RawURLEncoding.EncodeToString([]byte(`{"client_id":"billing-service-1","n":"8f3a91c04e7bd256"}`)) + ".q7Lv2Xp9wRz4mK8dT3yB"
	if m := s.Resolve(s.Scan([]byte("acme_key="+token+"\n"), nil, nil)); !holds(m, token) {
		t.Errorf("a part that nobody takes hides what is found in the same place: %+v", m)
	}
}

// TestPartsProve: what is proved of a component holds of the whole credential.
func TestPartsProve(t *testing.T) {
	s := engine(t, detectors.Options{}).NewScanner()
	text := "aws_access_key_id = AKIA" + "XYZDQCEN4B6JSJQI\naws_secret_access_key = k3Jd8fLqPz0aXvB7nRtY" + "2mWcHs5uEiG9oQ1wZx4C\n"
	got := s.Resolve(s.Scan([]byte(text), nil, nil))
	if len(got) != 1 || !slices.Contains(got[0].Tags, "canary") ||
		!slices.ContainsFunc(got[0].Proofs, func(p finding.Proof) bool { return p.Detail == "AWS account 534261010715" }) {
		t.Errorf("found %+v", got)
	}
}
