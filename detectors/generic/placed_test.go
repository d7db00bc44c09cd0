package generic

import "testing"

// found returns how many of a text's candidates are reported in the file called name.
func found(name, text string) (values []string) {
	for _, m := range scan(New(), text) {
		if Accept(name, &m, 0) {
			values = append(values, m.Secret)
		}
	}
	return values
}

// TestPlacedPasswords: where a syntax says that a value is a password, it is found there and as it is written.
func TestPlacedPasswords(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"Security.java", `.withUser("ops").password("{noop}Gr4nary!Door").roles("OPS")` + "\n", "Gr4nary!Door"},
		{"users.xml", `<user name="eva" password="{noop}orchard5Q" authorities="ROLE_USER"/>` + "\n", "orchard5Q"},
		{"sig.py", `sig = hmac.new(b"granary-Finch-42", body, hashlib.sha256)` + "\n", "granary-Finch-42"},
		{"tok.py", `tok = jwt.encode({"sub": uid, "n": 1}, "granary-Finch-5", algorithm="HS256")` + "\n", "granary-Finch-5"},
		{"tok.js", `const t = jwt.sign({ id: u.id }, 'granary-Finch-1', { expiresIn: '1h' });` + "\n", "granary-Finch-1"},
		{"enc.js", `const enc = CryptoJS.AES.encrypt(text, 'gr4nary-Door').toString();` + "\n", "gr4nary-Door"},
		{"q.m", `conn = database('sales', 'mluser', 'gr4nary-Db');` + "\n", "gr4nary-Db"},
		{"sketch.ino", `  client.connect("esp32", "mqttuser", "gr4naryDoor");` + "\n", "gr4naryDoor"},
		{"Ldap.java", `env.put(Context.SECURITY_CREDENTIALS, "Gr4nary.Door");` + "\n", "Gr4nary.Door"},
		{"a.ps1", "$password = @'\nGr4nary-Door!\n'@\n", "Gr4nary-Door!"},
		{"a.groovy", `def pw = System.getenv('PW') ?: 'gr4nary-Door'` + "\n", "gr4nary-Door"},
		{"a.adb", `   Password : constant String := "gr4nary-Door";` + "\n", "gr4nary-Door"},
		{"AndroidManifest.xml", `<meta-data android:name="com.vendor.sdk.APP_SECRET" android:value="Zk9wQ2vL` + `x8mT7rBn4cYp"/>` + "\n", "Zk9wQ2vL" + "x8mT7rBn4cYp"},
		{"soap.xml", `<wsse:Password Type="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText">gr4nary-Door</wsse:Password>` + "\n", "gr4nary-Door"},
		{"a.scpt", `set thePassword to "gr4nary7door"` + "\n", "gr4nary7door"},
		{"a.lua", "return { user = \"x\", password = [[gr4nary-Door]], }\n", "gr4nary-Door"},
		{"a.pl", "my %cfg = (user => 'p', passwd => q{gr4nary-Door});\n", "gr4nary-Door"},
		{"a.jsonnet", "{ config+:: { adminPassword:: 'gr4nary-Door' } }\n", "gr4nary-Door"},
		{"users.yml", "users:\n  - bob:gr4nary-Door\n", "gr4nary-Door"},
		{"client.rb", `client = Savon.client(wsdl: W, basic_auth: ["soapuser", "Gr4nary!Door"])` + "\n", "Gr4nary!Door"},
		{"mail.txt", "the new router login is admin / gr4nary-Door and works\n", "gr4nary-Door"},
		{"vpn.conf", "# auth: joe / gr4nary-Door\n", "gr4nary-Door"},
		{"db.py", `create_engine(f"postgresql://etl:gr4nary-Door@{host}:5432/w")` + "\n", "gr4nary-Door"},
		{"db.js", `mongoose.connect("mongodb://shop:grAnary1234@db/x");` + "\n", "grAnary1234"},
		{"user-data", "users:\n  - name: ops\n    plain_text_passwd: gr4nary-Door\n", "gr4nary-Door"},
		{"ru.php", "$parol = 'gr4nary-Door';\n", "gr4nary-Door"},
		{"It.java", `String chiaveSegreta = "gr4nary-Door";` + "\n", "gr4nary-Door"},
		{"a.java", `page.login("qa@corp.example", "grLogin-2")` + "\n", "grLogin-2"},
		{"a.sql", "CREATE USER 'replica'@'10.%' IDENTIFIED BY 'repl-1ca-Tango';\n", "repl-1ca-Tango"},
	} {
		got := found(c.name, c.text)
		if len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: %q: found %q, want %q", c.name, c.text, got, c.want)
		}
	}
}

