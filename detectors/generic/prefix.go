package generic

import "bytes"

// prefixes are strings by their first byte, so that a look costs little where none fits.
type prefixes [256][]string

func byFirst(list ...string) (t prefixes) {
	for _, s := range list {
		t[s[0]] = append(t[s[0]], s)
	}
	return t
}

// starts tells whether v starts with one of the prefixes.
func starts(v []byte, t *prefixes) bool {
	for _, s := range t[v[0]] {
		if has(v, 0, s) {
			return true
		}
	}
	return false
}

// startsFold is starts for prefixes in lower case, whatever the case of v, which may be empty.
func startsFold(v []byte, t *prefixes) bool {
	if len(v) == 0 {
		return false
	}
	for _, s := range t[lower(v[0])] {
		if hasFold(v, 0, s) {
			return true
		}
	}
	return false
}

// publicKeys are the starts of public keys: OpenSSH's, PEM's, and DER's in base64.
var publicKeys = byFirst(
	"ssh-rsa ", "ssh-ed25519 ", "ssh-dss ", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa", "MIGfMA0G", "MIIBIjANBg",
	"MIICIjANBg", "MFkwEwYHKo", "MFwwDQYJKo", "MCowBQYDK2", "MIIBojANBg", "MIIDI", "-----BEGIN PUBLIC",
	"-----BEGIN CERT", "-----BEGIN RSA PUBLIC", "AAAAB3NzaC1",
	"LS0tLS1CRUdJTiBDRVJU", "LS0tLS1CRUdJTiBQVUJM", "LS0tLS1CRUdJTiBSU0EgUFVC", // PEM's lines in base64
)

// recipient tells whether v is a public key of age: bech32 of 32 bytes (C2SP, "The age file encryption format", 2023).
func recipient(v []byte) bool {
	const length = len("age1") + 58
	if len(v) != length || !has(v, 0, "age1") {
		return false
	}
	return bytes.IndexFunc(v, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) < 0
}

// hashes are the starts of password hashes in crypt's formats and LDAP's, of digests, and of values sealed by a vault.
var hashes = byFirst(
	"$1$", "$P$", "$H$", "$S$", "$apr1$", "$7$", "$gy$", "$sha1$", "$md5", "{PKCS5S2}", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$y$", "$argon2", "$pbkdf2", "pbkdf2_sha", "pbkdf2:", "sha1$",
	"sha256$", "sha512$", "md5$", "bcrypt$", "bcrypt_sha", "argon2$", "scrypt:", "{SSHA", "{SHA", "{MD5",
	"{CRYPT", "{SMD5", "SCRAM-SHA-", "sha256-", "sha384-", "sha512-", "sha1-", "sha256:", "sha1:", "sha512:", "SHA256:",
	"vault:", "ENC[", "ENC(", "{cipher}", "AQICAH",
)

// algorithms are the starts of the names of algorithms and curves, in lower case.
var algorithms = byFirst(
	"ed25519", "ed448", "x25519", "x448", "rsa", "aes", "hs256", "hs384", "hs512", "es256", "es384", "es512",
	"rs256", "rs384", "rs512", "ps256", "sha1", "sha2", "sha3", "sha5", "sha-", "hmac", "secp", "p-256", "p-384",
	"p-521", "ecdsa", "ecdh", "scram-sha", "psk-aes", "psk-3des", "psk-chacha", "dhe-psk", "rsa-psk", "pbkdf2", "pbes2", "bcrypt", "scrypt", "argon2", "md5", "chacha20", "blowfish",
)

// algorithm tells whether the value names an algorithm or a curve.
func algorithm(v []byte) bool {
	if len(v) > 24 || len(algorithms[lower(v[0])]) == 0 {
		return false
	}
	for _, ch := range v {
		if !isAlnum(ch) && ch != '-' && ch != '_' && ch != '/' && ch != '.' && ch != '+' {
			return false
		}
	}
	for _, s := range algorithms[lower(v[0])] {
		if hasFold(v, 0, s) {
			return len(v) <= len(s)+2 || !isLetter(s[len(s)-1]) || v[len(s)] == '-' || v[len(s)] == '_'
		}
	}
	return false
}
