package detectors_test

import (
	"encoding/base64"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/unleak/unleak/detectors"
)

// b64 is what a manifest's data holds for a value.
func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// made-up values
const (
	manifestPassword = "q7Lv2Xp9wRz4"
	manifestToken    = "zT4kQ8vNb2Lm6YcX"
)

// manifestFinds returns what the manifest rule alone finds, in order.
func manifestFinds(t *testing.T, s *detectors.Scanner, text string) []string {
	t.Helper()
	var out []string
	for _, m := range s.Resolve(s.Scan([]byte(text), nil, nil)) {
		if m.Rule == "kubernetes-secret-yaml" {
			out = append(out, m.Secret)
		}
	}
	return out
}

func TestManifests(t *testing.T) {
	s := engine(t, detectors.Options{}).NewScanner()
	pw, tok := b64(manifestPassword), b64(manifestToken)
	both := []string{manifestPassword, manifestToken}
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"every key":       {"kind: Secret\ndata:\n  username: " + b64("admin") + "\n  password: " + pw + "\n  api-token: " + tok + "\n", both},
		"data first":      {"apiVersion: v1\ndata:\n  password: " + pw + "\n  token: " + tok + "\nkind: Secret\nmetadata:\n  name: x\n", both},
		"quotes":          {"kind: \"Secret\"\ndata:\n  \"password\": '" + pw + "'\n  token: \"" + tok + "\" # why\n", both},
		"folded":          {"kind: Secret\ndata:\n  password: >-\n    " + pw[:6] + "\n    " + pw[6:] + "\n  token: |\n    " + tok + "\n", both},
		"binary tag":      {"kind: Secret\ndata:\n  password: !!binary " + pw + "\n", []string{manifestPassword}},
		"flow":            {"kind: Secret\ndata: {user: " + b64("admin") + ", password: " + pw + ", token: \"" + tok + "\"}\n", both},
		"stringData":      {"kind: Secret\nstringData:\n  password: " + manifestPassword + "\n  token: '" + manifestToken + "'\n", both},
		"both maps":       {"kind: Secret\nstringData:\n  password: " + manifestPassword + "\ndata:\n  token: " + tok + "\n", both},
		"windows":         {"kind: Secret\r\ndata:\r\n  password: " + pw + "\r\n  token: " + tok + "\r\n", both},
		"deeper":          {"  resource:\n    kind: Secret\n    data:\n      password: " + pw + "\n  next: 1\n", []string{manifestPassword}},
		"list":            {"kind: List\nitems:\n- apiVersion: v1\n  data:\n    password: " + pw + "\n  kind: Secret\n- apiVersion: v1\n  kind: Secret\n  data:\n    token: " + tok + "\n- kind: ConfigMap\n  data:\n    password: " + b64("never9Found2") + "\n", both},
		"documents":       {"kind: ConfigMap\ndata:\n  password: " + b64("never9Found2") + "\n---\nkind: Secret\ndata:\n  password: " + pw + "\n---\nkind: Secret\ndata:\n  token: " + tok + "\n---\ndata:\n  password: " + b64("never9Found2") + "\n", both},
		"template within": {"kind: Secret\n{{- if .Values.x }}\ndata:\n{{- end }}\n  a: {{ .Values.a | b64enc }}\n  password: " + pw + "\n", []string{manifestPassword}},
		"far away":        {"kind: Secret\nmetadata:\n  labels:\n" + strings.Repeat("    some-label: value\n", 40) + "data:\n  password: " + pw + "\n", []string{manifestPassword}},
		"many keys":       {"kind: Secret\ndata:\n" + strings.Repeat("  SOME_KEY: eA==\n", 60) + "  password: " + pw + "\n", []string{manifestPassword}},
		"json":            {`{"apiVersion": "v1", "kind": "Secret", "data": {"password": "` + pw + `"}, "stringData": {"token": "` + manifestToken + `"}}`, both},
		"json lines":      {"{\n  \"kind\": \"Secret\",\n  \"data\": {\n    \"password\": \"" + pw + "\"\n  }\n}\n", []string{manifestPassword}},
		"json list":       {`{"kind":"List","items":[{"kind":"Secret","data":{"password":"` + pw + `"}},{"kind":"Secret","data":{"token":"` + tok + `"}}]}`, both},
		"bytes":           {"kind: Secret\ndata:\n  signing-key: " + b64("\x00\xff\x12\x9e\x81\xc3\x07\xb0\x1f\x88\x02\xfe\xa1\xd4\x3e\x90") + "\n", []string{b64("\x00\xff\x12\x9e\x81\xc3\x07\xb0\x1f\x88\x02\xfe\xa1\xd4\x3e\x90")}},
		"weak password":   {"kind: Secret\ndata:\n  password: " + b64("admin") + "\n", []string{"admin"}},
		"unnamed shape":   {"kind: Secret\ndata:\n  value: " + tok + "\n", []string{manifestToken}},
		"with a newline":  {"kind: Secret\ndata:\n  password: " + b64(manifestPassword+"\n") + "\n", []string{manifestPassword}},

		"other kind":       {"kind: SecretStore\ndata:\n  password: " + pw + "\n", nil},
		"sealed":           {"kind: SealedSecret\nspec:\n  encryptedData:\n    password: " + sealedValue() + "\n", nil},
		"sops":             {"kind: Secret\ndata:\n  password: ENC[AES256_GCM,data:" + pw + ",iv:a=,tag:b=,type:str]\nsops:\n  mac: ENC[AES256_GCM,data:x,type:str]\n", nil},
		"template":         {"kind: Secret\nstringData:\n  password: {{ .Values.password }}\n  token: ${TOKEN}\n  key: <your key>\n", nil},
		"public values":    {"kind: Secret\ndata:\n  host: " + b64("db9.internal7") + "\n  DB_USER: " + b64("service7user9x") + "\n  tls.crt: " + tok + "\n  enabled: " + b64("true") + "\n  url: " + b64("https://example.com/x1y2z3") + "\n", nil},
		"nothing":          {"kind: Secret\ndata:\n  password: \"\"\n  token:\n", nil},
		"filler":           {"kind: Secret\ndata:\n  password: " + b64("xxxxxxxxxxxx") + "\n  token: " + b64("changeme") + "\n", nil},
		"data of metadata": {"kind: Secret\nmetadata:\n  data:\n    password: " + pw + "\n", nil},
		"sibling":          {"- kind: Secret\n  name: x\n- data:\n    password: " + pw + "\n", nil},
		"reference":        {"kind: Secret\nname: db\n", nil},
	} {
		if diff := cmp.Diff(c.want, manifestFinds(t, s, c.text), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s:\n%s(-want +got)\n%s", name, c.text, diff)
		}
	}
}

