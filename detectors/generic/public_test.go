package generic

import "testing"

// reported returns what of a text is reported at the default confidence.
func reported(text string) []string {
	var out []string
	for _, m := range scan(New(), text) {
		if Accept("src/app", &m, 0) {
			out = append(out, m.Secret)
		}
	}
	return out
}

// TestSpokenTexts: labels of forms in many languages stand under names that say password; they are none.
func TestSpokenTexts(t *testing.T) {
	for _, text := range []string{
		`"password": "Wachtwoord",`, `"password": "Slaptažodis",`, `"login.password": "Mật khẩu"`, `password=Esqueceu a senha?`,
		`  password: Zapomniałeś hasła?`, `old_password: Nieuw wachtwoord`, `"secret": "Geheimnis"`, `accessToken: "Zugangsschlüssel"`,
		`passphrase: 비밀번호`, `passphrase: "كلمة المرور"`, `<string name="password">Adgangskode</string>`, `L["password"] = "Ключ API"`,
		`<data name="password"><value>Şifrenizi mi unuttunuz?</value></data>`, `password: '8 karakterden uzun olmalı',`,
		`"client_secret": "Client-Geheimnis"`, `'password' => 'Passwortwiederholung',`, `| password | Mot de passe oublié |`,
		`password: "पासवर्ड"`, `"password" = "รหัสผ่าน";`, `token = "Jeton d’accès"`,
	} {
		if got := reported(text); len(got) > 0 {
			t.Errorf("%s: reported %q", text, got)
		}
	}
	for _, text := range []string{
		`password: "Wachtw8oord!x2"`, `password: "` + fakePass + `"`, `пароль: ` + fakePass, `password = "größe` + `77x!Kq2"`,
	} {
		if got := reported(text); len(got) != 1 {
			t.Errorf("%s: reported %q, want the password", text, got)
		}
	}
}

// TestNoValues: prose about arguments, and lines that begin blocks of text.
func TestNoValues(t *testing.T) {
	for _, text := range []string{
		"inliner``.  Pass ``rfc2822=True`` to enable an", "POSSIBLE_UNSAFE_KEYS = (\n    b\"-----BEGIN \",\n    b\"---- BEGIN \",\n)",
	} {
		if got := reported(text); len(got) > 0 {
			t.Errorf("%s: reported %q", text, got)
		}
	}
}

// TestKnownAsPublic: what is random and no secret, by what it is or by its name.
func TestKnownAsPublic(t *testing.T) {
	const hex40 = fakeHex + "4e1b097d52"
	const fpr, uuid, b44 = "8B0E7153BF7C3706D85C524E" + "440066559A6656C9", "55d0ca86-4de3-49c1" + "-a66c-7f0393aab501", "a5CiDuaGdgPU3XACuFcs9tqS" + "BnpEQFyuiEf5Py+vqn0="
	for _, text := range []string{
		"Release GPG key: " + fpr, "Signing key: " + fpr, "ENV GPG_KEY=" + fpr, "signingkey = EBB4108E360D" + "DFCF", "export GPG_KEY_ID=9A1B" + "2C3D",
		"keys: " + fpr, "md5 key: 20:03:14:bd:80:7d:4b:6a:b0:55:38:54:ed:d3:aa:e7",
		"'common-password' => [ '" + hex40[:32] + "', '" + hex40[8:40] + "' ],",
		"ssl_key = tpmkey:uuid=" + uuid + ";storage=user", `key = "pkcs11:token=My%20Token;object=mykey01;type=private"`,
		`token: "awskms:///arn:aws:kms:us-east-1:111122223333:key/` + uuid + `"`, "kms_key: arn:aws:kms:us-east-1:1:key/" + uuid,
		"password: aws-ssm:///a/b1", "sasl_auth:x:56:svc1,svc2", "node_key: nodekey:" + hex40,
		"uuid_token: " + uuid, "key_uuid: " + uuid, "TokenGuid: " + uuid, "partition_key: " + uuid, `idempotencyKey: "` + uuid + `"`, "cache_key: " + uuid,
		"key: " + uuid, "nextToken: " + uuid, `token: "0x` + hex40[:40] + `"`, "subject_key_identifier: " + hex40,
		`key = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"`,
		"pubkey: " + hex40, `verify_key = "` + b44 + `"`, "trusted_key: " + b44, "minisign public key: RWQ" + b44, `<div data-sitekey="6L` + fakeToken + `">`,
		`<input type="hidden" name="_token" value="` + fakeToken + `">`, `<input name="__RequestVerificationToken" value="` + fakeToken + `">`,
		"md5(password) = " + hex40[:32], "KeyError: " + hex40[:32], "key: npm-cache-" + hex40, "cache-key: v1-deps-" + hex40,
		"Sec-WebSocket-Key: dGhlIHNhbXBsZS" + "Bub25jZQ==", " AWS = credentials('" + uuid + "')", `passwordVariable: 'NEXUS_P4SS'`,
		`"s3_key":"a/` + uuid + `/b.zip"`, "encryptedPassword: AgBy3i4OJSWK" + "+PiTySYZZA9rO43cGDEq",
	} {
		if got := reported(text); len(got) > 0 {
			t.Errorf("%s: reported %q", text, got)
		}
	}
	for _, text := range []string{
		"api_key: " + uuid, "secret_token: " + uuid, "storage_account_key = " + b44, "private_key: 0x" + hex40 + hex40[:24],
		`signing_key = "` + hex40 + `"`, "api_key: " + hex40, "secret_key: " + b44,
	} {
		if got := reported(text); len(got) != 1 {
			t.Errorf("%s: reported %q, want one", text, got)
		}
	}
}
