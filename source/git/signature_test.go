package git

import (
	"bytes"
	"testing"
)

func TestWithoutSignatures(t *testing.T) {
	text := []byte("tree 1\nauthor a\ngpgsig -----BEGIN PGP SIGNATURE-----\n Comment: token of mine\n \n iQEzBAABCAAdFiEEPw=\n =Lxij\n -----END PGP SIGNATURE-----\n\nsubject\nPw=iQEz\n")
	before := bytes.Clone(text)
	got := withoutSignatures(text)
	if !bytes.Equal(text, before) {
		t.Error("the text itself was changed")
	}
	if len(got) != len(text) || bytes.Contains(got, []byte("=Lxij")) || bytes.Contains(got, []byte("iQEzBAAB")) {
		t.Errorf("%q", got)
	}
	for _, kept := range []string{"Comment: token of mine", "subject\nPw=iQEz\n", "-----END PGP SIGNATURE-----"} {
		if !bytes.Contains(got, []byte(kept)) {
			t.Errorf("%q is gone", kept)
		}
	}
	for _, odd := range []string{"", "-----BEGIN PGP SIGNATURE-----", "-----BEGIN SSH SIGNATURE-----\nabc", "-----END PGP SIGNATURE-----\nabc"} {
		if got := withoutSignatures([]byte(odd)); string(got) != odd {
			t.Errorf("%q became %q", odd, got)
		}
	}
}
