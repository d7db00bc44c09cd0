package generic

// keywords are the literals at which At is called. Short ones pay for themselves: each is cheap to rule out.
var keywords = [...]string{
	"pass", "pwd", "psw", "pw =", "pw=", "pw:", `pw":`, "secret", "token", "key", "auth", "cred", "otp",
	"bearer ", "basic ", "://", "_pw", "'pw'", "pepper", "users = {", "users={", "users: {", `users": {`, "users:\n", `".tochararray`, "identified", "securestring", "login", "psk", "curl", "cookie", "session", "nonce",
	// functions that take a password by position (positional.go)
	"mysqli_connect(", "mysql_connect(", "mysqli(", "pdo(", "getconnection(", "mysqldb.connect(", "pymysql.connect(", "oci_connect(",
	"ldap_bind(", "imap_open(", "dbi->connect(", "mysql_real_connect(", "hmac256(", "hmac384(", "hmac512(", "signwith(",
	"fernet(", "x509certificate2(", "epgsql:connect(", "sql.newinstance(", "driver->connect(",
	"sequelize(", "sshclient(", "sftpclient(", "scpclient(", "ftpclient(", "newdialer(", "ftp(", "ftp_tls(", "jenkins(", "runas(", "ftp.open(", "ftp.new(", "influxdbclient(", "fromdrivermanager(",
	"connection.open(", "password_hash(", "make_password(", "passwordencoder.encode(", "buffer.from(",
	"smtp.start(", "softap(", "sta.config(", "createasync(", "unprotect(", "bcrypt.hash(", "bcrypt.hashsync(", "hash::make(", "bcrypt(", "hashpw(", "crypt(",
	"pgp_sym_encrypt(", "pgp_sym_decrypt(", "aes_encrypt(", "aes_decrypt(", "createhmac(", "createcipheriv(", "createdecipheriv(",
	"w0rd", "hmac.new(", "jwt.encode(", "jwt.decode(", "jwt.sign(", "jwt.verify(", "aes.encrypt(", "aes.decrypt(", "database(",
	"btoa(", "base64encode(", "base64_encode(", "b64encode(", "encode64(", "base64.encode(", "getbytes(", "utf8.encode(",
	"connect(", "dc=", // connect.go
	"` / `", "`` / ``", "root / ", "admin / ", ".com / ", ".org / ", ".net / ", ".test / ", ".local / ", ".io / ", ".de / ", "pw is ", "admin:", "root:", // beside.go
	`bearer"`, "@tcp(", "userpwd",
	// other languages: German, Dutch, Polish, Portuguese, Spanish, Italian and Romanian, French, Czech, Hungarian, Turkish,
	// Swedish, Danish, Finnish, Croatian, Slovenian, Indonesian, Vietnamese (pass covers the rest)
	"kennwort", "wachtwoord", "haslo", "senha", "contrase", "clave", "parol", "mdp", "heslo", "jelsz", "sifre", "losenord", "adgangskode",
	"salasana", "lozinka", "geslo", "kata sandi", "matkhau", "schluessel", "geheim", "jeton", "klucz", "chave", "segret",
	// and those in other letters than ASCII's: Polish, Turkish, Swedish, Vietnamese, Russian, Ukrainian, Bulgarian, Serbian, Greek,
	// Hebrew, Arabic, Persian, Hindi, Thai, Chinese, Japanese, Korean
	"hasło", "şifre", "lösenord", "schlüssel", "khẩu", "пароль", "Пароль", "ПАРОЛЬ", "парола", "гасло", "лозинка", "κωδικ", "סיסמ", "المرور", "عبور",
	"पासवर्ड", "รหัสผ่าน", "密码", "密碼", "口令", "密钥", "パスワード", "暗証番号", "비밀번호", "암호",
}

// Keywords returns the lower-case literals at which At wants to be called; ASCII letters in the text may have either
// case.
func Keywords() []string { return keywords[:] }

// role is what a word of a name says about the value.
type role uint8