// TestWordsAndNumbersArePasswords: words written as one or joined by signs, a number behind or among them.
func TestWordsAndNumbersArePasswords(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       int
	}{
		{"Jwt.java", `private static final String SECRET_KEY = "onlyTheHarvestKnows1987";` + "\n", 1},
		{"Jwt.java", `private static final String PUBLIC_KEY_NAME = "onlyTheHarvestKnows1987";` + "\n", 0},
		{"values-prod.yaml", "grafana:\n  adminPassword: Barley.Harbor.77\n", 1},
		{"compose.yml", "    environment:\n      MINIO_ROOT_PASSWORD: quokka.7731.nest\n", 1},
		{"a.js", "const passwordKey = login.password.2\n", 0},
		{"a.yml", "password: auth.login.v2\n", 0},
		{"web.config", `<add key="SmtpPassword" value="grain.Net-55"/>` + "\n", 1},
		{"Sec.java", `.withUser("v").password(encoder.encode("h4rvestOnly_22"))` + "\n", 1},
		{"cfg.rs", `m.insert("password", "h4rvest-Rs".to_string());` + "\n", 1},
		{"a.clj", `{:dev {:env {:database-password "fox-Harvest-9x"}}}` + "\n", 1},
		{"a.swift", `case password = "pwd_field2"` + "\n", 0},
		{"in.yaml", "      clientSecret: 1ns0-Barn-8821\n", 1},
		{"a.md", "const APP_SECRET = 'Graphs-are-aw3some'\n", 0},
		{"a.js", "jwt.verify(token, 'shhhhh', cb)\n", 0},
		{"a.py", `greeting = "P4ss` + `w0rd!2023"` + "\n", 1},
		{"a.py", `weak = ["P@ss` + `w0rd1", "P4ss` + `w0rd!"]` + "\n", 0},
		{"a.py", `title = "P4ss` + `w0rd manager"` + "\n", 0},
		{"a.md", "mysql://root:s3cret99@localhost/x\n", 0},
		{"hosts.yml", "users:\n  - bob:admins\n  - eve:dev-team-2\n", 0},
	} {
		if got := found(c.name, c.text); len(got) != c.want {
			t.Errorf("%s: %q: found %q, want %d", c.name, c.text, got, c.want)
		}
	}
}

// TestSealedAndPublicValues: what is sealed for another, lies elsewhere, or is a text in base64 is no finding.
func TestSealedAndPublicValues(t *testing.T) {
	sealed := "AgBy3i4OJSWK+PiTySYZZA9rO43cGDEqFsU7r2r0XkZ1mT8w5sQ9xLdFvbN2pKcJhEoYuIaRt6WzMgXl"
	for len(sealed) < 720 {
		sealed += "Zk9wQ2vLx8mT7rBn4cYpHd61jGfSaEuIo3Xv9QtKyMcQ7zLw0kXv82TnRbYc5MpHd6a"
	}
	for _, c := range []struct{ name, text string }{
		{"sealed.yaml", "  encryptedData:\n    password: " + sealed + "\n"},
		{"renovate.json", `{"encrypted":{"password":"wcFMA/xDdHCJBTolAQ//S8Y3cJyoVd6DHXKqwGIdNyPKbLSnZOUZrCkHZB8OUG"}}` + "\n"},
		{"arm.json", `{"clientSecret":"@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/x/ec96f02080254f109c51a1f14cdb1931)"}` + "\n"},
		{"app.service", "SetCredentialEncrypted=token: k6iUCUh0RJCQyvL8k8q1UyAAAAABAAAADAAAABAAAAC1lFmbWAqWZ8dCCQkAAAAAgAAAA\n"},
		{"app.csproj", "  <UserSecretsId>aspnet-WebApp-53bc9b9d-9d6a-45d4-8429-2a2761773502</UserSecretsId>\n"},
		{"a.s", `password_str: .asciz "Password: "` + "\n"},
		{"app.log", "login ok user=jane password=******** session=5f0e2b1c\n"},
		{"a.txt", `key="TG9yZW0gaXBzdW0gZG9sb3Igc2l0IGFtZXQ="` + "\n"},
		{"a.py", `title_key = "SGVsbG8gV29ybGQsIGhvdyBhcmUgeW91Pw=="` + "\n"},
	} {
		if got := found(c.name, c.text); len(got) != 0 {
			t.Errorf("%s: %q: found %q, want nothing", c.name, c.text, got)
		}
	}
}
