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
		"KEY=13B6F51ECDDE" + "430D", "signing key: 13B6F51ECDDE" + "430D", "gpg_key: 13B6F51ECDDE" + "430D",
		`<a href="https://redis.io/commands/?key=x">BRPOPLPUSH</a>`, "key: BRPOPLPUSH", "api_key: `BRPOPLPUSH`", `<api-key>BRPOPLPUSH</api-key>`,
		"[token-auth]: https://www.youtube.com/watch?v=M6Ud3qC2tTk", "auth: https://login.acme.io/oauth2/v2.0/authorize?tenant=a1b2c3d4", `auth_token: "https://acme.io/docs/tokens#create-2"`,
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
		"api_key: 13B6F51ECDDE" + "430D", "key: 13b6f51ecdde" + "430d", "auth_token: https://acme.io/hook/" + fakeToken, "auth: https://acme.io/hook?sig=" + fakeToken[:12],
	} {
		if got := reported(text); len(got) != 1 {
			t.Errorf("%s: reported %q, want one", text, got)
		}
	}
}

// TestPrintedByPrograms: results of tests, caches of pipelines, digests of files, ids made of a time, entries of passwd(5).
func TestPrintedByPrograms(t *testing.T) {
	const md5a, md5b, sha1 = "8d4f79ab0c6e1b2d3f40" + "5162738495a6", "50fc79ab0c6e1b2d3f40" + "5162738495a6", fakeHex + "4e1b097d52"
	const sha256, ulid, b43 = md5a + md5b, "01HV4X9Q7ZK8" + "M3N5P2R6T0W1YB", "jl3bwswu80PjjokCgh0o" + "2w5c2U4LhQAE57gj9cz1kzA"
	for _, text := range []string{
		"PASS: gas/x86-64/ibt", "PASS: ihex", "PASS: src9fkq2", "PASS: ihex objcopy test", "XPASS: gas/i386/k1om-inval x9", "2024-01-02T10:11:12.1234567Z PASS: gas/x86-64/ibt-2", "[10:11:12] PASS: ld-x86-64/tlsbin2",
		"PASS tests/unit/foo.test1.js", "--- PASS: TestHTTP2Foo4k (0.00s)",
		"'auth' => ['" + md5a + "'],", "'auth' => ['" + md5a + "', '" + md5b + "'],", "'password' => [ '" + md5a + "', '" + md5b + "'],", `"password": ["` + md5a + `", "` + md5b + `"]`,
		`"keyId": "SHA256:` + b43 + `",`, `"keyId": "` + b43 + `="`, `"logId": {"keyId": "` + b43 + `="}`, `"registry%2Fkeys.json":"ewogICAgImtleXMiOiBbCiAgICAgICAgewogICAgICAgICAgICAia2V5SWQiOiAiU0hBMjU2OmpsM2I4=="`,
		`"key": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t` + `Ck1JSUI2RENDQVkrZ0F3SUJBZ0lVWQ=="`, "api_key: LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0t" + "LS0KTUZrd0V3WUhLb1pJemowQ0FRWUlLb1o=",
		"Cache restored from key: Linux-node-" + sha256, "Cache saved with key: Linux-node-" + sha256, "Cache not found for input keys: Linux-node-" + sha256 + ", Linux-node-",
		"key: setup-go-Linux-x64-" + md5a, "restore-keys: Linux-node-" + sha256, "restore-keys: |\n  macOS-cargo-" + sha256 + "\n", "Cache hit for restore-key: node-cache-Linux-x64-npm-" + sha256,
		"key: " + ulid, `"sessionKey": "` + ulid + `"`, "session: " + ulid, "token: " + ulid, "primaryKey: " + ulid,
		`primary_key = "` + sha1 + `"`, `commitKey = "` + sha1 + `"`, "foreignKey: " + sha1, "sortKey: " + sha1,
		"samba_password: samba password", "    :param ldap_password: ldap password", "@param samba_password: samba password.",
		"creationToken = 1644442601", `"CreationToken": "1644442601"`, "   -pass8        ugyanaz, mint a parenb", "/etc/passwd:eli:x: Smith", "2.7.2. Basic Options", "Basic Orbital Strike Cannon", "Basic Operations for x", "<commons.releaseManagerKey>86fdc7e2" + "a11262cb</commons.releaseManagerKey>",
		"CREATE USER a@b IDENTIFIED BY PASSWORD ''54958E764CE10E50764C" + "2EECBB71D01F08549980'';", "IDENTIFIED BY PASSWORD '021bec66" + "5bf663f1'", "passphrase: &#x3C;string>]}</code>",
		"    key <AC07> { [ Arabic_teh, 0x100067c, 0x1000679 ] };", "key <AC01> {[ a, A, U2264 ]};", "    key  <KP7> {\t[  KP_Home,\tKP_7\t]\t};", "/etc/passwd:eli:x:2098:1000:Eli Smith:/home/eli:/bin/bash",
	} {
		if got := reported(text); len(got) > 0 {
			t.Errorf("%s: reported %q", text, got)
		}
	}
	for _, text := range []string{
		`PASS: "` + fakePass + `"`, "PASS: Summer2024" + "!x", "PASS=" + fakePass, "    PASS: " + fakePass, `"password": ["` + md5a + `"]`, "api_keys: ['" + md5a + "']",
		"api_key: " + ulid, "secret: " + ulid, "primary_key: " + fakeToken, "api_key_id_secret: " + fakeToken, "samba_password: samba" + "9!xQk2", "password=bob:" + fakePass,
	} {
		if got := reported(text); len(got) != 1 {
			t.Errorf("%s: reported %q, want one", text, got)
		}
	}
}
