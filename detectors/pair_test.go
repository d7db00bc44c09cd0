package detectors_test

import (
	"strings"
	"testing"

	"github.com/unleak/unleak/detectors"
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
	if m := s.Resolve(s.Scan([]byte("account AC"+strings.Repeat("8f3a91c0", 4)+"\n"), nil, nil)); holds(m, "AC"+strings.Repeat("8f3a91c0", 4)) {
		t.Error("a part that names nothing secret is a finding of its own")
	}
}
