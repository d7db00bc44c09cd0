package generic

import (
	"slices"
	"strings"
	"testing"
)

// moreSyntaxes are texts with V for a password and K for a token.
var moreSyntaxes = []string{
	// values before their names
	`<property value="V" name="password"/>`, `<input value="V" type="password">`, "- value: \"V\"\n  name: DB_PASSWORD\n", `{"value": "V", "name": "DB_PASSWORD"}`,
	`request.addValue("K", forHTTPHeaderField: "X-Api-Key")`, `if ("V".equals(password)) {`, `if ("V" == password) {`,
	// parameters and their defaults
	`parser.add_argument("--password", default="V")`, `flag.StringVar(&password, "password", "V", "database password")`, `password: str = field(default="V")`,
	`PASS="${1:-V}"`, `token = os.environ.get("API_TOKEN") or "K"`, `ENV["API_KEY"] ||= "K"`, `string Password { get; set; } = "V";`,
	`"adminPassword": {"value": "V"}`, "\"adminPassword\": {\n  \"value\": \"V\"\n}", `{"db_password": {"default": "V"}}`,
	`{"ParameterKey": "DBPassword", "ParameterValue": "V"}`, "\"key\": \"password\",\n \"type\": \"string\",\n \"value\": \"V\"\n",
	// fields of forms
	`$("#password").val("V");`, `cy.get("#password").type("V");`, `document.getElementById("password").value = "V";`, `await page.fill('input[name="password"]', 'V');`,
	`fill_in "Password", with: "V"`, `And I fill in "Password" with "V"`, "| username | password |\n| bob | V |\n", "npm config set //registry.corp.io/:_authToken K\n",
	"user/pass: bob/V\n", "login: bob / V\n",
	// SQL
	`INSERT INTO users (name, password) VALUES ('bob', 'V');`, "INSERT INTO users (password, name)\nVALUES ('V', 'bob'), ('$1', 'eve');",
	"INSERT INTO `users` (`id`, `password`, `at`) VALUES (1, 'V', now());",
	// elements
	"<password>\n  V\n</password>\n", `<password><![CDATA[V]]></password>`, `<password encrypted="false">V</password>`, `<wsse:Password Type="x#PasswordText">V</wsse:Password>`,
	`<property name="password"><value>V</value></property>`, "<setting name=\"Password\" serializeAs=\"String\">\n  <value>V</value>\n</setting>",
	`<p>Password: <b>V</b></p>`, `Password: <code>V</code>`, `<meta name="api-key" content="K">`, `<Provider apiKey={"K"}>`,
	// lists
	"passwords:\n  - \"V\"\n", "tokens:\n  - K\n", "args:\n  - --password\n  - V\n", "\"--password\",\n\"V\"",
	"password: !!str V\n", "password: &pw V\n", "password = (\n    \"V\"\n)",
	// arguments
	`strcpy(password, "V");`, `if (strcmp(password, "V") == 0)`, `static char secret[32] = "K";`, `{password, "V"}`, `-define(PASSWORD, "V").`, `{default_pass, <<"V">>}.`,
	`set :session_secret, 'K'`, `http.basic_auth 'bob', 'V'`, `new UsernamePasswordCredentials("bob", "V")`, `req.SetBasicAuth("bob", "V")`, `Map.of("user", "bob", "password", "V")`, `SecretString::new("K".into())`, `static TOKEN: &'static str = "K";`, `#define API_KEY @"K"`,
	`Algorithm.HMAC256("K")`, `.signWith(SignatureAlgorithm.HS512, "K")`, `DBI->connect('dbi:mysql:app', 'bob', 'V');`, `mysql_real_connect(conn, "db", "bob", "V", "app", 0, NULL, 0);`,
	`req.Header.Add("Authorization", "Bearer "+"K")`, `new AuthenticationHeaderValue("Bearer", "K")`, `dsn := "bob:V@tcp(db.corp.io:3306)/app"`,
	`fastcgi_param DB_PASSWORD V;`, "set -gx API_TOKEN K\n", "username admin password 0 V\n", "remote_password V\n",
	// notes
	"Password (root): V\n", "password for bob: V\n", "Password of the admin: V\n", "New password is: V\n", "The default password for `admin` is `V`.", "password is `V`",
	// languages
	"mdp: V", "heslo: V", "hasło: V", "jelszó: V", "şifre: V", "lösenord: V", "passord: V", "adgangskode: V", "salasana: V", "Пароль: V", "ПАРОЛЬ=V", "лозинка: V",
	"geslo: V", "口令: V", "암호: V", "mật khẩu: V", "κωδικός: V", "סיסמה: V", "كلمة المرور: V", "पासवर्ड: V", "รหัสผ่าน: V", `schluessel = "K"`, `chave_api = "K"`, `jeton = "K"`, `密钥 = "K"`,
	"bindpw: V", "rootpw: V",
}

