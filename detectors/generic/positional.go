package generic

import "github.com/unleak/unleak/finding"

// positions tells which argument of a well-known function is the password, from 0 (the documentation of PHP's mysqli,
// PDO, oci8, LDAP and IMAP, of java.sql.DriverManager and of MySQLdb and PyMySQL, all 2024).
var positions = map[string]int{
	"mysqli_connect(": 2, "mysql_connect(": 2, "mysqli(": 2, "pdo(": 2, "getconnection(": 2, "mysqldb.connect(": 2,
	"pymysql.connect(": 2, "oci_connect(": 1, "ldap_bind(": 2, "imap_open(": 2,
	"dbi->connect(": 2, "mysql_real_connect(": 3, "hmac256(": 0, "hmac384(": 0, "hmac512(": 0, "signwith(": 1,
	"fernet(": 0, "x509certificate2(": 1, "epgsql:connect(": 2, "sql.newinstance(": 2, "driver->connect(": 2,
	// Sequelize, gomail, Python's ftplib, InfluxDB, doobie, ADO, AutoIt, Ruby's Net::FTP and Net::SMTP
	"sequelize(": 2, "newdialer(": 3, "ftp(": 2, "ftp_tls(": 2, "ftp.open(": 2, "ftp.new(": 2, "influxdbclient(": 3, "fromdrivermanager(": 3, "connection.open(": 1,
	"runas(": 2, "smtp.start(": 4, "softap(": 1, "sta.config(": 1, "createasync(": 1, "unprotect(": 0,
	// what hashes a password, or encrypts with one: bcrypt, Laravel, pgcrypto, MySQL, crypto of Node.js
	"bcrypt.hash(": 0, "bcrypt.hashsync(": 0, "hash::make(": 0, "bcrypt(": 0, "hashpw(": 0, "password_hash(": 0, "make_password(": 0, "passwordencoder.encode(": 0, "crypt(": 0, "pgp_sym_encrypt(": 1, "pgp_sym_decrypt(": 1,
	"aes_encrypt(": 1, "aes_decrypt(": 1, "createhmac(": 1, "createcipheriv(": 1, "createdecipheriv(": 1,
	// what signs with one or seals: Python's hmac, PyJWT, jsonwebtoken, CryptoJS
	"hmac.new(": 0, "jwt.encode(": 1, "jwt.decode(": 1, "jwt.sign(": 1, "jwt.verify(": 1, "aes.encrypt(": 1, "aes.decrypt(": 1,
}

// encoders are functions that make base64 of their argument, which in a literal is a user and a password: btoa("bob:x").
var encoders = map[string]bool{"btoa(": true, "base64encode(": true, "base64_encode(": true, "b64encode(": true, "encode64(": true, "base64.encode(": true, "getbytes(": true, "utf8.encode(": true, "buffer.from(": true}

// seals tells whether a function is one that signs or seals with its argument; what stands there in texts on it is a word.
func seals(name []byte) bool {
	return startsFold(name, &sealing)
}

var sealing = byFirst("hmac.new(", "jwt.", "aes.")

// positional handles the arguments of a function that is known to take a password at some position.
func (d *Detector) positional(t []byte, pos, n int) {
	var name [24]byte
	for i := range n {
		name[i] = lower(t[pos+i])
	}
	switch string(name[:n]) {
	case "connect(", "database(", "sshclient(", "sftpclient(", "scpclient(", "ftpclient(", "jenkins(":
		d.connection(t, pos, n)
		return
	}
	if encoders[string(name[:n])] {
		d.encoded(t, pos, n)
		return
	}
	want, ok := positions[string(name[:n])]
	if !ok || pos > 0 && isAlnum(t[pos-1]) {
		return
	}
	lo, hi := lineStart(t, pos), lineEnd(t, pos, pos+n+forwardCap)
	line := t[:hi]
	i := pos + n
	for arg := 0; i < hi; arg++ {
		i = skipSpace(line, i)
		if at, w := quotePrefix(line, i); w > 0 && at == i+1 {
			i = at // b'x'
		}
		q, w := quoteAt(line, i)
		if q != quoteNone {
			end := closing(line, i+w, q)
			if end < 0 {
				return
			}
			if arg == want {
				c := Candidate{Rule: RulePassword, Key: finding.Span{Start: pos, End: pos + n - 1}, Value: finding.Span{Start: i + w, End: end},
					Context: finding.Span{Start: lo, End: hi}, sep: sepArgs, quote: q, arg: arg, password: true}
				c.judged = c.Value
				if v := t[i+w : end]; len(v) >= 3 && len(v) <= maxValue && !reference(v) && !masked(v) && !algorithm(v) && (telling(v) || !seals(name[:n])) {
					d.add(&c)
				}
				return
			}
			i = end + len(quotes[q].shut)
		}
		for depth := 0; i < hi && (t[i] != ',' || depth > 0); i++ {
			switch t[i] {
			case '(', ')', ';':
				return // an expression, or the end
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			}
		}
		i++
	}
}
