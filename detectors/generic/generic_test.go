package generic

import (
	"bytes"
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
)

// scan calls At at each keyword of text, as the engine does, and keeps the surest of repeated matches.
func scan(d *Detector, text string) []finding.Match {
	folded := strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r | 0x20
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	var out []finding.Match
	seen := map[finding.Span]int{}
	for _, k := range Keywords() {
		for at := 0; ; {
			i := strings.Index(folded[at:], k)
			if i < 0 {
				break
			}
			for _, m := range d.At([]byte(text), at+i, len(k), finding.Span{}, nil) {
				if i, ok := seen[m.Span]; !ok {
					seen[m.Span] = len(out)
					out = append(out, m)
				} else if m.Confidence > out[i].Confidence {
					out[i] = m
				}
			}
			at += i + 1
		}
	}
	return out
}

// fake values, put together here so that no line holds a name and its value
const (
	fakePass  = "vT9q" + "Lw2xRb"
	fakeHex   = "8f3a91c04e" + "7bd2560f9a" + "c3e81d7460"
	fakeToken = "kR7xWq29LmZt" + "B4vN8cYpJ6sD"
)

func TestSyntaxes(t *testing.T) {
	const v, h, k = fakePass, fakeHex, fakeToken
	tests := []struct{ name, text, rule, want string }{
		{"python", `password = "` + v + `"`, RulePassword, v},
		{"python keyword argument", `connect(host="db", password="` + v + `", port=1)`, RulePassword, v},
		{"go", "\tcfg.Password = \"" + v + "\"", RulePassword, v},
		{"go typed", `const dbPassword string = "` + v + `"`, RulePassword, v},
		{"make, unless set", `API_TOKEN ?= ` + k, RuleToken, k},
		{"make, posix", `API_TOKEN ::= ` + k, RuleToken, k},
		{"make, expanded at once", `API_TOKEN :::= "` + k + `"`, RuleToken, k},
		{"go short", `apiSecret := "` + h + `"`, RuleSecret, h},
		{"java", `private static final String PASSWORD = "` + v + `";`, RulePassword, v},
		{"java setter", `dataSource.setPassword("` + v + `");`, RulePassword, v},
		{"c#", `public string ClientSecret { get; set; } = "x"; var clientSecret = "` + k + `";`, RuleSecret, k},
		{"typescript type", `const token: string = '` + k + `';`, RuleToken, k},
		{"js object", `  apiKey: '` + k + `',`, RuleKey, k},
		{"ruby rocket", `:password => '` + v + `',`, RulePassword, v},
		{"php array", `'password' => '` + v + `',`, RulePassword, v},
		{"php serialized", `s:8:"password";s:10:"` + v + `";`, RulePassword, v},
		{"objective c", `[a open:p withPassword:@"` + v + `"];`, RulePassword, v},
		{"rust", `let api_key: &str = "` + k + `";`, RuleKey, k},
		{"kotlin", `val password: String = "` + v + `"`, RulePassword, v},
		{"perl", `my $password = '` + v + `';`, RulePassword, v},
		{"comparison", `if (password == "` + v + `") {`, RulePassword, v},
		{"comment", `// password = "` + v + `";`, RulePassword, v},
		{"subscript", `app.config["SECRET_KEY"] = "` + k + `"`, RuleKey, k},
		{"ini", `db_password = ` + v, RulePassword, v},
		{"properties", `spring.datasource.password=` + v, RulePassword, v},
		{"toml", `secret = "` + k + `"`, RuleSecret, k},
		{"yaml", `  password: ` + v, RulePassword, v},
		{"yaml folded", "password: >-\n  " + v + "\n", RulePassword, v},
		{"yaml pair", "- name: DB_PASSWORD\n  value: " + v + "\n", RulePassword, v},
		{"yaml list item", `  - POSTGRES_PASSWORD=` + v, RulePassword, v},
		{"json", `{"user": "bob", "password": "` + v + `"}`, RulePassword, v},
		{"json pair", `{"name": "DB_PASSWORD", "value": "` + v + `"}`, RulePassword, v},
		{"json in json", `"{\"access_token\":\"` + h + `\",\"x\":1}"`, RuleToken, h},
		{"xml element", `<password>` + v + `</password>`, RulePassword, v},
		{"xml attribute", `<user name="bob" password="` + v + `"/>`, RulePassword, v},
		{"xml setting", `<add key="SmtpPassword" value="` + v + `" />`, RulePassword, v},
		{"plist", "<key>Password</key>\n<string>" + v + "</string>", RulePassword, v},
		{"env", `AUTH_TOKEN=` + k, RuleToken, k},
		{"shell export", `export DB_PASSWORD='` + v + `'`, RulePassword, v},
		{"shell flag", `nats server list --user bob --password ` + v, RulePassword, v},
		{"dockerfile", `ENV DB_PASSWORD ` + v, RulePassword, v},
		{"powershell", `$p = ConvertTo-SecureString '` + v + `' -AsPlainText -Force`, RulePassword, v},
		{"sql", `CREATE USER blog WITH PASSWORD '` + v + `';`, RulePassword, v},
		{"sql identified", `CREATE USER 'a'@'b' IDENTIFIED BY '` + v + `';`, RulePassword, v},
		{"connection string", `Server=a;User=sa;Password=` + v + `;Database=x`, RulePassword, v},
		{"header bearer", `Authorization: Bearer ` + k, RuleAuth, k},
		{"header token", `curl -H "X-Auth-Token: ` + h + `" https://x.example`, RuleToken, h},
		{"curl user", `curl -s --user "admin:` + v + `" https://x.example/`, RulePassword, v},
		{"query", `https://api.example.com/v1?format=json&api_key=` + h, RuleKey, h},
		{"url", `postgres://bob:` + v + `@db.internal:5432/app`, RuleURL, v},
		{"html quotes", `const secret = &#39;` + k + `&#39;;`, RuleSecret, k},
		{"markdown", "**Password:** " + v, RulePassword, v},
		{"german", `passwort: "` + v + `"`, RulePassword, v},
		{"chinese, wide colon", "密码：" + v, RulePassword, v},
		{"login call", `client.login("bob", "` + v + `")`, RulePassword, v},
		{"python auth tuple", `requests.get(u, auth=("bob", "` + v + `"))`, RulePassword, v},
		{"php positional", `mysqli_connect("localhost", "root", "` + v + `", "shop");`, RulePassword, v},
		{"java positional", `DriverManager.getConnection("jdbc:x", "sa", "` + v + `");`, RulePassword, v},
		{"c++ braces", `std::string secret{"` + k + `"};`, RuleSecret, k},
		{"r", `password <- "` + v + `"`, RulePassword, v},
		{"xml entry", `<entry key="db.password">` + v + `</entry>`, RulePassword, v},
		{"terraform variable", "variable \"db_password\" {\n  type = string\n  default = \"" + v + "\"\n}\n", RulePassword, v},
		{"csv", "username,password,role\nbob," + v + ",admin\n", RulePassword, v},
		{"csv, last column", "user;role;password\r\nbob;admin;" + v + "\r\n", RulePassword, v},
		{"markdown table", "| user | password |\n|------|----------|\n| bob | `" + v + "` |\n", RulePassword, v},
		{"prose", "the root password is " + v + " on staging.", RulePassword, v},
		{"wireless", "\tpsk=\"" + v + "\"", RulePassword, v},
		{"everyday", `password = "` + "Autumn" + `2023!"`, RulePassword, "Autumn" + "2023!"},
		{"everyday in the environment", "DB_PASSWORD=" + "walrus" + "77", RulePassword, "walrus" + "77"},
		{"list", `tokens: ["` + h + `"]`, RuleToken, h},
	}
	d := New()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, m := range scan(d, tt.text) {
				if tt.text[m.Span.Start:m.Span.End] != m.Secret {
					t.Errorf("span says %q, secret is %q", tt.text[m.Span.Start:m.Span.End], m.Secret)
				}
				if Accept("src/app", &m, 0) {
					if m.Rule == tt.rule && m.Secret == tt.want {
						return
					}
				}
				got = append(got, m.Rule+" "+m.Secret)
			}
			t.Errorf("in %q: got %q, want %s %s at the default confidence", tt.text, got, tt.rule, tt.want)
		})
	}
}

