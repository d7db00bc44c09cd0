package typo

import "testing"

func TestNearest(t *testing.T) {
	known := []string{"keywords", "near", "url", "self_hosted"}
	for word, want := range map[string]string{
		"keyword": "keywords", "kewords": "keywords", "neer": "near", "uri": "url", "selfhosted": "self_hosted", "x": "", "provider": "", "": "",
	} {
		if got := Nearest(word, known); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
	if got := Nearest("near", nil); got != "" {
		t.Errorf("of none: %q", got)
	}
}
