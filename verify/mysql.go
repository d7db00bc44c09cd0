package verify

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"strings"

	"github.com/unleak/unleak/finding"
)

// mysql logs in to MySQL or MariaDB and leaves ("Client/Server Protocol: Connection Phase", MySQL source documentation
// and MariaDB knowledge base, 2026).
var mysql = login{name: "mysql", port: "3306", needUser: true, ask: askMySQL}

// capability flags
const (
	myLongPassword = 1
	myProtocol41   = 1 << 9
	mySSL          = 1 << 11
	mySecure       = 1 << 15
	myPluginAuth   = 1 << 19
	myCapabilities = myLongPassword | myProtocol41 | mySecure | myPluginAuth
)

type myConn struct {
	s     *session
	e     endpoint
	seq   byte
	plain bool
	nonce []byte
}

func askMySQL(ctx context.Context, s *session, e endpoint) (Answer, error) {
	c := &myConn{s: s, e: e, plain: oneOf(strings.ToLower(e.options.Get("tls")+e.options.Get("useSSL")+e.options.Get("ssl-mode")), "false", "disabled")}
	hello, err := c.receive()
	if err != nil {
		return Answer{}, err
	}
	if len(hello) > 0 && hello[0] == 0xff {
		return myRefusal(hello)
	}
	plugin, caps, err := c.readHello(hello)
	if err != nil {
		return Answer{}, err
	}
	flags := uint32(myCapabilities)
	if caps&mySSL != 0 && !c.plain {
		flags |= mySSL
		if err := c.send(myHead(flags)); err != nil {
			return Answer{}, err
		}
		if err := s.startTLS(ctx); err != nil {
			return Answer{}, err
		}
	}
	if strings.Contains(e.user, "\x00") {
		return Answer{}, problem("a value holds a zero byte")
	}
	answer, err := c.scramble(plugin)
	if err != nil {
		plugin, answer = "mysql_native_password", nil // the server will ask for what it really wants
	}
	msg := append(myHead(flags), e.user+"\x00"...)
	msg = append(append(msg, byte(len(answer))), answer...)
	if err := c.send(append(msg, plugin+"\x00"...)); err != nil {
		return Answer{}, err
	}
	return c.finish(plugin)
}

func myHead(flags uint32) []byte {
	b := binary.LittleEndian.AppendUint32(nil, flags)
	b = binary.LittleEndian.AppendUint32(b, 1<<24)
	return append(append(b, 45), make([]byte, 23)...) // utf8mb4, filler
}

func (c *myConn) receive() ([]byte, error) {
	head, err := readN(c.s, 4, 4)
	if err != nil {
		return nil, err
	}
	c.seq = head[3] + 1
	return readN(c.s, int(head[0])|int(head[1])<<8|int(head[2])<<16, 64<<10)
}

func (c *myConn) send(body []byte) error {
	n := len(body)
	_, err := c.s.Write(append([]byte{byte(n), byte(n >> 8), byte(n >> 16), c.seq}, body...))
	return err
}

// readHello reads the initial handshake packet, version 10.
func (c *myConn) readHello(b []byte) (plugin string, caps uint32, err error) {
	end := bytes.IndexByte(b, 0)
	if len(b) == 0 || b[0] != 10 || end < 0 || len(b) < end+1+4+8+1+2 {
		return "", 0, errMalformed
	}
	b = b[end+1+4:]
	c.nonce = bytes.Clone(b[:8])
	caps = uint32(binary.LittleEndian.Uint16(b[9:]))
	if b = b[11:]; len(b) < 18 {
		return "", 0, problem("the server is too old to be asked")
	}
	caps |= uint32(binary.LittleEndian.Uint16(b[3:])) << 16
	n := max(13, int(b[5])-8)
	if b = b[16:]; len(b) < n {
		return "", 0, errMalformed
	}
	c.nonce = append(c.nonce, bytes.TrimRight(b[:n], "\x00")...)
	plugin, _, _ = strings.Cut(string(b[n:]), "\x00")
	return plugin, caps, nil
}