// TestManifestGivesWay: a value that a provider's rule knows is that rule's.
func TestManifestGivesWay(t *testing.T) {
	s := engine(t, detectors.Options{}).NewScanner()
	got := s.Resolve(s.Scan([]byte("kind: Secret\ndata:\n  token: "+b64(token)+"\n"), nil, nil))
	if len(got) != 1 || got[0].Rule != "github-pat" || got[0].Decoded != "base64" {
		t.Errorf("got %+v", got)
	}
}

// sealedValue is what kubeseal would write for a key of 4,096 bits.
func sealedValue() string {
	rng := rand.New(rand.NewPCG(9, 9))
	b := binary.BigEndian.AppendUint16(nil, 512)
	for range 512 + 40 {
		b = append(b, byte(rng.Uint32()))
	}
	return base64.StdEncoding.EncodeToString(b)
}

// TestEncryptedIsNoFinding: what only the right key opens is where it should be.
func TestEncryptedIsNoFinding(t *testing.T) {
	s := engine(t, detectors.Options{}).NewScanner()
	hex := strings.Repeat("6638643965323636323062346164633364", 3)
	for name, text := range map[string]string{
		"sealed secret": "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nspec:\n  encryptedData:\n    password: " + sealedValue() + "\n    api_token: " + sealedValue() + "\n    SECRET_KEY: " + sealedValue() + "\n",
		"sops":          "password: ENC[AES256_GCM,data:p673w4dhmGo=,iv:YYtRwDpUvlI6RvgSUUGNO0kB4F5TwrQ9zqxW1OOrbCQ=,tag:A7p2mZ2xNkaG8o8hYcTzCw==,type:str]\nsops:\n    mac: ENC[AES256_GCM,data:0vZbKjbkHWHAF0gCaf6O2YV7,iv:Uhm3kQ==,tag:Xw==,type:str]\n    age:\n    -   recipient: age1yt3tfqlfrwdwx0z0ynwplcr6qxcxfaqycuprpmy89nr83ltx74tqdpszlw\n        enc: |\n            -----BEGIN AGE ENCRYPTED FILE-----\n            YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBRYzVtTHNWRWpzTzNyQjl5\n            -----END AGE ENCRYPTED FILE-----\n",
		"sops json":     `{"db_password": "ENC[AES256_GCM,data:Tr7o,iv:1vzPHXhZcSgNhg==,tag:Cz2Ylg==,type:str]"}`,
		"sops dotenv":   "DB_PASSWORD=ENC[AES256_GCM,data:Tr7oxW9pLk3,iv:1vzPHXhZcSgNhgZ8Wm2Qv4=,tag:Cz2YlgQ0zB8n==,type:str]\n",
		"ansible vault": "db_password: !vault |\n          $ANSIBLE_VAULT;1.1;AES256\n          " + hex + "\n          " + hex + "\nnext: 1\n",
		"ansible file":  "$ANSIBLE_VAULT;1.2;AES256;prod\n" + hex + "\n" + hex + "\n",
	} {
		if got := s.Resolve(s.Scan([]byte(text), nil, nil)); len(got) > 0 {
			t.Errorf("%s: found %+v", name, got)
		}
	}
}

