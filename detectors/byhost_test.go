package detectors_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/rules"
)

const (
	hostUUID = "d0091d72-3102-4ab8" + "-aa82-aa38108d138b"
	hostHex  = "9fab6d81557b4545" + "b8f4ce9dc798e196"
)

// TestHostNamesProvider: in a request the provider's name stands in the host alone.
func TestHostNamesProvider(t *testing.T) {
	const uuid, hex = hostUUID, hostHex
	s := engine(t, detectors.Options{}).NewScanner()
	for _, c := range []struct{ text, rule string }{
		{`curl -sS -H "Authorization: Bearer ` + uuid + `" https://api.heroku.com/apps`, "heroku-api-key"},
		{`curl https://api.heroku.com/apps --header 'Authorization: Bearer ` + uuid + `' | jq .`, "heroku-api-key"},
		{`run: "curl -H 'Authorization: Bearer ` + uuid + `' https://api.heroku.com/apps"`, "heroku-api-key"},
		{`{"cmd": "curl -H \"Authorization: Bearer ` + uuid + `\" https://api.heroku.com/apps"}`, "heroku-api-key"},
		{`http https://api.heroku.com/apps "Authorization: Bearer ` + uuid + `"`, "heroku-api-key"},
		{`Invoke-RestMethod -Uri https://api.heroku.com/apps -Headers @{Accept="x"; Authorization="Bearer ` + uuid + `"}`, "heroku-api-key"},
		{`fetch("https://api.postmarkapp.com/email", {headers: {Authorization: "Bearer ` + uuid + `"}})`, "postmark-api-token"},
		{`axios({url: "https://api.heroku.com/apps", headers: {"Authorization": "Bearer ` + uuid + `"}})`, "heroku-api-key"},
		{`Unirest.get("https://api.heroku.com/apps").header("Authorization", "Bearer ` + uuid + `").asJson();`, "heroku-api-key"},
		{`requests.get("https://api.datadoghq.com/api/v1/validate?api_key=` + hex + `")`, "datadog-api-key"},
		{`r = requests.get("https://api.datadoghq.com/api/v1/validate", params={"api_key": "` + hex + `"})`, "datadog-api-key"},
		{`curl -H "Authorization: Bearer ` + uuid + `" https://api.acme.io/apps`, "generic-auth"},
		{`curl -H "Authorization: Bearer ` + uuid + `" https://localhost/heroku`, "generic-auth"},
		{`curl -H "Authorization: Bearer ` + uuid + `"` + "\ncurl https://api.heroku.com/apps", "generic-auth"},
		{`token = "https://u:` + hex + `@api.heroku.com/?token=` + hex + `"`, "generic-token"},
	} {
		found := s.Resolve(s.Scan([]byte(c.text), nil, nil))
		if len(found) != 1 || found[0].Rule != c.rule {
			t.Errorf("%s\n%v, want %s", c.text, found, c.rule)
		} else if at := found[0].Span; c.text[at.Start:at.End] != found[0].Secret {
			t.Errorf("%s: stands at %v", c.text, at)
		}
	}
}

