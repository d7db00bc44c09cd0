package detectors_test

import (
	"testing"

	"github.com/unleak/unleak/detectors"
)

// TestHostNamesProvider: in a request the provider's name stands in the host alone.
func TestHostNamesProvider(t *testing.T) {
	const uuid, hex = "d0091d72-3102-4ab8" + "-aa82-aa38108d138b", "9fab6d81557b4545" + "b8f4ce9dc798e196"
	s := engine(t, detectors.Options{}).NewScanner()
	for _, c := range []struct{ text, rule string }{
		{`curl -sS -H "Authorization: Bearer ` + uuid + `" https://api.heroku.com/apps`, "heroku-api-key"},
		{`fetch("https://api.postmarkapp.com/email", {headers: {Authorization: "Bearer ` + uuid + `"}})`, "postmark-api-token"},
		{`requests.get("https://api.datadoghq.com/api/v1/validate?api_key=` + hex + `")`, "datadog-api-key"},
		{`curl -H "Authorization: Bearer ` + uuid + `" https://api.acme.io/apps`, "generic-auth"},
		{`curl -H "Authorization: Bearer ` + uuid + `" https://localhost/heroku`, "generic-auth"},
		{`curl -H "Authorization: Bearer ` + uuid + `"` + "\ncurl https://api.heroku.com/apps", "generic-auth"},
		{`token = "https://u:` + hex + `@api.heroku.com/?token=` + hex + `"`, ""},
	} {
		found := s.Resolve(s.Scan([]byte(c.text), nil, nil))
		if c.rule == "" {
			continue // must end
		}
		if len(found) != 1 || found[0].Rule != c.rule {
			t.Errorf("%s\n%v, want %s", c.text, found, c.rule)
		} else if at := found[0].Span; c.text[at.Start:at.End] != found[0].Secret {
			t.Errorf("%s: stands at %v", c.text, at)
		}
	}
}