const (
	roleNone     role = iota
	rolePass          // the value is a password
	roleSecret        // ... a secret
	roleToken         // ... a token
	roleKey           // ... a key, of whatever kind
	roleAuth          // ... something of authentication
	roleCred          // ... credentials
	roleOTP           // ... a one-time-password seed
	roleSession       // ... a session or cookie
	roleNonce         // ... a nonce, salt, vector or digest: random, but public
	rolePublic        // the public half
	roleWhat          // the name speaks of something about a credential: its name, path, length, message
	roleLookup        // a key that finds something in a collection: primary, sort, cache
	roleOwner         // whose it is: database, admin, client; makes a key a credential
	roleUI            // speaks to a person: label, forgot, change, confirm
	roleSealed        // the value is encrypted or hashed
	roleIdentity      // the value names a person, an account or a host
	roleLabel         // names a text for people: label, title, hint
	roleNeutral       // says nothing and does not count: value, base, old, test
)

// words maps the parts of names to roles.
var words = map[string]role{
	"password": rolePass, "passwd": rolePass, "pass": rolePass, "psk": rolePass, "pwd": rolePass, "passphrase": rolePass, "psw": rolePass,
	"passcode": rolePass, "passwort": rolePass, "kennwort": rolePass, "wachtwoord": rolePass, "haslo": rolePass,
	"senha": rolePass, "contrasena": rolePass, "contraseña": rolePass, "clave": rolePass, "parola": rolePass, "parol": rolePass, "pw": rolePass,
	"пароль": rolePass, "密码": rolePass, "密碼": rolePass, "パスワード": rolePass, "비밀번호": rolePass, "passe": rolePass,
	"passord": rolePass, "mdp": rolePass, "motdepasse": rolePass, "heslo": rolePass, "jelszo": rolePass, "jelszó": rolePass, "sifre": rolePass, "şifre": rolePass,
	"losenord": rolePass, "lösenord": rolePass, "adgangskode": rolePass, "salasana": rolePass, "lozinka": rolePass, "geslo": rolePass, "sandi": rolePass,
	"matkhau": rolePass, "khẩu": rolePass, "hasło": rolePass, "contrasenya": rolePass, "Пароль": rolePass, "ПАРОЛЬ": rolePass, "парола": rolePass,
	"гасло": rolePass, "лозинка": rolePass, "κωδικός": rolePass, "סיסמה": rolePass, "סיסמא": rolePass, "المرور": rolePass, "عبور": rolePass,
	"पासवर्ड": rolePass, "รหัสผ่าน": rolePass, "口令": rolePass, "暗証番号": rolePass, "암호": rolePass,
	"schluessel": roleKey, "schlüssel": roleKey, "klucz": roleKey, "chave": roleKey, "密钥": roleSecret, "geheim": roleSecret, "geheimnis": roleSecret,
	"jeton": roleToken, "secreta": roleSecret, "secreto": roleSecret, "segredo": roleSecret, "segreta": roleSecret, "segreto": roleSecret, "userpwd": rolePass,
	"securestring": rolePass, "identified": rolePass, "passwords": rolePass,
	"authtok": rolePass, "bindpw": rolePass, "pepper": roleSecret, "rootpw": rolePass, "dbpw": rolePass, "userpw": rolePass, "adminpw": rolePass,
	"secret": roleSecret, "secrets": roleSecret,
	"token": roleToken, "tokens": roleToken, "jwt": roleToken,
	"key": roleKey, "keys": roleKey, "apikey": roleKey,
	"auth": roleAuth, "authorization": roleAuth, "oauth": roleAuth, "authentication": roleAuth, "authn": roleAuth,
	"cred": roleCred, "creds": roleCred, "credential": roleCred, "credentials": roleCred,
	"otp": roleOTP, "totp": roleOTP, "hotp": roleOTP, "seed": roleOTP,
	"session": roleSession, "cookie": roleSession, "sid": roleSession, "cookies": roleSession,
	"nonce": roleNonce, "salt": roleNonce, "iv": roleNonce, "hash": roleNonce, "digest": roleNonce, "checksum": roleNonce,
	"fingerprint": roleNonce, "sha": roleNonce, "sha1": roleNonce, "sha256": roleNonce, "md5": roleNonce, "signature": roleNonce,
	"csrf": roleNonce, "etag": roleNonce, "integrity": roleNonce, "thumbprint": roleNonce, "cnonce": roleNonce,
	"monkey": roleNone, "hockey": roleNone, "turkey": roleNone, "donkey": roleNone, "whiskey": roleNone, "jockey": roleNone,
	"hankey": roleNone, "compass": roleNone, "bypass": roleNone, "onepass": roleNone, "encompass": roleNone, "surpass": roleNone,
	"overpass": roleNone, "underpass": roleNone, "lowpass": roleNone, "highpass": roleNone, "bandpass": roleNone, "renderpass": roleNone,
	"hotkey": roleNone, "tpmkey": roleNone, "nodekey": roleNone, "discokey": roleNone, "otpauth": roleNone, "onkey": roleNone, "mickey": roleNone, "smokey": roleNone,
	"keyid": roleWhat, "tokenid": roleWhat, "keyname": roleIdentity, "secretname": roleIdentity, "keytype": roleWhat, "keyring": roleWhat,
	"recv": rolePublic, "host_key": rolePublic, "known": rolePublic, "peer": rolePublic,
	"pubkey": rolePublic, "sitekey": rolePublic, "public": rolePublic, "pub": rolePublic, "publishable": rolePublic, "site": rolePublic,
	"name": roleIdentity, "names": roleIdentity, "id": roleWhat, "ids": roleWhat, "identifier": roleWhat, "url": roleWhat, "uri": roleWhat, "path": roleWhat,
	"file": roleWhat, "filename": roleWhat, "type": roleWhat, "length": roleWhat, "len": roleWhat, "size": roleWhat,
	"field": roleWhat, "header": roleWhat, "endpoint": roleWhat, "expiry": roleWhat, "expires": roleWhat, "ttl": roleWhat,
	"expiration": roleWhat, "age": roleWhat, "time": roleWhat, "date": roleWhat, "timestamp": roleWhat, "timeout": roleWhat,
	"regex": roleWhat, "pattern": roleWhat, "policy": roleWhat, "format": roleWhat, "version": roleWhat, "method": roleWhat,
	"algorithm": roleWhat, "alg": roleWhat, "scope": roleWhat, "role": roleWhat, "provider": roleWhat, "class": roleWhat,
	"count": roleWhat, "min": roleWhat, "max": roleWhat, "index": roleWhat, "prefix": roleWhat, "suffix": roleWhat,
	"dir": roleWhat, "location": roleWhat, "column": roleWhat, "attribute": roleWhat, "attr": roleWhat, "param": roleWhat,
	"parameter": roleWhat, "var": roleWhat, "variable": roleWhat, "mode": roleWhat, "enabled": roleWhat, "required": roleWhat,
	"ref": roleWhat, "arn": roleWhat, "issuer": roleWhat, "audience": roleWhat, "domain": roleIdentity, "server": roleWhat,
	"strategy": roleWhat, "driver": roleWhat, "backend": roleWhat, "handler": roleWhat, "realm": roleWhat, "mechanism": roleWhat, "flow": roleWhat, "manager": roleWhat, "store": roleWhat,
	"user": roleIdentity, "username": roleIdentity, "email": roleIdentity, "host": roleIdentity, "status": roleWhat, "state": roleWhat,
	"service": roleWhat, "source": roleWhat, "kind": roleWhat, "group": roleWhat, "usage": roleWhat, "code": roleWhat,
	"primary": roleLookup, "page": roleLookup, "next": roleLookup, "continuation": roleLookup, "cursor": roleLookup, "idempotency": roleLookup, "foreign": roleLookup, "sort": roleLookup, "cache": roleLookup, "partition": roleLookup,
	"row": roleLookup, "storage": roleLookup, "i18n": roleLookup, "config": roleLookup, "event": roleLookup, "object": roleLookup,
	"map": roleLookup, "dict": roleLookup, "lookup": roleLookup, "unique": roleLookup, "composite": roleLookup, "hot": roleLookup,
	"param_key": roleLookup, "query": roleLookup, "routing": roleLookup, "translation": roleLookup, "shortcut": roleLookup,
	"api": roleOwner, "access": roleOwner, "private": roleOwner, "client": roleOwner, "consumer": roleOwner, "app": roleOwner,
	"admin": roleOwner, "root": roleOwner, "db": roleOwner, "database": roleOwner, "smtp": roleOwner, "mysql": roleOwner,
	"postgres": roleOwner, "redis": roleOwner, "master": roleOwner, "encryption": roleOwner, "aes": roleOwner, "aws": roleOwner,
	"signing": roleOwner, "refresh": roleOwner, "bot": roleOwner, "webhook": roleOwner, "github": roleOwner, "ftp": roleOwner,
	"ldap": roleOwner, "wep": roleOwner, "shared": roleOwner, "account": roleOwner, "decryption": roleOwner, "crypto": roleOwner, "hmac": roleOwner,
	"label": roleLabel, "title": roleLabel, "message": roleLabel, "error": roleLabel, "hint": roleLabel, "prompt": roleLabel, "placeholder": roleLabel,
	"forgot": roleLabel, "change": roleUI, "invalid": roleUI, "wrong": roleUI, "show": roleUI, "hide": roleUI,
	"text": roleUI, "description": roleLabel, "tooltip": roleLabel, "mandatory": roleLabel, "missing": roleUI,
	"msg": roleLabel, "help": roleLabel, "empty": roleUI, "incorrect": roleUI, "button": roleLabel, "link": roleUI, "form": roleUI,
	"btn": roleLabel, "tip": roleLabel, "caption": roleLabel, "confirm": roleUI, "must": roleUI, "successfully": roleUI,
	"encrypted": roleSealed, "hashed": roleSealed, "crypted": roleSealed, "encryptedkey": roleSealed,
	"ciphertext": roleSealed, "sealed": roleSealed, "masked": roleSealed,
	"value": roleNeutral, "base": roleNeutral, "string": roleNeutral, "str": roleNeutral, "data": roleNeutral, "raw": roleNeutral,
	"old": roleNeutral, "new": roleNeutral, "current": roleNeutral, "confirmation": roleNeutral, "test": roleNeutral,
	"prod": roleNeutral, "dev": roleNeutral, "default": roleNeutral, "base64": roleNeutral, "b64": roleNeutral, "plain": roleNeutral,
	"bytes": roleNeutral, "hex": roleNeutral, "live": roleNeutral, "staging": roleNeutral, "local": roleNeutral, "again": roleNeutral,
	"production": roleNeutral, "development": roleNeutral, "the": roleNeutral, "my": roleNeutral, "v1": roleNeutral, "v2": roleNeutral,
	"v4": roleNeutral, "one": roleNeutral, "two": roleNeutral, "a": roleNeutral, "b": roleNeutral, "x": roleNeutral, "env": roleNeutral,
	"enter": roleUI, "repeat": roleUI, "expired": roleUI, "input": roleUI,
}