func TestNegatives(t *testing.T) {
	for _, text := range []string{
		`password = os.getenv("DB_PASSWORD")`,
		`password: ${DB_PASSWORD}`,
		`password: {{ .Values.password }}`,
		`"password": "password",`,
		`password = "<your password>"`,
		`token = request.headers.get("token")`,
		`const token = await authenticator.generate(secret);`,
		`this.password = password;`,
		`api_key = "YOUR_API_KEY"`,
		`password: "********"`,
		`"FORGOT_PASSWORD": "Forgot your password?",`,
		`"LABEL_PASSWORD": "Пароль",`,
		`foreign_key: :parent_id`,
		`key: 'phoneNumber',`,
		`if (token == "(end)") return`,
		`Password string ` + "`json:\"password\"`",
		`secretKeyRef: {name: db, key: password}`,
		`fmt.Printf("token: %s", token)`,
		`https://user:password@example.com/`,
		`https://${USER}:${PASS}@example.com/`,
		`public_key = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDNQS4cnMOsGKJXBZ7DQ"`,
		`PublicKeyToken=b03f5f7f11d50a3a`,
		`runtimeOnly 'io.jsonwebtoken:jjwt-impl:0.11.2'`,
		`password_hash = "$2a$08$6.mbXqsDX82ZZ7q5d8Osb..JrGSsNp4R3IKj7mxgF6YGT0OmMw242"`,
		`$passwd = $env:CERT_PASSWORD`,
		`token = Select(Token::LBRACK);`,
		`SYS_ADD_KEY                = 4280`,
		`setBody("{\"token_endpoint\":\"" + UAA_URL + "\"}")`,
		`<input name="authenticity_token" value="` + fakeToken + `">`,
		`"AWS::Location::APIKey": "600da347bb3f084e",`,
		`arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-a1B2c3`,
		`key := "000102030405060708090a0b0c0d0e0f"`,
		`next_page_token: eav1OzQB0OM8rLdGXOEsyQWSG`,
		`generate_private_key("Ed25519")`,
		`ERROR_WRONG_PASSWORD: Final = 1323`,
		`credentials.username: urpRuqTf8Cpe6`,
		`"monkey": "x7k2m9q4"`,
		`while (ls->t.token == TK_ELSEIF) {`,
		"get http://deb.example.org/pool/main/s/shadow/passwd_1:4.13+dfsg1-1+deb12u1_amd64.deb",
		"user,password_changed_at\nbob,k3Jx9Qw2Lm\n",
		`"token_issued": "2024-01-02T10:11:12Z"`,
		`c.password = Buffer.from(raw, "base64").toString()`,
		"func login(user, password, role string) {\n\tx7k2m9q4, a, b := f()\n",
		"username,password,role\n$USER,$PASS,admin\n",
		"| flag | password |\n|---|---|\n| -p | the password to use |\n",
		`variable "db_password" {` + "\n  type = string\n}\n",
		`the password is required on staging`,
	} {
		for _, m := range scan(New(), text) {
			if Accept("src/app", &m, 0) {
				t.Errorf("in %q: reported %s %q with %.2f", text, m.Rule, m.Secret, m.Confidence)
			}
		}
	}
}

