package detectors

import (
	"strings"
	"testing"
)

// FuzzRequestHost: whatever stands around a value, a host is one that the text holds behind the scheme of a URL or its user.
func FuzzRequestHost(f *testing.F) {
	for _, text := range []string{
		"curl -H 'Authorization: Bearer \x00' \\\n https://api.acme.io/x", `fetch("https://api.acme.io", {headers: {Authorization: "Bearer ` + "\x00" + `"}})`,
		"https://\x00@api.acme.io/", `"curl \"\x00\" https://a.b`, `requests.get("https://a.b/?token=` + "\x00" + `")`, "http.get('https://a.b').header('token', '\x00",
		"iwr https://a.b -Headers @{A=\"\x00\"; B=\"c\"}", "got(/* \x00 */)", "curl \\", "curl {} ) \x00",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		before, after, ok := strings.Cut(text, "\x00")
		if !ok {
			return
		}
		whole := before + "d0091d72-3102-4ab8" + after
		host := requestHost([]byte(whole), len(before), len(whole)-len(after))
		low := strings.ToLower(whole)
		if host != "" && !strings.Contains(low, "://"+host) && !strings.Contains(low, "@"+host) {
			t.Errorf("%q is asked by %q", host, whole)
		}
	})
}