// TestHostNearbyNamesNothing: whoever verifies would send the value to a provider that the text merely mentions.
func TestHostNearbyNamesNothing(t *testing.T) {
	const uuid, hex = hostUUID, hostHex
	const bearer = `curl -H "Authorization: Bearer ` + uuid + `" `
	s := engine(t, detectors.Options{}).NewScanner()
	generics := 0
	for _, text := range []string{
		`token = "` + uuid + `"  # see https://devcenter.heroku.com/articles/platform-api`,
		`token = "` + uuid + `"  # see https://api.heroku.com/account`,
		`token = "` + uuid + `" // https://api.heroku.com/account`,
		`token: "` + uuid + `", docs: "https://api.heroku.com/account"`,
		`api_key = "` + hex + `"  # issued by us, not by https://www.datadoghq.com/`,
		`api_key = "` + hex + `"  # curl https://api.datadoghq.com/`,
		`Client(token="` + uuid + `", referer="https://heroku.com/")`,
		`Client("https://api.heroku.com/", token="` + uuid + `")`,
		`requests.get(URL, headers={"Authorization": "Bearer ` + uuid + `", "Referer": "https://api.heroku.com/"})`,
		`requests.get(URL, headers={"Authorization": "Bearer ` + uuid + `"})  # https://api.heroku.com/`,
		`requests.get(URL, headers={"Authorization": "Bearer ` + uuid + `"}); open("https://api.heroku.com/")`,
		`requests.post("https://api.heroku.com/apps", json={"token": "` + uuid + `"})`,
		`requests.get("https://heroku.com/", headers={"Authorization": "Bearer ` + uuid + `"})`,
		`requests.get("https://api.heroku.evil.io/", headers={"Authorization": "Bearer ` + uuid + `"})`,
		`fetch("https://proxy.acme.io/?to=https://api.heroku.com/", {headers: {Authorization: "Bearer ` + uuid + `"}})`,
		`requests.get("https://proxy.acme.io/?to=https://api.datadoghq.com/?api_key=` + hex + `")`,
		bearer + `https://devcenter.heroku.com/articles/platform-api`,
		bearer + `https://api.acme.io/apps # not https://api.heroku.com/apps`,
		bearer + `"$URL" # https://api.heroku.com/apps`,
		bearer + `"$URL"; curl https://api.heroku.com/apps`,
		bearer + `"$URL" | tee https://api.heroku.com/apps`,
		bearer + `-e https://api.heroku.com/ "$URL"`,
		bearer + `-H "Referer: https://api.heroku.com/" "$URL"`,
		bearer + `-x https://api.heroku.com/ "$URL"`,
		bearer + `https://api.heroku.com/apps https://api.acme.io/apps`,
		`curl -d "token=` + uuid + `" https://api.heroku.com/apps`,
		`# ` + bearer + `https://api.heroku.com/apps`,
		`<!-- ` + bearer + `https://api.heroku.com/apps -->`,
		`; ` + bearer + `https://api.heroku.com/apps`,
	} {
		for _, m := range s.Resolve(s.Scan([]byte(text), nil, nil)) {
			if strings.HasPrefix(m.Rule, "heroku") || strings.HasPrefix(m.Rule, "datadog") {
				t.Errorf("%s\nis said to be %s", text, m.Rule)
			}
			generics++
		}
	}
	if generics < 20 {
		t.Errorf("%d of the values are found at all", generics)
	}
}

// TestAllowReachesNamed: what the user allows by its line is allowed, whatever names it.
func TestAllowReachesNamed(t *testing.T) {
	allow := func(in string) rules.Allow {
		return rules.Allow{Filter: rules.Filter{Field: in, Regexes: []string{"HARMLESS"}}}
	}
	for _, text := range []string{
		`curl -H "Authorization: Bearer ` + hostUUID + `" https://api.heroku.com/apps # HARMLESS`,
		"kind: Secret\ndata:\n  HEROKU_API_KEY: " + b64(hostUUID) + " # HARMLESS\n",
	} {
		for in, want := range map[string]int{rules.FieldLine: 0, rules.FieldSecret: 1} {
			s := engine(t, detectors.Options{Allow: []rules.Allow{allow(in)}}).NewScanner()
			found := s.Resolve(s.Scan([]byte(text), nil, nil))
			if len(found) != want || want > 0 && found[0].Rule != "heroku-api-key" {
				t.Errorf("%s, allowed by %s: %v, want %d of heroku-api-key", text, in, found, want)
			}
		}
	}
}

// TestNamedIsTraced: what is reported in the end was told of before.
func TestNamedIsTraced(t *testing.T) {
	for text, why := range map[string]string{
		`curl -H "Authorization: Bearer ` + hostUUID + `" https://api.heroku.com/apps`: "named by the host api.heroku.com",
		"kind: Secret\ndata:\n  HEROKU_API_KEY: " + b64(hostUUID) + "\n":               "named by its key HEROKU_API_KEY",
	} {
		var steps []detectors.Step
		s := engine(t, detectors.Options{}).NewScanner()
		s.Trace(func(st detectors.Step) { steps = append(steps, st) })
		found := s.Resolve(s.Scan([]byte(text), nil, nil))
		if len(found) != 1 || !slices.ContainsFunc(steps, func(st detectors.Step) bool {
			return st.Kept && st.Rule == found[0].Rule && st.Value == found[0].Span && strings.Contains(st.Why, why)
		}) {
			t.Errorf("%s\n%v is in none of the steps: %+v", text, found, steps)
		}
	}
}
