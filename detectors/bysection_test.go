package detectors_test

import (
	"strings"
	"testing"

	"github.com/unleak/unleak/detectors"
)

// TestNamedBySection: what encloses a value names its issuer where its own name does not, in every syntax.
func TestNamedBySection(t *testing.T) {
	key, hex := "Zk3Jd8fLqPz0aXvB"+"7nRtY2mWcHs5uEiG", "7f3a9c1be5d04862"+"a0cd31ab4f8062e5"
	s := engine(t, detectors.Options{}).NewScanner()
	for _, c := range []struct{ name, rule, text string }{
		{"json", "mistral-api-key", `{"services": {"mistral": {"url": "x", "apiKey": "KEY"}}}`},
		{"json over lines", "mistral-api-key", "{\n  \"mistral\": {\n    \"auth\": {\n      \"key\": \"KEY\"\n    }\n  }\n}\n"},
		{"toml", "datadog-api-key", "[services.datadog]\nsite = \"eu\"\napi_key = \"HEX\"\n"},
		{"hcl", "datadog-api-key", "provider \"datadog\" {\n  api_key = \"HEX\"\n}\n"},
		{"ini", "spotify-client-secret", "[spotify]\nclient_secret = HEX\n"},
		{"yaml", "mistral-api-key", "spring:\n  ai:\n    mistralai:\n      api-key: KEY\n"},
		{"yaml list", "mistral-api-key", "providers:\n  - name: mistral\n    api_key: KEY\n"},
		{"json list", "mistral-api-key", `[{"provider": "mistral", "apiKey": "KEY"}]`},
		{"python call", "mistral-api-key", "client = Mistral(\n    api_key=\"KEY\",\n)\n"},
		{"python class", "mistral-api-key", "class MistralClient:\n    api_key = \"KEY\"\n"},
		{"js variable", "mistral-api-key", "const mistral = new Client({ apiKey: \"KEY\" });\n"},
		{"php", "mistral-api-key", "<?php\nreturn [\n  'mistral' => [\n    'key' => 'KEY',\n  ],\n];\n"},
		{"go", "mistral-api-key", "c := mistral.NewClient(mistral.Config{\n\tAPIKey: \"KEY\",\n})\n"},
		{"java builder", "mistral-api-key", "MistralClient.builder()\n  .apiKey(\"KEY\")\n  .build();\n"},
		{"xml", "mistral-api-key", "<mistral>\n  <apiKey>KEY</apiKey>\n</mistral>\n"},
		{"comment", "mistral-api-key", "# Mistral AI\napi_key=KEY\n"},
		{"another block", "generic-api-key", "mistral:\n  url: x\nacme:\n  api_key: KEY\n"},
		{"a closed call", "generic-api-key", "mistral(1)\nclient = Acme(\n    api_key=\"KEY\",\n)\n"},
		{"a comment of another paragraph", "generic-api-key", "# Mistral AI\nURL=x\n\napi_key=KEY\n"},
		{"another format", "generic-api-key", "datadog:\n  api_key: KEY\n"},
	} {
		text := strings.NewReplacer("KEY", key, "HEX", hex).Replace(c.text)
		got := s.Resolve(s.Scan([]byte(text), nil, nil))
		if len(got) != 1 || got[0].Rule != c.rule {
			t.Errorf("%s: %+v, want one of %s", c.name, got, c.rule)
		}
	}
}

// TestPartsOfSection: the other half of a credential in the same section is a part of it.
func TestPartsOfSection(t *testing.T) {
	s := engine(t, detectors.Options{}).NewScanner()
	id, secret := "5f3a9c1be5d0"+"4862a0cd31ab", "7f3a9c1be5d04862"+"a0cd31ab4f8062"
	got := s.Resolve(s.Scan([]byte("plaid:\n  client_id: "+id+"\n  secret: "+secret+"\n"), nil, nil))
	if len(got) != 1 || got[0].Rule != "plaid-secret-key" || len(got[0].Parts) != 1 || got[0].Parts[0].Value.Reveal() != id {
		t.Errorf("found %+v", got)
	}
}
