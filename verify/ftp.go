package verify

import (
	"context"

	"github.com/unleak/unleak/finding"
)

// ftp logs in to an FTP server and leaves (RFC 959, RFC 4217). Where the server does not offer TLS, the password goes
// in clear, as it does whenever the finding's login is used.
var ftp = login{name: "ftp", port: "21", secure: "ftps", securePort: "990", needUser: true, ask: askFTP}

func askFTP(ctx context.Context, s *session, e endpoint) (Answer, error) {
	t := newTextConn(s)
	if code, _, err := t.read(); err != nil || code != 220 {
		return smtpTrouble(code, err)
	}
	if e.scheme != "ftps" {
		code, _, err := t.say("AUTH TLS")
		if err != nil {
			return Answer{}, err
		}
		if code == 234 {
			if err := s.startTLS(ctx); err != nil {
				return Answer{}, err
			}
			t = newTextConn(s)
		}
	}
	code, _, err := t.say("USER " + e.user)
	if err != nil {
		return Answer{}, err
	}
	if code == 230 {
		return unknown("the server asks for no password"), nil
	}
	if code != 331 {
		return smtpTrouble(code, nil)
	}
	if err := s.mayShow(e.scheme == "ftp"); err != nil {
		return Answer{}, err
	}
	code, _, err = t.say("PASS " + e.password)
	if err != nil {
		return Answer{}, err
	}
	_, _, _ = t.say("QUIT")
	switch code {
	case 230, 232:
		return Answer{Status: finding.Live, Facts: map[string]string{"user": clean(e.user, maxFact)}}, nil
	case 530:
		return Answer{Status: finding.Dead}, nil
	}
	return smtpTrouble(code, nil)
}
