package verify

import (
	"context"
	"strings"

	"github.com/unleak/unleak/finding"
)

// ldap makes a simple bind and leaves (RFC 4511). The user is the distinguished name, or what the directory takes for it.
var ldap = login{name: "ldap", port: "389", secure: "ldaps", securePort: "636", needUser: true, ask: askLDAP}

// BER tags of RFC 4511
const (
	berInteger, berOctets, berEnumerated, berSequence = 0x02, 0x04, 0x0a, 0x30

	ldapBind, ldapBound, ldapUnbind, ldapExtended, ldapExtendedAnswer, ldapSimple = 0x60, 0x61, 0x42, 0x77, 0x78, 0x80
)

const ldapStartTLS = "1.3.6.1.4.1.1466.20037"

func askLDAP(ctx context.Context, s *session, e endpoint) (Answer, error) {
	if e.scheme != "ldaps" {
		code, _, err := ldapAsk(s, 1, ldapExtended, ber(ldapSimple, []byte(ldapStartTLS)), ldapExtendedAnswer)
		if err != nil {
			return Answer{}, err
		}
		if code == 0 {
			if err := s.startTLS(ctx); err != nil {
				return Answer{}, err
			}
		}
	}
	if err := s.mayShow(e.scheme == "ldap"); err != nil {
		return Answer{}, err
	}
	body := ber(berInteger, []byte{3})
	body = append(body, ber(berOctets, []byte(e.user))...)
	body = append(body, ber(ldapSimple, []byte(e.password))...)
	code, text, err := ldapAsk(s, 2, ldapBind, body, ldapBound)
	if err != nil {
		return Answer{}, err
	}
	_, _ = s.Write(ber(berSequence, append(ber(berInteger, []byte{3}), ber(ldapUnbind, nil)...)))
	switch {
	case code == 0:
		return Answer{Status: finding.Live, Facts: map[string]string{"user": clean(e.user, maxFact)}}, nil
	case code == 49 && (strings.Contains(text, "data 532") || strings.Contains(text, "data 773")): // Active Directory
		return Answer{Status: finding.Expired, Cause: "the password is right, but must be changed"}, nil
	case code == 49:
		return Answer{Status: finding.Dead}, nil
	case code == 51 || code == 52:
		return Answer{}, &Transient{Cause: "the server has trouble"}
	}
	return unknown("the server answered with result %d", code), nil
}

// ldapAsk sends one request and reads the result code and message of its answer.
func ldapAsk(s *session, id byte, op byte, body []byte, want byte) (int, string, error) {
	msg := append(ber(berInteger, []byte{id}), ber(op, body)...)
	if _, err := s.Write(ber(berSequence, msg)); err != nil {
		return 0, "", err
	}
	tag, answer, err := readBER(s)
	if err != nil {
		return 0, "", err
	}
	if tag != berSequence {
		return 0, "", errMalformed
	}
	_, _, rest, ok := cutBER(answer) // message id
	tag, result, _, ok2 := cutBER(rest)
	if !ok || !ok2 || tag != want {
		return 0, "", errMalformed
	}
	tag, code, rest, ok := cutBER(result)
	if !ok || tag != berEnumerated || len(code) != 1 {
		return 0, "", errMalformed
	}
	_, _, rest, _ = cutBER(rest) // matched name
	_, text, _, _ := cutBER(rest)
	return int(code[0]), string(text), nil
}

// ber encodes an element.
func ber(tag byte, body []byte) []byte {
	n := len(body)
	switch {
	case n < 0x80:
		return append([]byte{tag, byte(n)}, body...)
	case n < 0x10000:
		return append([]byte{tag, 0x82, byte(n >> 8), byte(n)}, body...)
	}
	return append([]byte{tag, 0x84, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, body...)
}

// readBER reads an element of at most 64 KiB.
func readBER(s *session) (byte, []byte, error) {
	head, err := readN(s, 2, 2)
	if err != nil {
		return 0, nil, err
	}
	n := int(head[1])
	if n >= 0x80 {
		long, err := readN(s, n-0x80, 4)
		if err != nil {
			return 0, nil, err
		}
		n = 0
		for _, b := range long {
			n = n<<8 | int(b)
		}
	}
	body, err := readN(s, n, 64<<10)
	return head[0], body, err
}

// cutBER splits the first element off.
func cutBER(b []byte) (tag byte, body, rest []byte, ok bool) {
	if len(b) < 2 {
		return 0, nil, nil, false
	}
	n, at := int(b[1]), 2
	if n >= 0x80 {
		k := n - 0x80
		if k > 4 || len(b) < 2+k {
			return 0, nil, nil, false
		}
		n = 0
		for _, x := range b[2 : 2+k] {
			n = n<<8 | int(x)
		}
		at += k
	}
	if n < 0 || n > len(b)-at {
		return 0, nil, nil, false
	}
	return b[0], b[at : at+n], b[at+n:], true
}