// TestManifestLines: broken manifests break nothing.
func TestManifestLines(t *testing.T) {
	s := engine(t, detectors.Options{}).NewScanner()
	for _, text := range []string{"kind: Secret", "kind: Secret\ndata:", "kind: Secret\ndata:\n  :", "kind: Secret\ndata:\n  a: |", "kind: Secret\ndata: {",
		"kind: Secret\ndata:\n  a: \"x", "- - kind: Secret\n", "kind: Secret\n---", "\"kind\":\"Secret\"}", "{\"kind\":\"Secret\",\"data\":3}"} {
		s.Scan([]byte(text), nil, nil)
		s.Scan([]byte(strings.ReplaceAll(text, "\n", "\r\n")+"\n"), nil, nil)
	}
}

// TestManifestsKeepTheLaws: an edit of one key far from the kind, or of the kind itself, is met by a scan of the edit.
func TestManifestsKeepTheLaws(t *testing.T) {
	pw, tok := b64(manifestPassword), b64(manifestToken)
	all := []string{"kind: Secret", "data:", "stringData:", "  password: " + pw, "  token: " + tok, "  some.key: eA==", "  other_key: " + tok,
		"  password: 'a!b$c q7Lv2Xp9wRz4'", "---", "- kind: Secret", "  kind: Secret", "  data:", "    api-key: " + pw, "metadata:", "  name: x",
		"  key: |\n    " + tok, `{"kind":"Secret","data":{"password":"` + pw + `"}}`, "x := f(y); // z", "", "# remark"}
	s := engine(t, detectors.Options{}).NewScanner()
	rng := rand.New(rand.NewPCG(7, 8))
	found := 0
	for round := range rounds(2000) {
		text, dirty := edit(rng, document(rng, all, 5+rng.IntN(100)), all)
		want := touching(s.Scan(text, nil, nil), dirty)
		got := s.Scan(text, dirty, nil)
		found += len(want)
		if diff := cmp.Diff(want, got, cmp.Comparer(sameMatch), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("round %d, dirty %v: (-full +spans)\n%s\n%s", round, dirty, diff, text)
		}
	}
	if found == 0 {
		t.Error("no round found anything")
	}
}

