package generic

import "bytes"

// known tells what is random but no secret: fingerprints, ids of keys, addresses on a chain, verifier keys, UUIDs that
// name something, keys that find something in a store.
func (d *Detector) known(t []byte, c *Candidate, v []byte) bool {
	f := c.Explain
	name := t[c.Key.Start:c.Key.End]
	key := f[fKeyKey] == 1
	switch {
	case len(v) == len("0x")+40 && v[0] == '0' && v[1] == 'x' && hexDigits(v[2:]):
		return true // an address of Ethereum and its kin: 20 bytes; a private key has 32
	case f[fUUID] == 1 && (containsFold(name, "uuid") || containsFold(name, "guid") || hasWord(name, "uid")):
		return true
	case f[fUUID] == 1 && (key && f[fKeyOwner]+f[fPrevOwner] == 0 && len(name) <= len("keys") || f[fKeyToken]+f[fKeyKey] > 0 && f[fKeyLookup] == 1):
		return true // key: 123e4567-…, nextToken
	case key && f[fKeyLookup] == 1 && f[fKeyOwner]+f[fPrevOwner] == 0 && !containsFold(name, "secret") && !containsFold(name, "primary"):
		return true // partition_key, cacheKey
	case key && f[fPrevPublic] == 1 && f[fKeyOwner] == 0 && f[fKeyDollar] == 0 && len(name) <= len("keys"):
		return true // public key: x
	case key && f[fKeyOwner]+f[fPrevOwner] == 0 && (stored(v) || f[fSlashes] > 0 && f[fExtension] == 1):
		return true // an entry of a cache, a path in a bucket
	case key && (colons(v) || verifier(v)):
		return true
	case f[fKeyLastWhat] == 1 && (f[fHex] == 1 && (len(v) == 8 || len(v) == 16) || constant(v)):
		return true // GPG_KEY_ID=0123ABCD, passwordVariable: 'DB_PASSWORD'
	case f[fKeyUI] == 2 && f[fHexDigest] == 1:
		return true
	case f[fHex] == 1 && (len(v) == 16 || len(v) == 40) && hasFold(t, c.Key.Start-len("by "), "by ") && string(name) == "PASSWORD":
		return true // of SQL: IDENTIFIED BY PASSWORD and the hash
	case f[fNumber] == 1 && f[fKeyToken] == 1 && containsFold(name, "creation"):
		return true // the time something was made at
	case f[fKeyOwner]+f[fPrevOwner] == 0 && (key && published(name, v, f) || f[fKeyPass]+f[fKeySecret] == 0 && ulid(v)):
		return true
	}
	if !key {
		return c.called && digestOf(t[c.Context.Start:c.Key.Start])
	}
	if f[fUppers] == 1 && len(v) <= 12 || openPGP(t, c, v, f) {
		return true // one word in capitals: the name of a key or a command; GPG_KEY=…
	}
	if containsFold(name, "websocket") || containsFold(name, "verif") || containsFold(name, "trusted") {
		return true
	}
	return false
}

// openPGP tells whether the value of a key is the id or the fingerprint of an OpenPGP key: 8, 16, 32 or 40 digits beside its
// name, or 16 or 40 in capitals that sign something, or 16 of the name key alone (RFC 4880 section 12.2, 2007).
func openPGP(t []byte, c *Candidate, v []byte, f *Features) bool {
	if f[fHex] == 0 || len(v) != 40 && len(v) != 32 && len(v) != 16 && len(v) != 8 {
		return false
	}
	name, before := t[c.Key.Start:c.Key.End], t[max(c.Context.Start, c.Key.Start-24):c.Key.Start]
	for _, s := range [...]string{"gpg", "pgp", "signingkey", "signed", "recv", "releasemanager"} {
		if containsFold(name, s) || containsFold(before, s) {
			return true
		}
	}
	if f[fLowers] > 0 || len(v) != 40 && (len(v) != 16 || f[fUppers] == 0) {
		return false
	}
	if hasWord(name, "signing") || containsFold(before, "signing") {
		return true
	}
	return f[fKeyOwner] == 0 && f[fPrevOwner] == 0 && (len(v) == 40 || len(name) == len("key"))
}

// hasWord tells whether a lower-case s is one of the words of a name, its case aside.
func hasWord(name []byte, s string) bool {
	for i := 0; i+len(s) <= len(name); i++ {
		if !hasFold(name, i, s) {
			continue
		}
		end := i + len(s)
		starts := i == 0 || !isAlnum(name[i-1]) || chars[name[i]]&charUpper != 0 && chars[name[i-1]]&charLower != 0
		ends := end == len(name) || chars[name[end]]&charLower == 0
		if starts && ends {
			return true
		}
	}
	return false
}

// stored tells whether v names an entry of a cache: words and a digest, joined by dashes (npm-cache-9f86d081884c7d65). Words
// with letters in upper case, as in Linux-node-…, need a digest of 32 digits.
func stored(v []byte) bool {
	k := bytes.LastIndexByte(v, '-')
	if k < 3 || len(v)-k-1 < 16 || !hexDigits(v[k+1:]) || !isLetter(v[0]) {
		return false
	}
	allowed := uint8(charLower | charDigit)
	if len(v)-k-1 >= 32 {
		allowed |= charUpper
	}
	for _, ch := range v[:k] {
		if chars[ch]&allowed == 0 && ch != '-' && ch != '_' && ch != '.' {
			return false
		}
	}
	return true
}