func TestFeatureNames(t *testing.T) {
	for i, n := range FeatureNames() {
		if n == "" {
			t.Errorf("feature %d has no name", i)
		}
	}
	if featureNames[fSep+int(sepURL)] != "separator: url" || !strings.HasPrefix(featureNames[fKeyLast], "key last") {
		t.Errorf("names do not line up with features: %q, %q", featureNames[fSep+int(sepURL)], featureNames[fKeyLast])
	}
	if len(wordData) != wordDataLen {
		t.Fatalf("data/words.bin has %d bytes, want %d", len(wordData), wordDataLen)
	}
	if len(loadModel().roots) == 0 {
		t.Fatal("data/model.bin holds no trees")
	}
}

func TestNothingAllocated(t *testing.T) {
	d := New()
	text := []byte(`x := foo(password, tokens[i]) // "key": "name", 'secret': null, password = getenv("PASSWORD")`)
	n := testing.AllocsPerRun(100, func() {
		for _, k := range Keywords() {
			if i := bytes.Index(text, []byte(k)); i >= 0 {
				d.collect(text, i, len(k))
				for i := range d.found[:d.n] {
					d.judge(text, &d.found[i])
				}
			}
		}
	})
	if n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func TestAccept(t *testing.T) {
	for _, tt := range []struct {
		path string
		min  float64
		want bool
		tag  string
	}{
		{"src/app.go", 0, true, ""},
		{"src/app_test.go", 0, true, "test"},
		{"docs/setup.md", 0, true, "docs"},
		{"package-lock.json", 0, false, ""},
		{"res/locales/fr.json", 0, false, ""},
		{`a\locale\fr.json`, 0, false, ""},
		{"src/app.go", 0.95, false, ""},
	} {
		m := finding.Match{Confidence: 0.9}
		if got := Accept(tt.path, &m, tt.min); got != tt.want {
			t.Errorf("Accept(%q, %v) = %v", tt.path, tt.min, got)
		}
		if tag := strings.Join(m.Tags, ","); tag != tt.tag {
			t.Errorf("%q: tags %q, want %q", tt.path, tag, tt.tag)
		}
	}
}

func TestPathTag(t *testing.T) {
	for name, want := range map[string]string{
		"src/app/login.go": "", "src/test/app/login.java": "test", "src/dockerTest/x.pem": "test", "src/LoginTests.cs": "test",
		"spec/login_spec.rb": "test", "README.md": "docs", "docs/setup.txt": "docs", "src/latest/x.go": "", "contest/a.py": "",
		"usr/share/man/nl/man5/x.gz": "docs", "man/man1/git.1.gz": "docs", "lib/woman/x.1": "",
	} {
		if got := PathTag(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestRecipientsArePublic: what age-keygen prints above the identity is no credential.
func TestRecipientsArePublic(t *testing.T) {
	text := "# public key: age1" + "zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj\n"
	if got := scan(New(), text); len(got) > 0 {
		t.Errorf("found %+v", got)
	}
	if got := scan(New(), strings.Replace(text, "public key: age1", "api_key: bge1", 1)); len(got) != 1 {
		t.Errorf("found %+v, want the value that is no recipient", got)
	}
}

// TestEmptyValues: a name without a value does not take the next line's assignment for one.
func TestEmptyValues(t *testing.T) {
	for _, text := range []string{
		"a.password=\njdbc.snowflake.url=jdbc:x\n", "API_TOKEN=\nOTHER_ID=q7Lv2Xp9wRz4mK8d\n", "db.password=\r\nsome.url=\r\n",
		"password:\nuser_name: q7Lv2Xp9wRz4\n", "token: ops_eyJzaWduSW5B..[Redacted]\n", "API_TOKEN =\nOTHER_ID = q7Lv2Xp9wRz4mK8d\n",
	} {
		if got := scan(New(), text); len(got) > 0 {
			t.Errorf("%q: found %+v", text, got)
		}
	}
	for _, text := range []string{"api_token =\n    q7Lv2Xp9wRz4mK8dT3yBq7Lv2Xp9wRz=\n", "api_token =\n    \"q7Lv2Xp9wRz4mK8d\"\n", "api_token:\n  q7Lv2Xp9wRz4mK8dT3yB\n"} {
		if got := scan(New(), text); len(got) != 1 {
			t.Errorf("%q: found %+v, want one", text, got)
		}
	}
}
