package generic

import (
	"slices"
	"testing"

	"github.com/unleak/unleak/finding"
)

// nestedSyntaxes are texts with V for a password and K for a token, as in moreSyntaxes.
var nestedSyntaxes = []string{
	// several credentials by their names
	"passwords:\n  smtp: V\n", "passwords:\n  policy: strict\n  ldap: \"V\"\n", "users:\n  anna: V\n", "secrets = {\n  smtp  = \"V\"\n}\n",
	`users = { anna = "V", bob = "x" }`, `USERS = {"anna": "V"}`, `"passwords": {"smtp": "V"}`, "tokens:\n  ci: K\n",
	"  DBPassword:\n    Type: String\n    NoEcho: true\n    Default: V\n",
	// types
	`val token: Option[String] = Some("K")`, `pub const api_key: []const u8 = "K";`, `let secret: string | null = "K";`,
	`c_password CONSTANT VARCHAR2(30) := 'V';`, `v_pwd varchar2(20) := 'V';`, `DECLARE @pwd nvarchar(50) = N'V';`, `       01 WS-DB-PASSWORD  PIC X(12) VALUE 'V'.`,
	// positions
	`ks.load(in, "V".toCharArray());`, `new X509Certificate2("acme.pfx", "V")`, `Fernet(b'K')`, `epgsql:connect("db", "bob", "V", [])`,
	`driver->connect("tcp://db:3306", "bob", "V");`, `Credentials::new("bob".to_owned(), "V".to_owned())`, `config.omniauth :github, 'appid', 'K'`, `EXEC sp_addlogin 'bob', 'V', 'shop';`,
	`red:auth("V")`, `$redis->auth('V')`, `opts('Username','bob','Password','V')`, `curl_easy_setopt(curl, CURLOPT_PASSWORD, "V");`, `curl_setopt($ch, CURLOPT_USERPWD, 'bob:V');`,
	`"X-Api-Key" to "K",`, `<input type="password" name="pw" value="V">`, `if ($_POST['pw'] == 'V') {`, `static char admin_pw[] = "V";`, "set enable_pw V\n",
	// prose
	"our wifi password is V, please keep it\n", "Das Passwort lautet V.\n", "Le mot de passe est V\n", "ja, passwort ist V\n", "La contraseña es V\n", "The wlan key is V.\n",
	"I changed the root password to V yesterday.\n", "Das neue Kennwort ist: V\n", "|| host || user || password ||\n| srv1 | root | V |\n",
	`config.pepper = 'K'`, "BASIC_AUTH=bob:V\n", `page.login("anna@acme.com", "V")`,
}

func TestNestedSyntaxes(t *testing.T) {
	const v, k = "vT9q" + "Lw2xRbK5", fakeToken
	for _, text := range nestedSyntaxes {
		full := replaceMark(text, map[byte]string{'V': v, 'K': k})
		if got := reported(full); !slices.Contains(got, v) && !slices.Contains(got, k) {
			t.Errorf("%s: reported %q", text, got)
		}
	}
}

// TestNotNested: blocks and lists of the same form that hold settings.
func TestNotNested(t *testing.T) {
	for _, text := range []string{
		"passwords:\n  enabled: true\n  backend: database2\n  minLength: 12\n", "users:\n  anna: administrator\n  anna_home: /home/anna1\n", "users:\n  bob:\n    shell: /bin/bash5\n",
		"secrets:\n  path: secret/data/app2\n  store: vault-backend7\n", "tokens:\n  type: opaque12\n", "password:\nname: Default\nother: vT9qLw2xRbK5\n",
		"  password:\n    type: string\n    format: password1\n", `"0123456789abcdef".toCharArray()`, `"HelloWorld".toCharArray()`, `client.auth("required")`,
		`:secret: arn:aws:secretsmanager:*:*:secret:A4BNetworkProfile*`, `01 WS-PASSWORD-MSG PIC X(30) VALUE 'ENTER PASSWORD'.`, `message://<330e7f8409726r6a4ba78@mail.corp.io>`,
		"The password is SHA256 hashed\n", "the password is base64 encoded\n", "The password is different\n", "Das Passwort ist abgelaufen\n", "The primary key is customer_id2\n", "password is 8chars long\n",
		"|| host || user ||\n| srv1 | vT9qLw2xRbK5 |\n", "the password is in /etc/acme/t0ken\n", `users = {"id": "abc"}`, "$labels['password'] = 'Cyfrinair';", "$messages['signnopass'] = 'Llofnodi wedi methu. Mae angen 1 cyfrinair.';", `$string["key2048"] = "2048 bitu - vychozi";`,
		"$config['password_driver'] = 'modoboa';", "  secrets:\n    repository: robot/drone-secrets\n    tag: 0c5746b\n", "<username>Keenan Pepper</username>\n<id>124371</id>\n", "users:\n  href: https://api.corp.io/v1/00g15acRUy0SYb9GT0g4\n",
		"set password_encryption = 'scram-sha-256';", "SHA256(.../go/bin/plugin-auth-x)= 896c13c0f5305daed381952a128322e02bc28a57d0c862a78cbc2ea66e8f8d0a\n", "v_pwd varchar2(20);\n", `"X-Api-Key" to header["X-Api-Key"]`,
	} {
		if got := reported(text); len(got) > 0 {
			t.Errorf("%q: reported %q", text, got)
		}
	}
}

// TestKeysBehindSlashes: options of Windows' programs, and what stands last in a path, are names like others.
func TestKeysBehindSlashes(t *testing.T) {
	const key = "7c7a468c1c4c943f" + "e17ebbceaeeb47d2"
	for text, want := range map[string]int{"dpapi::cred /in:C /masterkey:" + key + "\n": 1, "GET http://a.corp.io/_app_session=" + key + " HTTP/1.1\n": 1, "/etc/passwd: " + key + "\n": 0} {
		if got := reported(text); len(got) != want {
			t.Errorf("%s: reported %q", text, got)
		}
	}
}

// TestTextsOfAnyFolder: folders of translations by other names.
func TestTextsOfAnyFolder(t *testing.T) {
	for name, want := range map[string]bool{"program/localization/eo/labels.inc": false, "src/nls/root/labels.js": false, "src/labels.inc": true} {
		m := finding.Match{Rule: RulePassword, Secret: "Pasvorto", Confidence: 0.9}
		if Accept(name, &m, 0) != want {
			t.Errorf("%s: accepted %v", name, !want)
		}
	}
}
