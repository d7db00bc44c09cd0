package verify

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// wire serves a protocol at a port of a host.
func (w *world) wire(host, port string, serve func(net.Conn)) {
	w.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer c.Close(); serve(c) }()
		}
	}()
	w.place(host, port, l.Addr().String())
}

// askWire asks about logins at a host that the user allowed.
func (w *world) askWire(t *testing.T, protocol string, all ...question) {
	t.Helper()
	o := w.options()
	o.AllowHosts = []string{"db.example.com", "*.corp.example"}
	look := ruleSet(rules.Rule{ID: "login", Verify: &rules.Verify{Protocol: protocol, Cost: "free"}})
	for _, q := range all {
		got := verifyAll(t, o, look, secretOf("login", q.secret, q.parts...))[0]
		if got.Status != q.want || !strings.Contains(got.Cause, q.cause) || strings.Contains(got.Cause, realPass) {
			t.Errorf("%s %s: %s (%s), want %s (%s)", protocol, q.secret, got.Status, got.Cause, q.want, q.cause)
		}
	}
}

// mailServer knows realUser; ways is what it offers, starttls whether it does.
func mailServer(cert *tls.Config, ways string) func(net.Conn) {
	return func(c net.Conn) {
		cert, r := cert, bufio.NewReader(c)
		say := func(s string) { _, _ = io.WriteString(c, s+"\r\n") }
		line := func() string { s, _ := r.ReadString('\n'); return strings.TrimSpace(s) }
		un := func(s string) string { b, _ := base64.StdEncoding.DecodeString(s); return string(b) }
		verdict := func(ok bool) {
			if ok {
				say("235 2.7.0 welcome")
			} else {
				say("535 5.7.8 no")
			}
		}
		say("220 mail.example ESMTP")
		for {
			cmd := line()
			verb, rest, _ := strings.Cut(cmd, " ")
			switch verb {
			case "EHLO":
				say("250-mail.example")
				if cert != nil {
					say("250-STARTTLS")
				}
				say("250 AUTH " + ways)
			case "STARTTLS":
				say("220 go")
				tc := tls.Server(c, cert)
				c, r, cert = tc, bufio.NewReader(tc), nil
			case "AUTH":
				switch way, first, _ := strings.Cut(rest, " "); way {
				case "PLAIN":
					verdict(un(first) == "\x00"+realUser+"\x00"+realPass)
				case "LOGIN":
					say("334 VXNlcm5hbWU6")
					user := un(line())
					say("334 UGFzc3dvcmQ6")
					verdict(un(line()) == realPass && user == realUser)
				case "CRAM-MD5":
					say("334 " + base64.StdEncoding.EncodeToString([]byte("<1@x>")))
					h := hmac.New(md5.New, []byte(realPass))
					h.Write([]byte("<1@x>"))
					verdict(un(line()) == realUser+" "+hex.EncodeToString(h.Sum(nil)))
				default:
					say("504 no")
				}
			case "QUIT", "":
				return
			default:
				say("502 no: only logins are made here")
			}
		}
	}
}

func TestSMTP(t *testing.T) {
	w := newWorld(t)
	good := &tls.Config{Certificates: []tls.Certificate{w.certificate("db.example.com")}}
	bad := &tls.Config{Certificates: []tls.Certificate{w.certificate("other.example.com")}}
	for port, serve := range map[string]func(net.Conn){
		"587": mailServer(good, "LOGIN PLAIN"), "588": mailServer(good, "LOGIN"), "589": mailServer(nil, "PLAIN"),
		"590": mailServer(bad, "PLAIN"), "591": mailServer(nil, "CRAM-MD5 PLAIN"), "592": mailServer(nil, ""),
	} {
		w.wire("db.example.com", port, serve)
	}
	at := func(pass, port string) string {
		return "smtp://" + realUser + ":" + pass + "@db.example.com:" + port
	}
	w.askWire(t, "smtp",
		question{at(realPass, "587"), nil, finding.Live, ""}, question{at(wrongPass, "587"), nil, finding.Dead, ""},
		question{at(realPass, "588"), nil, finding.Live, ""}, question{at(wrongPass, "588"), nil, finding.Dead, ""},
		question{at(realPass, "589"), nil, finding.NotChecked, "in clear"},
		question{at(realPass, "590"), nil, finding.NotChecked, "in clear"},
		question{at(realPass, "591"), nil, finding.Live, ""}, question{at(wrongPass, "591"), nil, finding.Dead, ""},
		question{at(realPass, "592"), nil, finding.Unknown, "no way to log in"},
		question{at(realPass+"%0d%0aRSET", "591"), nil, finding.Dead, ""},
		question{strings.ReplaceAll(at(realPass, "587"), "db.example.com", "evil.example.net"), nil, finding.NotChecked, "--allow-host"},
	)
}

