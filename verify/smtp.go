package verify

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"net/textproto"
	"strings"

	"github.com/unleak/unleak/finding"
)

// smtp logs in to a mail server and leaves without a mail (RFC 5321, RFC 4954).
var smtp = login{name: "smtp", port: "587", secure: "smtps", securePort: "465", needUser: true, ask: askSMTP}

// textConn is a session of lines with reply codes, as SMTP and FTP have them.
type textConn struct {
	s *session
	r *textproto.Reader
}

func newTextConn(s *session) *textConn {
	return &textConn{s: s, r: textproto.NewReader(bufio.NewReader(s))}
}

// say sends a line and returns the reply.
func (t *textConn) say(line string) (int, string, error) {
	if strings.ContainsAny(line, "\r\n\x00") {
		return 0, "", problem("a value holds a line break")
	}
	if _, err := t.s.Write([]byte(line + "\r\n")); err != nil {
		return 0, "", err
	}
	return t.read()
}

func (t *textConn) read() (int, string, error) {
	code, text, err := t.r.ReadResponse(0)
	if _, ok := err.(textproto.ProtocolError); ok {
		err = errMalformed
	}
	return code, text, err
}

func askSMTP(ctx context.Context, s *session, e endpoint) (Answer, error) {
	if e.port == "465" && e.scheme == "" {
		if err := s.startTLS(ctx); err != nil {
			return Answer{}, err
		}
	}
	t := newTextConn(s)
	if code, _, err := t.read(); err != nil || code != 220 {
		return smtpTrouble(code, err)
	}
	ways, err := t.hello()
	if err != nil {
		return Answer{}, err
	}
	if _, ok := ways["STARTTLS"]; ok {
		if code, _, err := t.say("STARTTLS"); err != nil || code != 220 {
			return smtpTrouble(code, err)
		}
		if err := s.startTLS(ctx); err != nil {
			return Answer{}, err
		}
		t = newTextConn(s)
		if ways, err = t.hello(); err != nil {
			return Answer{}, err
		}
	}
	code, err := t.auth(" "+strings.ToUpper(ways["AUTH"])+" ", e)
	if err != nil {
		return Answer{}, err
	}
	_, _, _ = t.say("QUIT")
	switch code {
	case 235:
		return Answer{Status: finding.Live, Facts: map[string]string{"user": clean(e.user, maxFact)}}, nil
	case 535:
		return Answer{Status: finding.Dead}, nil
	}
	return smtpTrouble(code, nil)
}

// hello returns the server's abilities and their parameters.
func (t *textConn) hello() (map[string]string, error) {
	code, text, err := t.say("EHLO unleak.invalid")
	if err != nil {
		return nil, err
	}
	if code != 250 {
		return nil, errMalformed
	}
	ways := map[string]string{}
	for _, line := range strings.Split(text, "\n") {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		ways[strings.ToUpper(name)] = rest
	}
	return ways, nil
}

// auth logs in the best way that the server offers.
func (t *textConn) auth(ways string, e endpoint) (int, error) {
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	switch {
	case strings.Contains(ways, " CRAM-MD5 ") && !t.s.secure:
		code, text, err := t.say("AUTH CRAM-MD5")
		if err != nil || code != 334 {
			return code, err
		}
		challenge, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
		if err != nil {
			return 0, errMalformed
		}
		h := hmac.New(md5.New, []byte(e.password))
		h.Write(challenge)
		code, _, err = t.say(b64(e.user + " " + hex.EncodeToString(h.Sum(nil))))
		return code, err
	case strings.Contains(ways, " PLAIN "), strings.Contains(ways, " LOGIN "):
		if err := t.s.mayShow(false); err != nil {
			return 0, err
		}
	default:
		return 0, problem("the server offers no way to log in that is known here")
	}
	if strings.Contains(ways, " PLAIN ") {
		code, _, err := t.say("AUTH PLAIN " + b64("\x00"+e.user+"\x00"+e.password))
		return code, err
	}
	for _, line := range []string{"AUTH LOGIN", b64(e.user)} {
		if code, _, err := t.say(line); err != nil || code != 334 {
			return code, err
		}
	}
	code, _, err := t.say(b64(e.password))
	return code, err
}

func smtpTrouble(code int, err error) (Answer, error) {
	if err != nil {
		return Answer{}, err
	}
	if code >= 400 && code < 500 {
		return Answer{}, &Transient{Cause: "the server has trouble"}
	}
	return unknown("the server answered with code %d", code), nil
}