// TestMoreSyntaxes: what ties a value to its name besides what TestSyntaxes shows.
func TestMoreSyntaxes(t *testing.T) {
	const v, k = "vT9q" + "Lw2xRbK5", fakeToken
	for _, text := range moreSyntaxes {
		full := replaceMark(text, map[byte]string{'V': v, 'K': k})
		if got := reported(full); !slices.Contains(got, v) && !slices.Contains(got, k) {
			t.Errorf("%s: reported %q", text, got)
		}
	}
}

// replaceMark puts values in place of marks that stand alone.
func replaceMark(text string, values map[byte]string) string {
	var out strings.Builder
	for i := range len(text) {
		value, ok := values[text[i]]
		if ok && (i == 0 || !isName(text[i-1]) || text[i-1] == '-' && text[max(0, i-2)] == ':') && (i+1 == len(text) || !isName(text[i+1]) || text[i+1] == '.') {
			out.WriteString(value)
		} else {
			out.WriteByte(text[i])
		}
	}
	return out.String()
}

// TestComposedPasswords: a value of letters in both cases, digits and signs under a name that says password.
func TestComposedPasswords(t *testing.T) {
	for _, text := range []string{`password: "Ra%We` + `AebA9"`, `dataSource.setPassword("Ab9#` + `eoUaIe");`, "db_password=ka@Re" + "mi5Lo"} {
		if got := reported(text); len(got) != 1 {
			t.Errorf("%s: reported %q, want the password", text, got)
		}
	}
}

// TestNearSyntaxes: what looks like the syntaxes above and binds nothing.
func TestNearSyntaxes(t *testing.T) {
	for _, text := range []string{
		`{token.INT, "0XCAFEF00D", "0XCAFEF00D", ""},`, `assert #{pass}, 'wups!'`, "INSERT INTO users (name, password) VALUES ($1, $2);",
		`INSERT INTO u (name, password) VALUES ('bob', '$P$BJ8UtXZYqS/Lokm8zFMwcxO8dq797P.');`, "X-Mailgun-Key-Id:\n- 413e373c-0aad3c37\n",
		"--session-token <token>\n    $ python scout.py azure --cli\n", `<span class="token number">172.17x9Kq</span>`, `password: <password>`,
		`"password": {"type": "string"}`, "mdpArray[index] = mdp\n", `doDBSetCredentials(t, "vault-edu", "password", address)`, "// key to update. For example: E2QWRUHAPOMQ9L.", "Release Key (11/bullseye) (ID: 600062A9605C66F00D6C9793)",
		`<meta name="ac-gn-store-key" content="SFX9YPYY9PPX` + `CU9KH" />`, `if (password.equals(other)) {`, `strcmp(password, argv[1])`, "password is required\n", "Password for user: required\n",
		`<property name="password"><value>${db.password}</value></property>`, `PASS="${1:-$DEFAULT}"`, "user:${PASS}@tcp(db:3306)/app", `signWith(alg, "HS256")`,
	} {
		if got := reported(text); len(got) > 0 {
			t.Errorf("%s: reported %q", text, got)
		}
	}
}
