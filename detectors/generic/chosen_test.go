package generic

import (
	"testing"

	"github.com/unleak/unleak/finding"
)

// best returns the highest confidence of anything found in text.
func best(text string) float64 {
	top := 0.0
	for _, m := range scan(New(), text) {
		top = max(top, m.Confidence)
	}
	return top
}

// TestChosenPasswords: a digit in the place of a letter, and words joined by a sign with digits behind them, are passwords
// under a name that says so, and names of things are not.
func TestChosenPasswords(t *testing.T) {
	for text, want := range map[string]bool{
		`const defaultPassword = "Cucumb3r-salad"`:                                            true,
		`'password' => 'b4rn.owl',`:                                                           true,
		`conn = connect(user='etl', password='Etl.sparrow8', dbname='x')`:                     true,
		`private static final String PASS = "bill_Cr0codile";`:                                true,
		"DB_PASSWORD=d0cker-whale\n":                                                          true,
		"  password: s4ffron-Field\n":                                                         true,
		`Addr("cache01:6380,password=r3dis_otter,ssl=True")`:                                  true,
		`ssh.Password("Marten-burrow12")`:                                                     true,
		`The password for the old account is "sp4rrow.hawk".`:                                 true,
		`$ua->credentials('host:443', 'realm', 'bot', 'b0t-seastar');`:                        true,
		`curl_easy_setopt(curl, CURLOPT_URL, u); pw = "t4pe-Robot";`:                          true,
		`session.setPassword("mango_lassi_3");`:                                               true,
		`os.environ["DB_PASSWORD"] = "purple-haze-69"`:                                        true,
		`user = User(name="joe", password="lemonade5")`:                                       true,
		`db.config.password = "v4grant-Box"`:                                                  true,
		"PASSWORD=letTheDogsOut3\n":                                                           true,
		"Zugangsdaten: Benutzer: joe Passwort: Entenhausen3\n":                                true,
		"the new password for the shared mailbox is: Shar3dM4il\n":                            true,
		"Your password has been reset to Temp-4711-xy\n":                                      true,
		`DATA lv_password TYPE string VALUE 'w4lnut-Tree'.`:                                   true,
		`<add key="ApiSecret" value="9fKq3LmWx7RtY` + `bNc2Vd8HsJr"/>`:                        true,
		`const apiSecret = "9fKq3LmWx7RtY` + `bNc2Vd8HsJr";`:                                  true,
		`new SymmetricSecurityKey(Encoding.UTF8.GetBytes("my-super-signing-k3y-of-doom"))`:    true,
		`new SymmetricSecurityKey(Encoding.UTF8.GetBytes("my-signing-key"))`:                  false,
		`new SymmetricSecurityKey(Encoding.UTF8.GetBytes(config["Jwt:Key2"]))`:                false,
		`<add key="ApiSecretName" value="Team2ApiSecretOfTheShop3"/>`:                         false,
		`const clientSecretPath = "Team2ApiSecretOfTheShop3";`:                                false,
		`<add key="ApiSecret" value="ApplicationName2SecretOfShop1"/>`:                        false,
		"The password is Tr4fficLight9, for now\n":                                            true,
		"The password is Sunflower42 (staging)\n":                                             true,
		"passwords:\n  smtp: w4lnut-Tree\n":                                                   true,
		`setPassword("Section-w4lnut2")`:                                                      true,
		`this.password = "h3dgehog"`:                                                          true,
		`cf_password = "pa55word"`:                                                            true,
		"the wifi key is WPA2-Personal\n":                                                     false,
		"The password is iPhone15Pro specific.\n":                                             false,
		"The password is L0cked until support unlocks it.\n":                                  false,
		"The password is L0cked.\n":                                                           false,
		"passwords:\n  rotation: every90days\n":                                               false,
		"passwords:\n  rotation: w4lnut-Tree\n":                                               false,
		"passwords:\n  smtp: every90days\n":                                                   false,
		`i18n.password = "Passw0rt-Feld"`:                                                     false,
		`i18n.password = "Mot-de-p4sse"`:                                                      false,
		`this.password = "h3ading"`:                                                           false,
		`KEYCODES = { password: "Num-lock1" }`:                                                false,
		`setPassword("Section-header2")`:                                                      false,
		`var key = Encoding.UTF8.GetBytes("my-super-signing-k3y-of-doom");`:                   true,
		`byte[] signingKey = Encoding.ASCII.GetBytes("otter-signs-42");`:                      true,
		`var key = Encoding.UTF8.GetBytes("user-name-42");`:                                   false,
		`var publicKey = Encoding.UTF8.GetBytes("my-super-signing-k3y-of-doom");`:             false,
		`var cacheKey = Encoding.UTF8.GetBytes("w4lnut-tree");`:                               false,
		`MovedAttribute("HTTPPasswordMgr", "urllib2", "urllib.request"),`:                     false,
		`pass them to <a href="#all_v8_serializer_write">`:                                    false,
		`util.EncodePassword("v5nAwpMafFP6znaS4urhdWDLS5511M42", salt)`:                       false,
		"password: Required\n":                                                                false,
		`password = "utf8-encoded"`:                                                           false,
		`password = "sha1sum-of-it"`:                                                          false,
		`password_type: x509-cert`:                                                            false,
		`password = p4ss_word_var, user`:                                                      false,
		"pass `asn1Spec` to guide the decoder":                                                false,
		`password = "server1k3y.pem"`:                                                         false,
		`assertThat(form.password, "w4lnut-tree")`:                                            false,
		`withCredentials([x(credentialsId: 'd0cker-hub')]) { credentials('n3xus-deployer') }`: false,
	} {
		if got := best(text); (got >= DefaultConfidence) != want {
			t.Errorf("%s: confidence %.2f", text, got)
		}
	}
}

// TestPlainPasswordsInSettings: a word with a digit behind it counts where the file holds settings.
func TestPlainPasswordsInSettings(t *testing.T) {
	text := "spring.datasource.password=Sunflower3\n"
	for name, want := range map[string]bool{
		"src/main/resources/application.properties": true, "conf/.env.local": true, "app/values.yaml": true,
		"src/main/App.java": false, "notes": false,
	} {
		got := false
		for _, m := range scan(New(), text) {
			got = got || Accept(name, &m, 0)
		}
		if got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	for _, m := range scan(New(), "      - MYSQL_PASSWORD=marsupial\n") {
		if elsewhere := m; Accept("notes", &elsewhere, 0) || !Accept("compose.yml", &m, 0) {
			t.Errorf("a mere word: %+v", m)
		}
	}
	for _, text := range []string{"DB_PASSWORD=required\n", "PGPASSWORD: postgres\n", "password: marsupial\n", "password: Base64\n", "self.password = param1 # the first\n", "db.password=${word1}\n", "password.length=minimum8\n"} {
		for _, m := range scan(New(), text) {
			if Accept("a.properties", &m, 0) {
				t.Errorf("%q: found %+v", text, m)
			}
		}
	}
}

// TestAcceptMarksTests: the names of folders and files tell tests by their capitals too.
func TestAcceptMarksTests(t *testing.T) {
	for name, want := range map[string]int{"src/dockerTest/compose.yaml": 1, "t/t0301-credential.sh": 1, "src/main/compose.yaml": 0, "lib/task01-x.sh": 0} {
		m := finding.Match{Rule: RulePassword, Confidence: 0.9}
		if Accept(name, &m, 0); len(m.Tags) != want {
			t.Errorf("%s: tags %q", name, m.Tags)
		}
	}
}
