package verify

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"strings"

	"github.com/unleak/unleak/finding"
)

// postgres logs in to PostgreSQL and leaves ("Frontend/Backend Protocol", PostgreSQL 18 documentation). Servers that
// let everybody in are found out by the negative control.
var postgres = login{name: "postgres", port: "5432", needUser: true, ask: askPostgres}

const pgProtocol, pgSSLRequest = 196608, 80877103

// kinds of authentication requests
const (
	pgAuthOK       = 0
	pgAuthClear    = 3
	pgAuthMD5      = 5
	pgAuthSASL     = 10
	pgAuthContinue = 11
	pgAuthFinal    = 12
)

type pgConn struct {
	s     *session
	e     endpoint
	scram *scram
}

func askPostgres(ctx context.Context, s *session, e endpoint) (Answer, error) {
	mode := e.options.Get("sslmode")
	if mode != "disable" {
		if _, err := s.Write(binary.BigEndian.AppendUint32([]byte{0, 0, 0, 8}, pgSSLRequest)); err != nil {
			return Answer{}, err
		}
		yes, err := readN(s, 1, 1)
		if err != nil {
			return Answer{}, err
		}
		if yes[0] == 'S' {
			if err := s.startTLS(ctx); err != nil {
				return Answer{}, err
			}
		} else if yes[0] != 'N' {
			return Answer{}, errMalformed
		}
	}
	database := e.database
	if database == "" {
		database = e.user
	}
	for _, v := range []string{e.user, database} {
		if strings.Contains(v, "\x00") {
			return Answer{}, problem("a value holds a zero byte")
		}
	}
	body := binary.BigEndian.AppendUint32(nil, pgProtocol)
	body = append(body, "user\x00"+e.user+"\x00database\x00"+database+"\x00application_name\x00unleak\x00\x00"...)
	c := &pgConn{s: s, e: e}
	if err := c.send(0, body); err != nil {
		return Answer{}, err
	}
	return c.authenticate(mode == "disable")
}

func (c *pgConn) send(kind byte, body []byte) error {
	var msg []byte
	if kind != 0 {
		msg = append(msg, kind)
	}
	msg = binary.BigEndian.AppendUint32(msg, uint32(len(body)+4))
	_, err := c.s.Write(append(msg, body...))
	return err
}

func (c *pgConn) receive() (byte, []byte, error) {
	head, err := readN(c.s, 5, 5)
	if err != nil {
		return 0, nil, err
	}
	body, err := readN(c.s, int(int32(binary.BigEndian.Uint32(head[1:])))-4, 64<<10)
	return head[0], body, err
}

// authenticate goes through the server's requests until it says yes or no.
func (c *pgConn) authenticate(plain bool) (Answer, error) {
	for range 20 {
		kind, body, err := c.receive()
		if err != nil {
			return Answer{}, err
		}
		switch {
		case kind == 'E':
			return pgRefusal(body)
		case kind == 'N' || kind == 'v': // notice, protocol version
			continue
		case kind != 'R' || len(body) < 4:
			return Answer{}, errMalformed
		}
		code := binary.BigEndian.Uint32(body)
		if code == pgAuthOK {
			return c.welcome(), nil
		}
		if a, done, err := c.respond(code, body[4:], plain); done || err != nil {
			return a, err
		}
	}
	return Answer{}, errMalformed
}

// welcome reads what the server tells of itself and of the user once the password holds, and leaves.
func (c *pgConn) welcome() Answer {
	a := Answer{Status: finding.Live, Facts: map[string]string{"user": clean(c.e.user, maxFact), "database": clean(c.e.database, maxFact)}}
	defer func() { _ = c.send('X', nil) }()
	const most = 60 // messages before it is ready
	for range most {
		kind, body, err := c.receive()
		switch {
		case err != nil || kind == 'Z': // ready
			return a
		case kind == 'E':
			a.Cause = "the password holds; the server gives no session at this database"
			return a
		case kind != 'S':
			continue
		}
		name, value, _ := strings.Cut(strings.TrimRight(string(body), "\x00"), "\x00")
		switch {
		case name == "server_version":
			a.Facts["server"] = "PostgreSQL " + clean(value, 40)
		case name == "is_superuser" && value == "on":
			a.Facts["rights"] = "superuser"
		}
	}
	return a
}

// respond answers one request. done says that the outcome is known.
func (c *pgConn) respond(code uint32, data []byte, plain bool) (a Answer, done bool, err error) {
	switch code {
	case pgAuthClear:
		if err := c.s.mayShow(plain); err != nil {
			return a, true, err
		}
		return a, false, c.send('p', append([]byte(c.e.password), 0))
	case pgAuthMD5:
		if len(data) < 4 {
			return a, true, errMalformed
		}
		inner := md5.Sum([]byte(c.e.password + c.e.user))
		outer := md5.Sum(append([]byte(hex.EncodeToString(inner[:])), data[:4]...))
		return a, false, c.send('p', []byte("md5"+hex.EncodeToString(outer[:])+"\x00"))
	case pgAuthSASL:
		if !bytes.Contains(data, []byte("SCRAM-SHA-256\x00")) {
			return unknown("the server wants a way to log in that is not known here"), true, nil
		}
		if c.scram, err = newSCRAM("SCRAM-SHA-256", "", c.e.password); err != nil {
			return a, true, err
		}
		first := c.scram.first()
		msg := binary.BigEndian.AppendUint32([]byte("SCRAM-SHA-256\x00"), uint32(len(first)))
		return a, false, c.send('p', append(msg, first...))
	case pgAuthContinue:
		if c.scram == nil {
			return a, true, errMalformed
		}
		final, err := c.scram.final(string(data))
		if err != nil {
			return a, true, err
		}
		return a, false, c.send('p', []byte(final))
	case pgAuthFinal:
		if c.scram == nil || !c.scram.proved(string(data)) {
			return unknown("the server does not know the password it accepts"), true, nil
		}
		return a, false, nil
	}
	return unknown("the server wants a way to log in that is not known here"), true, nil
}

// pgRefusal reads an ErrorResponse (appendix "PostgreSQL Error Codes").
func pgRefusal(body []byte) (Answer, error) {
	code := ""
	for _, f := range bytes.Split(body, []byte{0}) {
		if len(f) > 1 && f[0] == 'C' {
			code = clean(string(f[1:]), 5)
		}
	}
	switch code {
	case "28P01":
		return Answer{Status: finding.Dead}, nil
	case "53300", "57P03", "57P01", "57P02":
		return Answer{}, &Transient{Cause: "the server has trouble (" + code + ")"}
	}
	return unknown("the server answered with error %s", code), nil
}