// colons tells whether v is bytes in hexadecimal with colons between them, as fingerprints are written.
func colons(v []byte) bool {
	if len(v) < 3*8-1 || len(v)%3 != 2 {
		return false
	}
	for i, ch := range v {
		if i%3 == 2 && ch != ':' || i%3 != 2 && chars[ch]&charHex == 0 {
			return false
		}
	}
	return true
}

// verifier tells whether v is a verifier key of a signed note, NAME+8 hex digits+base64, as checksum databases and
// transparency logs publish them (golang.org/x/mod/sumdb/note, 2024). The signer's key starts with PRIVATE+KEY+.
func verifier(v []byte) bool {
	i := bytes.IndexByte(v, '+')
	if i <= 0 || i+10 >= len(v) || v[i+9] != '+' || !hexDigits(v[i+1:i+9]) || has(v, 0, "PRIVATE") {
		return false
	}
	return len(v)-i-10 >= 40
}

// digestOf tells whether t ends as the call of a digest, md5(.
func digestOf(t []byte) bool {
	for _, s := range [...]string{"md5(", "sha1(", "sha256(", "sha512(", "hash(", "crc32("} {
		if hasFold(t, len(t)-len(s), s) {
			return true
		}
	}
	return false
}

// elsewhere tells whether v says where a credential lies: the URI of a key in a module or a vault, a member of a group.
func elsewhere(v []byte) bool {
	if starts(v, &locators) || len(v) >= 40 && starts(v, &envelopes) && (v[0] != 'A' || len(v) >= 600) {
		return true
	}
	switch i := bytes.IndexByte(v, ':'); {
	case i < 0:
		return false
	case i == 1 && len(v) > 2 && (v[0] == 'x' || v[0] == '*' || v[0] == '!'):
		return true // of passwd(5) and group(5): a name, no hash, a number
	}
	if account(v) || pageAddress(v) || has(v, 0, "https://") && bytes.Contains(v, []byte(".vault.azure.net/")) {
		return true
	}
	i := bytes.Index(v, []byte("://"))
	if i < 2 || bytes.IndexByte(v[i:], '@') > 0 || bytes.IndexByte(v[i:], '?') > 0 {
		return false
	}
	for _, ch := range v[:i] {
		if chars[ch]&(charLower|charDigit) == 0 && ch != '+' && ch != '-' && ch != '.' {
			return false
		}
	}
	return !has(v, 0, "http") && !has(v, 0, "ws")
}

// pageAddress tells whether v is the address of a page or a service and holds nothing secret: no user, no piece that
// looks random, no query that names a credential.
func pageAddress(v []byte) bool {
	if !has(v, 0, "https://") && !has(v, 0, "http://") {
		return false
	}
	from, digits := 0, 0
	for i, ch := range v {
		switch {
		case chars[ch]&charDigit != 0:
			digits++
		case isLetter(ch):
		case ch == '@' || ch == '%' || ch == '$' || ch == '<' || ch == '{':
			return false
		default:
			from, digits = i+1, 0
		}
		if i-from >= 15 && (digits > 0 || i-from >= 31) {
			return false
		}
	}
	_, query, _ := bytes.Cut(v, []byte("?"))
	for _, s := range [...]string{"key", "token", "secret", "sig", "auth", "pass", "pwd", "code", "cred", "session"} {
		if containsFold(query, s) {
			return false
		}
	}
	return true
}

// envelopes are the starts of what is sealed for one key and written in base64: a message of OpenPGP (RFC 4880 section 5.1, a
// packet of tag 1 in either format), a secret of Sealed Secrets, whose first two bytes are the length of a key sealed by RSA of
// 4096 bits (github.com/bitnami-labs/sealed-secrets, docs/developer, 2023).
var envelopes = byFirst("wcFMA", "wcBMA", "wcDMA", "hQIMA", "hQEMA", "hQGMA", "hF4DA", "AgA", "AgB", "AgC", "AgD")

// locators are the starts of what names a key or the entry of a vault, and has no "://".
var locators = byFirst("tpmkey:", "pkcs11:", "arn:aws", "nodekey:", "discokey:", "engine:", "keychain:", "env:", "@Microsoft.KeyVault(", "ssm:/", "file:/", "exec:/")

// public tells whether the value is a public key: OpenSSH's lines, DER's SubjectPublicKeyInfo in base64, NATS nkeys, age recipients.
func public(v []byte) bool { return starts(v, &publicKeys) || nkeyPublic(v) || recipient(v) }

// nkeyPublic tells whether v is a public nkey: 56 characters of base32 that start with the letter of a kind of entity
// (github.com/nats-io/nkeys, README, 2024).
func nkeyPublic(v []byte) bool {
	if len(v) != 56 || bytes.IndexByte([]byte("ACNOUX"), v[0]) < 0 {
		return false
	}
	for _, ch := range v {
		if (ch < 'A' || ch > 'Z') && (ch < '2' || ch > '7') {
			return false
		}
	}
	return true
}

// guard tells whether a name is that of what guards one form of one session, or points into a list.
func guard(name []byte) bool {
	if containsFold(name, "srf") && (containsFold(name, "csrf") || containsFold(name, "xsrf")) {
		return true
	}
	if len(name) < len("pagetoken") || !containsFold(name, "token") {
		return false
	}
	for _, s := range [...]string{"authenticity_token", "page_token", "pagetoken", "continuation_token", "continuationtoken",
		"sync_token", "synctoken", "resume_token", "resumetoken", "change_token", "changetoken", "requestverificationtoken"} {
		if containsFold(name, s) {
			return true
		}
	}
	return false
}
