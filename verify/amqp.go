package verify

import (
	"context"
	"encoding/binary"

	"github.com/unleak/unleak/finding"
)

// amqp logs in to RabbitMQ or another AMQP 0-9-1 server and leaves (AMQP 0-9-1 specification, 4.2; RabbitMQ,
// "Authentication Failure Notification").
var amqp = login{name: "amqp", port: "5672", secure: "amqps", securePort: "5671", needUser: true, ask: askAMQP}

// class and method numbers
const (
	amqpStart = 10<<16 | 10
	amqpTune  = 10<<16 | 30
	amqpClose = 10<<16 | 50
)

const amqpRefused = 403

func askAMQP(_ context.Context, s *session, e endpoint) (Answer, error) {
	if err := s.mayShow(e.scheme == "amqp"); err != nil {
		return Answer{}, err
	}
	if _, err := s.Write([]byte("AMQP\x00\x00\x09\x01")); err != nil {
		return Answer{}, err
	}
	method, _, err := amqpReceive(s)
	if err != nil {
		return Answer{}, err
	}
	if method != amqpStart {
		return Answer{}, errMalformed
	}
	// client properties: {capabilities: {authentication_failure_close: true}}
	inner := append(amqpShort("authentication_failure_close"), 't', 1)
	outer := append(append(amqpShort("capabilities"), 'F'), amqpLong(inner)...)
	body := binary.BigEndian.AppendUint32(nil, 10<<16|11)
	body = append(body, amqpLong(outer)...)
	body = append(body, amqpShort("PLAIN")...)
	body = append(body, amqpLong([]byte("\x00"+e.user+"\x00"+e.password))...)
	body = append(body, amqpShort("en_US")...)
	frame := binary.BigEndian.AppendUint32([]byte{1, 0, 0}, uint32(len(body)))
	if _, err := s.Write(append(append(frame, body...), 0xce)); err != nil {
		return Answer{}, err
	}
	method, args, err := amqpReceive(s)
	switch {
	case err != nil:
		return Answer{}, err
	case method == amqpTune:
		return Answer{Status: finding.Live, Facts: map[string]string{"user": clean(e.user, maxFact)}}, nil
	case method == amqpClose && len(args) >= 2 && binary.BigEndian.Uint16(args) == amqpRefused:
		return Answer{Status: finding.Dead}, nil
	case method == amqpClose:
		return unknown("the server closed the connection"), nil
	}
	return Answer{}, errMalformed
}

func amqpShort(s string) []byte { return append([]byte{byte(len(s))}, s...) }
func amqpLong(b []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...)
}

// amqpReceive reads a method frame.
func amqpReceive(s *session) (uint32, []byte, error) {
	head, err := readN(s, 7, 7)
	if err != nil {
		return 0, nil, err
	}
	n := int(binary.BigEndian.Uint32(head[3:]))
	if head[0] != 1 || n < 4 {
		return 0, nil, errMalformed
	}
	body, err := readN(s, n+1, 64<<10)
	if err != nil || body[n] != 0xce {
		return 0, nil, firstError(err, errMalformed)
	}
	return binary.BigEndian.Uint32(body), body[4:n], nil
}