// tails are endings that make a word of one piece (dbpassword, accesskey) speak, longest first.
var tails = [...]struct {
	text string
	role role
}{
	{"passphrase", rolePass}, {"passcode", rolePass}, {"password", rolePass}, {"passwort", rolePass}, {"passwd", rolePass},
	{"securestring", rolePass}, {"credentials", roleCred}, {"credential", roleCred}, {"authorization", roleAuth},
	{"secrets", roleSecret}, {"secret", roleSecret}, {"tokens", roleToken}, {"token", roleToken}, {"cookie", roleSession},
	{"nonce", roleNonce}, {"pass", rolePass}, {"pwd", rolePass}, {"auth", roleAuth}, {"cred", roleCred},
	{"totp", roleOTP}, {"bindpw", rolePass}, {"rootpw", rolePass}, {"dbpw", rolePass}, {"userpw", rolePass}, {"adminpw", rolePass}, {"key", roleKey}, {"creds", roleCred}, {"otp", roleOTP}, {"login", roleAuth}, {"session", roleSession},
}

// containsFold tells whether a lower-case ASCII s is part of t, in either case.
func containsFold(t []byte, s string) bool {
	for i, ch := range t[:max(0, len(t)-len(s)+1)] {
		if (ch == s[0] || lower(ch) == s[0]) && hasFold(t, i, s) {
			return true
		}
	}
	return false
}