func ftpServer(c net.Conn) {
	r := bufio.NewReader(c)
	say := func(s string) { _, _ = io.WriteString(c, s+"\r\n") }
	say("220-hello\r\n220 there")
	for {
		cmd, err := r.ReadString('\n')
		verb, rest, _ := strings.Cut(strings.TrimSpace(cmd), " ")
		switch {
		case err != nil || verb == "QUIT":
			return
		case verb == "USER":
			say("331 password?")
		case verb == "PASS" && rest == realPass:
			say("230 in")
		case verb == "PASS":
			say("530 no")
		default:
			say("500 no")
		}
	}
}

func TestFTP(t *testing.T) {
	w := newWorld(t)
	w.wire("db.example.com", "21", ftpServer)
	w.askWire(t, "ftp",
		question{"ftp://" + realUser + ":" + realPass + "@db.example.com", nil, finding.Live, ""},
		question{"ftp://" + realUser + ":" + wrongPass + "@db.example.com", nil, finding.Dead, ""},
		question{realPass, []finding.Part{part("host", "db.example.com"), part("user", realUser)}, finding.NotChecked, "in clear"},
	)
}

// TestSCRAMVector is the example of RFC 7677, 3.
func TestSCRAMVector(t *testing.T) {
	s, err := newSCRAM("SCRAM-SHA-256", "user", "pencil")
	if err != nil {
		t.Fatal(err)
	}
	s.nonce = "rOprNGfwEbeRWgbNEkqO"
	if got := s.first(); got != "n,,n=user,r=rOprNGfwEbeRWgbNEkqO" {
		t.Error(got)
	}
	got, err := s.final("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")
	if err != nil || !strings.HasSuffix(got, ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=") {
		t.Errorf("%s, %v", got, err)
	}
	if !s.proved("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=") || s.proved("v=AAAA") {
		t.Error("the server's proof is judged wrongly")
	}
	for _, bad := range []string{"", "r=x,s=YQ==,i=1", "r=rOprNGfwEbeRWgbNEkqO,s=YQ==,i=99999999", "r=rOprNGfwEbeRWgbNEkqO,s=,i=1", "r=rOprNGfwEbeRWgbNEkqO,s=YQ==,i=0"} {
		if _, err := s.final(bad); err == nil {
			t.Errorf("%q is no challenge, yet answered", bad)
		}
	}
}

// mysqlServer wants caching_sha2_password in full, the password sealed under its key.
func mysqlServer(key *rsa.PrivateKey) func(net.Conn) {
	return func(c net.Conn) {
		nonce := []byte("01234567890123456789")
		packet := func(seq byte, b []byte) {
			_, _ = c.Write(append([]byte{byte(len(b)), byte(len(b) >> 8), 0, seq}, b...))
		}
		read := func() []byte {
			head := make([]byte, 4)
			if _, err := io.ReadFull(c, head); err != nil {
				return nil
			}
			b := make([]byte, int(head[0])|int(head[1])<<8)
			_, _ = io.ReadFull(c, b)
			return b
		}
		hello := append([]byte("\x0a8.4.0\x00\x01\x00\x00\x00"), nonce[:8]...)
		hello = append(hello, 0, 0xff, 0xf7, 45, 2, 0, 0xff, 0xdf, 21)
		hello = append(append(hello, make([]byte, 10)...), nonce[8:]...)
		packet(0, append(hello, "\x00mysql_native_password\x00"...))
		if read() == nil {
			return
		}
		packet(2, append([]byte("\xfecaching_sha2_password\x00"), append(nonce, 0)...))
		read()
		packet(4, []byte{1, 4})
		if b := read(); len(b) != 1 || b[0] != 2 {
			return
		}
		der, _ := x509.MarshalPKIXPublicKey(&key.PublicKey)
		packet(6, append([]byte{1}, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})...))
		plain, err := rsa.DecryptOAEP(sha1.New(), rand.Reader, key, read(), nil)
		if err == nil && string(xor(plain, nonce)) == realPass+"\x00" {
			packet(8, []byte{0, 0, 0, 2, 0, 0, 0})
			return
		}
		packet(8, []byte("\xff\x15\x04#28000Access denied"))
	}
}

func TestMySQLSealed(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	w.wire("db.example.com", "3306", mysqlServer(key))
	w.askWire(t, "mysql",
		question{"mysql://" + realUser + ":" + realPass + "@db.example.com/?tls=false", nil, finding.Live, ""},
		question{"mysql://" + realUser + ":" + wrongPass + "@db.example.com/?tls=false", nil, finding.Dead, ""},
		question{"mysql://" + realUser + ":" + realPass + "@db.example.com/", nil, finding.NotChecked, "in clear"},
	)
}

