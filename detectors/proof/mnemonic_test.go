package proof

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
)

func TestWordListIsThatOfBIP39(t *testing.T) {
	sum := sha256.Sum256([]byte(bip39Text))
	if got := hex.EncodeToString(sum[:]); got != "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda" {
		t.Errorf("SHA-256 %s", got)
	}
}

// Vectors of BIP-39's reference implementation (trezor/python-mnemonic, vectors.json, 2013): these phrases open nothing.
func TestBIP39(t *testing.T) {
	for phrase, want := range map[string]string{
		strings.Repeat("abandon ", 11) + "about":  "holds",
		strings.Repeat("zoo ", 11) + "wrong":      "holds",
		strings.Repeat("abandon ", 17) + "agent":  "holds",
		strings.Repeat("zoo ", 23) + "vote":       "holds",
		strings.Repeat("zoo ", 23) + "zoo":        "fails",
		strings.Repeat("abandon ", 12):            "fails",
		strings.Repeat("abandon ", 11) + "above":  "fails",
		strings.Repeat("abandon ", 11) + "absorb": "fails",
		strings.Repeat("abandon ", 11) + "words":  "dropped",
		strings.Repeat("abandon ", 13):            "dropped",
		"":                                        "dropped",
	} {
		r := bip39(Candidate{Secret: phrase})
		got := "fails"
		switch {
		case r.Drop:
			got = "dropped"
		case len(r.Proofs) > 0 && r.Confidence == proven:
			got = "holds"
		}
		if got != want {
			t.Errorf("%.30q: %s, want %s", phrase, got, want)
		}
	}
}

func TestPolarCRC(t *testing.T) {
	body := "Zqumpm08hsE8JNpjJOQGa2rb19FlY0mG1ylvu" + "45tmdM"
	if r := polarCRC(Candidate{Secret: "polar_oat_" + body}); len(r.Proofs) != 1 {
		t.Errorf("%+v", r)
	}
	if r := polarCRC(Candidate{Secret: "polar_at_o_" + body[:36] + "x" + body[37:]}); len(r.Proofs) != 0 || r.Confidence != doubtful {
		t.Errorf("%+v", r)
	}
	if r := polarCRC(Candidate{Secret: "polar_oat_short"}); len(r.Proofs) != 0 || r.Confidence != 0 {
		t.Errorf("%+v", r)
	}
}
