package proof

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func result(t *testing.T, name, secret, match string) Result {
	t.Helper()
	check, ok := Lookup(name)
	if !ok {
		t.Fatalf("no check %q", name)
	}
	if match == "" {
		match = secret
	}
	return check(Candidate{Secret: secret, Match: match})
}

func proofDetail(r Result, kind string) string {
	for _, p := range r.Proofs {
		if p.Kind == kind {
			return p.Detail
		}
	}
	return ""
}

// The values are published ones (documentation, revoked, examples) or made up.
func TestChecks(t *testing.T) {
	// the insecure example token of GitHub's format description
	classic := "gh" + "p_" + "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq17"
	tests := []struct {
		check, secret, match string
		drop                 bool
		kind, detail         string // a proof of this kind that holds this text
		tag                  string
	}{
		{check: "github-crc32", secret: classic, kind: "checksum", detail: "GitHub"},
		{check: "github-crc32", secret: classic[:39] + "8", tag: "checksum-mismatch"},
		{check: "github-crc32", secret: "gh" + "r_" + strings.Repeat("a1B2", 19)},
		{check: "npm-crc32", secret: "np" + "m_" + "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq17", kind: "checksum", detail: "npm"},
		{check: "npm-crc32", secret: "np" + "m_" + "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq18", tag: "checksum-mismatch"},
		{check: "cloudflare-crc32", secret: "cf" + "at_" + "XykWZeiNNCiia3anXn9k3ksu9" + "mI4ROnl89Sm995ye25498a6", kind: "checksum", detail: "Cloudflare"},
		{check: "cloudflare-crc32", secret: "cf" + "at_" + "XykWZeiNNCiia3anXn9k3ksu9" + "mI4ROnl89Sm995ye25498a7"},
		{check: "grafana-crc32", secret: "gl" + "sa_" + "iNValIdinValiDinvalidinvalidinva" + "_5b582697", kind: "checksum", detail: "Grafana"},
		{check: "grafana-crc32", secret: "gl" + "sa_" + "iNValIdinValiDinvalidinvalidinva" + "_5b582698", tag: "checksum-mismatch"},
		{check: "gitlab-routable", secret: "gl" + "pat-" + "bzoxCnU6NGI5Zg5qQ3VhS3lMbVZvUTdYdTZlSQ" + ".0116fakecrc", tag: ""},

		{check: "aws-key-id", secret: "AKIA" + "IOSFODNN7EXAMPLE", tag: "example"},
		{check: "aws-key-id", secret: "ASIA" + "Y34FZKBOKMUTVV7A", kind: "structure", detail: "AWS account 609629065308"},
		{check: "aws-key-id", secret: "AKIA" + "IQ7XHBZQ2C3DWBKA"},
		{check: "aws-secret-key", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCY" + "EXAMPLEKEY", tag: "example"},
		{check: "aws-secret-key", secret: "da39a3ee5e6b4b0d3255bfef95601890afd80709", drop: true},
		{check: "aws-secret-key", secret: "usr/local/share/applications/config/keys", drop: true},

		{check: "jwt", secret: token(`{"alg":"HS256"}`, `{"sub":"7","exp":1500000000}`), kind: "expiry", detail: "expired 2017-07-14T02:40:00Z", tag: "expired"},
		{check: "jwt", secret: token(`{"alg":"RS256"}`, `{"iss":"https://id.acme.example","exp":32503680000}`), kind: "expiry", detail: "valid until 3000-01-01"},
		{check: "jwt", secret: token(`{"alg":"RS256"}`, `{"iss":"https://id.acme.example"}`), kind: "issuer", detail: "https://id.acme.example"},
		{check: "grafana-legacy", secret: "eyJrIjoiYTZjMTk3YjEtMzQ4Yi00NTI5LTg6ZDItNmUyMGRlOTkwMGRlIiwidCI5IjcyZjk4OGJm", drop: true},
		{check: "grafana-legacy", secret: "eyJrIjoiZz9xQ2tKM0xWd2Q4aFNUYlk5bVg3clBz"},
		{check: "jwt", secret: encode(`{"alg":"none"}`) + "." + encode(`{"sub":"7"}`) + ".", tag: "unsigned"},
		{check: "jwt", secret: token(`{"alg":"HS256"}`, `{"sub":"1234567890","name":"John Doe"}`), tag: "example"},
		{check: "jwt", secret: token(`{"alg":"HS256"}`, `{"role":"anon"}`), tag: "public"},
		{check: "jwt", secret: encode(`{"alg":"HS256"}`) + "." + encode(`{"sub":"7"}`) + ".", drop: true},
		{check: "grafana-legacy", secret: encode(`{"k":"abc","n":"ci","id":1}`), kind: "structure", detail: "key ci"},
		{check: "grafana-legacy", secret: encode(`{"k":"abc","t":"tenant","c":9}`), drop: true},
		{check: "jwt", secret: token(`{"alg":"HS256"}`, `not json`), drop: true},
		{check: "jwt", secret: encode(`{"alg":"dir","enc":"A256GCM"}`) + "..aaaa.bbbb.cccc", kind: "structure", detail: "dir", tag: "encrypted"},
		{check: "jwt-base64", secret: encode(token(`{"alg":"HS256"}`, `{"sub":"7"}`)), kind: "structure", detail: "HS256"},
		{check: "jwt-base64", secret: encode("no token at all"), drop: true},

		{check: "published", secret: "gh" + "p_16C7e42F292c6912E7710c838347Ae178B4a", kind: "published", detail: "GitHub", tag: "example"},
		{check: "published", secret: "gh" + "p_16C7e42F292c6912E7710c838347Ae178B4b"},
		{check: "published", secret: "2Yotn" + "FZFEjr1zCsicMWpAA", kind: "published", detail: "RFC 6749", tag: "example"},
		{check: "published", secret: "kd94h" + "f93k423kf44", kind: "published", detail: "RFC 5849", tag: "example"},
		{check: "published", secret: "wOJIO" + "9A2W5mFwDgiDvZbTSMK%2FPY%3D", kind: "published", detail: "RFC 5849", tag: "example"},
		{check: "published", secret: "mF_9.B5" + "f-4.1JqM", kind: "published", detail: "RFC 6750", tag: "example"},
		{check: "published", secret: "QWxhZGRpbjpvcGVu" + "IHNlc2FtZQ==", kind: "published", detail: "RFC 7617", tag: "example"},
		{check: "stripe-mode", secret: "sk" + "_test_abc", tag: "test-mode"},
		{check: "stripe-mode", secret: "rk" + "_live_abc", kind: "mode", detail: "live mode, restricted key"},
		{check: "slack-kind", secret: "xo" + "xb-1-2-a", kind: "kind", detail: "bot token"},
		{check: "slack-kind", secret: "xo" + "xe.xo" + "xp-1-a", kind: "kind", detail: "configuration"},

		{check: "azure-sas", secret: "https://a.blob.core.windows.net/c?sp=rl&se=2020-01-02T03:04:05Z&sig=" + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D", kind: "expiry", detail: "expired 2020-01-02", tag: "expired"},
		{check: "azure-sas", secret: "?sp=rwdl&amp;se=2999-01-01&amp;sig=" + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D", kind: "rights", detail: "rwdl"},
		{check: "azure-sas", secret: "?sp=rwdl&sig=short"},
		{check: "azure-storage-key", secret: devStoreKey, tag: "example"},
		{check: "azure-storage-key", secret: strings.Repeat("abcd", 21) + "ab==", match: "", kind: "structure", detail: "64 bytes"},

		{check: "uuid-not-null", secret: "00000000-0000-0000-0000-000000000000", drop: true},
		{check: "uuid-not-null", secret: "12345678-1234-1234-1234-123456789abc", tag: "example"},
		{check: "uuid-not-null", secret: "123e4567-e89b-12d3-a456-426614174000", tag: "example"},
		{check: "uuid-not-null", secret: "6f2d7a10-93bc-4e58-a1d4-0c5be7f31298"},
		{check: "named-otherwise", secret: "0123abcd", match: "HEROKU_SLUG_COMMIT=0123abcd", drop: true},
		{check: "named-otherwise", secret: "0123abcd", match: `"facebookAppId" => "0123abcd"`, drop: true},
		{check: "named-otherwise", secret: "0123abcd", match: `acme_client_id: '0123abcd`, drop: true},
		{check: "named-otherwise", secret: "0123abcd", match: "ACME_PAID=0123abcd"},
		{check: "named-otherwise", secret: "0123abcd", match: "acmeToken := 0123abcd"},
		{check: "named-otherwise", secret: "0123abcd", match: "id=0123abcd"},
		{check: "placeholder", secret: "xxxxxxxxxxxxxxxxxxxxxxxx", drop: true},
		{check: "placeholder", secret: "your-api-key-goes-here", drop: true},
		{check: "placeholder", secret: "q8Zt3LpV0sHd7RwYx2Bn"},
		{check: "placeholder", secret: "some" + "SeriousPassword", drop: true},
		{check: "placeholder", secret: "your" + "StrongSecret", drop: true},
		{check: "placeholder", secret: "some" + "9Zt3LpV0sHdkey"},
		{check: "placeholder", secret: "some" + "thingElse"},
		{check: "placeholder", secret: "https://hooks.acme.com/T00EXAMPLE1/1234567890123/a1b2c3d4e5f6", tag: "example"},
		{check: "placeholder", secret: "this-is-an-example-token-2", drop: true},
		{check: "mixed", secret: "productionenvironment", drop: true},
		{check: "mixed", secret: "abcdefabcdefabcdef"},
		{check: "mixed", secret: "1234567890123456", drop: true},
		{check: "mixed", secret: "a1b2"},
		{check: "base64-text", secret: encode("user:q7Lv2Xp9"), kind: "structure", detail: "text"},
		{check: "base64-text", secret: encode("user:pass"), drop: true},
		{check: "base64-text", secret: encode("\x00\x01\x02"), drop: true},
		{check: "base64-json", secret: "op" + "s_" + encode(`{"email":"x"}`), kind: "structure", detail: "JSON"},
		{check: "base64-json", secret: "ops_eyJnotjson"},
		{check: "discord-bot", secret: encode("80351110224678912") + ".abcdef.xyz", kind: "structure", detail: "created 2015-08-10"},
		{check: "discord-bot", secret: "Module.Method.Call", drop: true},
		{check: "twilio-sid", secret: "SK" + strings.Repeat("0", 32), drop: true},
		{check: "twilio-sid", secret: "SK" + "0123456789abcdef0123456789abcdef"},

		// the example of the age specification, of BIP-173, of the Bitcoin wiki, of SEP-23 and of nkeys
		{check: "age-key", secret: "AGE-SECRET-KEY-" + "1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX", kind: "checksum", detail: "Bech32"},
		{check: "age-key", secret: "AGE-SECRET-KEY-" + "1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEY", tag: "checksum-mismatch"},
		{check: "bech32", secret: "A12UEL5L", kind: "checksum", detail: "Bech32"},
		{check: "bech32", secret: "A12UEL5M", drop: true},
		{check: "base58check", secret: "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ", kind: "checksum", detail: "Base58"},
		{check: "base58check", secret: "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTK", drop: true},
		{check: "solana-keypair", secret: "[139,104,230,58,32,19,51,92,197,233,35,205,95,123,47,20,137,249,167,61," + "163,247,61,186,152,128,204,197,48,22,214,238,12,233,99,179,112,76,203,16,18,36,174,156,16,248,188,141,113,172,13,192,50,227,87,57,110,85,43,12,119,150,87,183]", kind: "checksum", detail: "public half"},
		{check: "solana-keypair", secret: "[139,104,230,58,32,19,51,92,197,233,35,205,95,123,47,20,137,249,167,61," + "163,247,61,186,152,128,204,197,48,22,214,238,12,233,99,179,112,76,203,16,18,36,174,156,16,248,188,141,113,172,13,192,50,227,87,57,110,85,43,12,119,150,87,1]", tag: "checksum-mismatch"},
		{check: "solana-keypair", secret: "[1, 2, 300]", drop: true},
		{check: "solana-keypair", secret: "3nfJUHYQL2ujwLritYPL" + "ksc1GjBoRSUXxkhyKLukdtKvNsNTLHLsMKStFKNzxt97KVYDjmC7hC1hSiJ3YxRdf4uL", kind: "checksum", detail: "public half"},
		{check: "solana-keypair", secret: "3nfJUHYQL2ujwLritYPL" + "ksc1GjBoRSUXxkhyKLukdtKvNsNTLHLsMKStFKNzxt97KVYDjmC7hC1hSiJ3YxRdf4uM", drop: true},
		{check: "matrix-crc32", secret: "ma" + "t_" + "uHNwRXsL4g5vKkW0cQq9Zb2TjY7dMe_0UqmVf", kind: "checksum", detail: "Matrix"},
		{check: "matrix-crc32", secret: "sy" + "t_" + "Ym9i_qRtYpLmNbVcXzAsDfGhJ_1FpziX", kind: "checksum", detail: "Matrix"},
		{check: "matrix-crc32", secret: "sy" + "t_" + "Ym9i_qRtYpLmNbVcXzAsDfGhJ_000000", tag: "checksum-mismatch"},
		{check: "netbird-crc32", secret: "nb" + "p_" + "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq17", kind: "checksum", detail: "NetBird"},
		{check: "netbird-crc32", secret: "nb" + "p_" + "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq18", tag: "checksum-mismatch"},
		{check: "stellar-seed", secret: "SB7ABGFAX3NXZVLRPV3XRMGZXQY6NFXSZSHHJVSZVGTYAOAHVUIIJYXA", drop: true},
		{check: "nkey-seed", secret: "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY", kind: "checksum", detail: "NATS"},
		{check: "nkey-seed", secret: "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VA", tag: "checksum-mismatch"},
	}
	for _, tt := range tests {
		r := result(t, tt.check, tt.secret, tt.match)
		if r.Drop != tt.drop {
			t.Errorf("%s(%q): drop %v, want %v", tt.check, tt.secret, r.Drop, tt.drop)
		}
		if tt.kind != "" && !strings.Contains(proofDetail(r, tt.kind), tt.detail) {
			t.Errorf("%s(%q): proofs %v, want %s with %q", tt.check, tt.secret, r.Proofs, tt.kind, tt.detail)
		}
		if tt.tag != "" && !slices.Contains(r.Tags, tt.tag) {
			t.Errorf("%s(%q): tags %v, want %q", tt.check, tt.secret, r.Tags, tt.tag)
		}
		if slices.Contains(r.Tags, "checksum-mismatch") && (r.Confidence == 0 || r.Confidence > 0.5 || len(r.Proofs) > 0) {
			t.Errorf("%s(%q): a failed checksum left confidence %v and proofs %v", tt.check, tt.secret, r.Confidence, r.Proofs)
		}
	}
}

func TestAccountOfCanary(t *testing.T) {
	// 052310077262 packed behind the prefix's bit, as in awskey.Account
	r := result(t, "aws-key-id", "AKIA"+"QYLPMN5HHHFPZAM2", "")
	if !slices.Contains(r.Tags, "canary") || proofDetail(r, "structure") != "AWS account 052310077262" {
		t.Errorf("got %+v", r)
	}
}

func TestNamesAreSortedAndUnique(t *testing.T) {
	names := Names()
	if len(names) != len(checks) || !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("names %v", names)
	}
	if _, ok := Lookup("no such check"); ok {
		t.Error("a check that does not exist was found")
	}
}

// No check may panic or keep a candidate's byte order whatever the bytes are.
func FuzzChecks(f *testing.F) {
	for _, seed := range []string{"", "eyJ.eyJ.", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "AKIA" + "QYLPMN5HHHFPZAM2", "a.", "S" + strings.Repeat("A", 57),
		"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlFgEaGVs\n-----END PGP PRIVATE KEY BLOCK-----", "PuTTY-User-Key-File-2: x\nPublic-Lines: 9999\n", `{"type":"service_account","private_key":"x"}`} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, secret, match string) {
		for _, name := range Names() {
			c := Candidate{Secret: secret, Match: match}
			a, b := result(t, name, c.Secret, c.Match), result(t, name, c.Secret, c.Match)
			if a.Drop != b.Drop || a.Confidence != b.Confidence || len(a.Proofs) != len(b.Proofs) {
				t.Errorf("%s says different things about the same candidate", name)
			}
			if a.Drop && len(a.Proofs) > 0 {
				t.Errorf("%s drops what it proves", name)
			}
		}
	})
}

func TestIdentifiersAreNoRandomValues(t *testing.T) {
	mixed, _ := Lookup("mixed")
	aws, _ := Lookup("aws-secret-key")
	for _, s := range []string{"DedicatedAiClusterUnitShapeLargeCohereV2", "BackupDestinationDetailsSummaryTypeAwsS3", "M2tsEbpPlacementVideoPid1"} {
		if !mixed(Candidate{Secret: s}).Drop || len(s) == 40 && !aws(Candidate{Secret: s}).Drop {
			t.Errorf("%s is kept", s)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	const chars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	dropped := 0
	for range 10000 {
		s := make([]byte, 32)
		for i := range s {
			s[i] = chars[rng.IntN(len(chars))]
		}
		if camelCase(string(s)) {
			dropped++
		}
	}
	if dropped > 10 {
		t.Errorf("%d of 10000 random values are taken for identifiers", dropped)
	}
}