// TestManifestKeysNameProviders: rules that go by a provider's name see a value of data beside its key, and both halves of
// a credential that two keys hold are one finding.
func TestManifestKeysNameProviders(t *testing.T) {
	const hex = "c911e84f626dd8cf" + "2cc0ca69b0612145"
	const id, secret = "AKIA" + "Z7QPLM4XWVT2DKRB", "tO8T3Izk2FgkxLqG" + "I7yuZ+IgS+ZeYWJreNH3cMuI"
	s := engine(t, detectors.Options{}).NewScanner()
	for _, c := range []struct{ text, rule, secret string }{
		{"kind: Secret\ndata:\n  DD_API_KEY: " + b64(hex) + "\n", "datadog-api-key", hex},
		{`{"kind": "Secret", "data": {"twilio_auth_token": "` + b64(hex) + `"}}`, "twilio-auth-token", hex},
		{"kind: Secret\ndata:\n  twitch_client_secret: " + b64("326wkxwcop64bwgypw"+"rth7tahne9oi") + "\n", "twitch-api-token", "326wkxwcop64bwgypw" + "rth7tahne9oi"},
		{"kind: Secret\ndata:\n  other_client_secret: " + b64("326wkxwcOp64bwgypw"+"rth7tahne9oi") + "\n", "oauth-client-secret", "326wkxwcOp64bwgypw" + "rth7tahne9oi"},
		{"kind: Secret\ndata:\n  AWS_ACCESS_KEY_ID: " + b64(id) + "\n  AWS_SECRET_ACCESS_KEY: " + b64(secret) + "\n", "aws-secret-access-key-pair", secret},
	} {
		found := s.Resolve(s.Scan([]byte(c.text), nil, nil))
		if len(found) != 1 || found[0].Rule != c.rule || found[0].Secret != c.secret {
			t.Errorf("%s\n%v, want %s %s", c.text, found, c.rule, c.secret)
			continue
		}
		if m := found[0]; m.Decoded != "base64" || c.text[m.Span.Start:m.Span.End] != b64(c.secret) {
			t.Errorf("%s: stands at %v, decoded %q", c.rule, m.Span, m.Decoded)
		}
	}
}

// TestWholeTokenIsOneFinding: a token that is base64 of JSON holds a key of JWK and other secrets, which are parts of it.
func TestWholeTokenIsOneFinding(t *testing.T) {
	token := "op" + "s_" + strings.TrimRight(b64(`{"email":"h3wz@1passwordserviceaccounts.com","muk":{"alg":"A256GCM","ext":true,"k":"w-PE54eWZzSFLXxFmbdRyQXjMUzWZLoIXev129srK-p","key_ops":["encrypt","decrypt"],"kty":"oct","kid":"mp"},"secretKey":"A3-Q314OP-UR4SNX-AACTG-HX0C1-XHYMZ-IAQN1","srpX":"df3ca9bb9441709bf2f76271027f2f49bbf29fb0f43ae8393cd25f779cf13db8","signInAddress":"acme.1password.com"}`), "=")
	s := engine(t, detectors.Options{}).NewScanner()
	text := "OP_SERVICE_ACCOUNT_TOKEN=" + token + "\n"
	found := s.Resolve(s.Scan([]byte(text), nil, nil))
	if len(found) != 1 || found[0].Rule != "1password-service-account-token" || found[0].Secret != token {
		t.Errorf("found %v, want the token alone", found)
	}
}