// scramble makes the first answer of a way to log in.
func (c *myConn) scramble(plugin string) ([]byte, error) {
	p := []byte(c.e.password)
	switch plugin {
	case "mysql_native_password":
		one := sha1.Sum(p)
		two := sha1.Sum(one[:])
		mask := sha1.Sum(append(bytes.Clone(c.nonce), two[:]...))
		return xor(mask[:], one[:]), nil
	case "caching_sha2_password":
		one := sha256.Sum256(p)
		two := sha256.Sum256(one[:])
		mask := sha256.Sum256(append(two[:], c.nonce...))
		return xor(one[:], mask[:]), nil
	case "sha256_password":
		return []byte{1}, nil // asks for the public key; over TLS the password itself
	case "mysql_clear_password", "dialog":
		if err := c.s.mayShow(false); err != nil {
			return nil, err
		}
		return append(p, 0), nil
	}
	return nil, problem("the server wants a way to log in that is not known here")
}

func xor(a, b []byte) []byte {
	out := make([]byte, len(a))
	for i := range a {
		out[i] = a[i] ^ b[i%len(b)]
	}
	return out
}

// finish goes through the server's requests until it says yes or no.
func (c *myConn) finish(plugin string) (Answer, error) {
	for range 10 {
		b, err := c.receive()
		if err != nil {
			return Answer{}, err
		}
		if len(b) == 0 {
			return Answer{}, errMalformed
		}
		switch b[0] {
		case 0x00:
			_ = c.quit()
			return Answer{Status: finding.Live, Facts: map[string]string{"user": clean(c.e.user, maxFact)}}, nil
		case 0xff:
			return myRefusal(b)
		case 0xfe: // another way to log in
			name, data, _ := bytes.Cut(b[1:], []byte{0})
			plugin, c.nonce = string(name), bytes.TrimRight(data, "\x00")
			answer, err := c.scramble(plugin)
			if err != nil {
				return Answer{}, err
			}
			if err := c.send(answer); err != nil {
				return Answer{}, err
			}
		case 0x01:
			if err := c.more(plugin, b[1:]); err != nil {
				return Answer{}, err
			}
		default:
			return Answer{}, errMalformed
		}
	}
	return Answer{}, errMalformed
}

func (c *myConn) quit() error {
	c.seq = 0
	return c.send([]byte{1})
}

// more answers the further steps of caching_sha2_password and sha256_password: "all is well", "send it whole", or the
// server's public key.
func (c *myConn) more(plugin string, b []byte) error {
	switch {
	case len(b) == 1 && b[0] == 3:
		return nil
	case len(b) == 1 && b[0] == 4 && c.s.secure:
		return c.send(append([]byte(c.e.password), 0))
	case len(b) == 1 && b[0] == 4 && plugin == "caching_sha2_password":
		return c.send([]byte{2}) // asks for the public key
	case bytes.HasPrefix(b, []byte("-----BEGIN")):
		return c.encrypted(b)
	}
	return errMalformed
}

// encrypted sends the password under a key that the server just sent. Whoever sits in between could send its own, so
// this needs the same trust as sending it in clear.
func (c *myConn) encrypted(text []byte) error {
	if err := c.s.mayShow(c.plain); err != nil {
		return err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return errMalformed
	}
	k, err := x509.ParsePKIXPublicKey(block.Bytes)
	key, ok := k.(*rsa.PublicKey)
	if err != nil || !ok || len(c.nonce) == 0 {
		return errMalformed
	}
	sealed, err := rsa.EncryptOAEP(sha1.New(), rand.Reader, key, xor(append([]byte(c.e.password), 0), c.nonce), nil)
	if err != nil {
		return errMalformed
	}
	return c.send(sealed)
}

// myRefusal reads an error packet ("Server Error Message Reference", MySQL 8.4).
func myRefusal(b []byte) (Answer, error) {
	if len(b) < 3 {
		return Answer{}, errMalformed
	}
	switch code := binary.LittleEndian.Uint16(b[1:]); code {
	case 1045:
		return Answer{Status: finding.Dead}, nil
	case 1820, 1862:
		return Answer{Status: finding.Expired, Cause: "the password is right, but must be changed"}, nil
	case 1040, 1203, 1226:
		return Answer{}, &Transient{Cause: "the server has too many connections"}
	default:
		return unknown("the server answered with error %d", code), nil
	}
}