// TestPostgresInClear must not show a password to a server that only claims to be the one.
func TestPostgresInClear(t *testing.T) {
	w := newWorld(t)
	w.wire("db.example.com", "5432", func(c net.Conn) {
		_, _ = io.ReadFull(c, make([]byte, 8))
		_, _ = c.Write([]byte("N"))
		_, _ = c.Read(make([]byte, 500))
		_, _ = c.Write([]byte("R\x00\x00\x00\x08\x00\x00\x00\x03"))
		b := make([]byte, 500)
		if n, _ := c.Read(b); bytes.Contains(b[:n], []byte(realPass)) {
			t.Error("the password was shown")
		}
	})
	w.askWire(t, "postgres", question{"postgres://" + realUser + ":" + realPass + "@db.example.com/", nil, finding.NotChecked, "in clear"})
}

// TestNonsense sends noise to every login. Nothing may be live or dead, and nothing may hang or break down.
func TestNonsense(t *testing.T) {
	noise := [][]byte{nil, []byte("HTTP/1.1 400 Bad Request\r\n\r\n"), bytes.Repeat([]byte{0}, 400), bytes.Repeat([]byte{0xff}, 400),
		[]byte("220 x\r\n"), []byte("\x0a"), []byte("R\x7f\xff\xff\xff"), []byte("\x30\x84\x7f\xff\xff\xff"), []byte("-ERR what\r\n")}
	for scheme, l := range logins {
		for i, n := range noise {
			w := newWorld(t)
			w.wire("db.example.com", "99", func(c net.Conn) {
				_, _ = c.Write(n)
				_, _ = io.Copy(io.Discard, io.LimitReader(c, 1))
			})
			o := w.options()
			o.AllowHosts, o.Retries, o.Timeout = []string{"db.example.com"}, -1, 200*time.Millisecond
			look := ruleSet(rules.Rule{ID: "login", Verify: &rules.Verify{Protocol: l.name, Cost: "free"}})
			got := verifyAll(t, o, look, secretOf("login", scheme+"://"+realUser+":"+realPass+"@db.example.com:99/x"))[0]
			if got.Status == finding.Live || got.Status == finding.Dead || strings.Contains(got.Cause, "broke down (") {
				t.Errorf("%s, noise %d: %s (%s)", scheme, i, got.Status, got.Cause)
			}
		}
	}
}

func TestEndpoints(t *testing.T) {
	for text, want := range map[string]string{
		"postgres://u:p@h:1/d":           "u p h 1 d",
		"postgres://u:p@ss/w:rd@h/d":     "u p@ss/w:rd h 5432 d",
		"postgres://u:p%40x@h":           "u p@x h 5432 ",
		"postgres://u:p@h1:1,h2:2/d":     "u p h1 1 d",
		"postgres://u:p@[2001:db8::1]:9": "u p 2001:db8::1 9 ",
		"postgres://u:100%@h":            "u 100% h 5432 ",
	} {
		e, err := endpointOf(Credential{Secret: text}, "5432", "", "")
		if got := strings.Join([]string{e.user, e.password, e.host, e.port, e.database}, " "); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"postgres://h", "postgres://u@h", "postgres://u:p@", "postgres://u:p@h:x", "postgres://u:p@${HOST}/d", "postgres://u:p@/var/run", "postgres://u:p@h:123456"} {
		if e, err := endpointOf(Credential{Secret: text}, "5432", "", ""); err == nil {
			t.Errorf("%s is no login, yet read as %+v", text, e)
		}
	}
}

func FuzzWire(f *testing.F) {
	f.Add([]byte("\x0a8.4.0\x00\x01\x00\x00\x0001234567\x00\xff\xf7\x2d\x02\x00\xff\xdf\x15"), []byte("\x05\x00\x00\x00\x00"))
	f.Add([]byte("SFATAL\x00C28P01\x00\x00"), []byte("\x13\x00\x00\x00\x10code\x00\x12\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		c := &myConn{}
		_, _, _ = c.readHello(a)
		if m, ok := readBSON(b); ok && m == nil {
			t.Error("no document, yet read")
		}
		_, _ = pgRefusal(a)
		_, _ = myRefusal(b)
		if tag, body, rest, ok := cutBER(a); ok {
			again := ber(tag, body)
			if t2, b2, _, ok := cutBER(again); !ok || t2 != tag || !bytes.Equal(b2, body) || len(body)+len(rest) > len(a) {
				t.Errorf("%x is read as %x", a, body)
			}
		}
		_, _ = (&scram{nonce: "x", hash: sha256.New}).final(fmt.Sprintf("r=x,s=%s,i=1", a))
	})
}
