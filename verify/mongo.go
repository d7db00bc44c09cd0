package verify

import (
	"context"
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"strings"

	"github.com/unleak/unleak/finding"
)

// mongo logs in to MongoDB by SCRAM and leaves (MongoDB "Authentication", "Handshake" and "OP_MSG" specifications,
// 2026). The password itself is never sent. mongodb+srv:// names a domain whose servers DNS tells.
var mongo = login{name: "mongodb", port: "27017", needUser: true, srv: "mongodb", ask: askMongo}

const (
	mongoOpMsg  = 2013
	mongoSHA1   = "SCRAM-SHA-1"
	mongoSHA256 = "SCRAM-SHA-256"
)

// error codes of "Error Codes", MongoDB manual; Atlas answers bad passwords with a code of its own
const (
	mongoAuthFailed = 18
	mongoAtlasError = 8000
)

func askMongo(ctx context.Context, s *session, e endpoint) (Answer, error) {
	if e.scheme == "mongodb+srv" || oneOf("true", e.options.Get("tls"), e.options.Get("ssl")) {
		if err := s.startTLS(ctx); err != nil {
			return Answer{}, err
		}
	}
	source := e.options.Get("authSource")
	if source == "" {
		source = orDefault(e.database, "admin")
		if e.scheme == "mongodb+srv" {
			source = "admin"
		}
	}
	mechanism, err := mongoMechanism(s, e, source)
	if err != nil {
		return Answer{}, err
	}
	password := e.password
	if mechanism == mongoSHA1 { // what users of that kind have for a password is this ("Authentication", SCRAM-SHA-1)
		sum := md5.Sum([]byte(e.user + ":mongo:" + e.password))
		password = hex.EncodeToString(sum[:])
	}
	sc, err := newSCRAM(mechanism, e.user, password)
	if err != nil {
		return Answer{}, err
	}
	return mongoLogin(s, sc, mechanism, source)
}

// mongoMechanism asks the server by which mechanism the user logs in. A server that does not say, as it does not for a
// user it does not know, is asked by the one that all of them have.
func mongoMechanism(s *session, e endpoint, source string) (string, error) {
	doc := bsonDoc{}
	doc.int32("hello", 1)
	doc.text("saslSupportedMechs", source+"."+e.user)
	doc.text("$db", "admin")
	reply, err := mongoAsk(s, 1, doc)
	if err != nil {
		return "", err
	}
	if named := e.options.Get("authMechanism"); named != "" {
		return named, nil
	}
	list, _ := reply["saslSupportedMechs"].(map[string]any)
	for _, m := range list {
		if m == mongoSHA256 {
			return mongoSHA256, nil
		}
	}
	return mongoSHA1, nil
}

// mongoLogin proves both sides to each other.
func mongoLogin(s *session, sc *scram, mechanism, source string) (Answer, error) {
	doc := bsonDoc{}
	doc.int32("saslStart", 1)
	doc.text("mechanism", mechanism)
	doc.binary("payload", []byte(sc.first()))
	doc.text("$db", source)
	reply, err := mongoAsk(s, 2, doc)
	if err != nil || reply["ok"] != 1.0 {
		return mongoRefusal(reply, err)
	}
	payload, _ := reply["payload"].([]byte)
	final, err := sc.final(string(payload))
	if err != nil {
		return Answer{}, err
	}
	id, _ := reply["conversationId"].(float64)
	doc = bsonDoc{}
	doc.int32("saslContinue", 1)
	doc.int32("conversationId", int32(id))
	doc.binary("payload", []byte(final))
	doc.text("$db", source)
	reply, err = mongoAsk(s, 3, doc)
	if err != nil || reply["ok"] != 1.0 {
		return mongoRefusal(reply, err)
	}
	if payload, _ = reply["payload"].([]byte); !sc.proved(string(payload)) {
		return unknown("the server does not know the password it accepts"), nil
	}
	return Answer{Status: finding.Live, Facts: map[string]string{"user": clean(sc.user, maxFact), "database": clean(source, maxFact)}}, nil
}

func mongoRefusal(reply map[string]any, err error) (Answer, error) {
	if err != nil {
		return Answer{}, err
	}
	code, _ := reply["code"].(float64)
	text, _ := reply["errmsg"].(string)
	if code == mongoAuthFailed || code == mongoAtlasError && strings.HasPrefix(text, "bad auth") {
		return Answer{Status: finding.Dead}, nil
	}
	return unknown("the server answered with error %d", int(code)), nil
}

// mongoAsk sends a command and reads the answer's plain fields.
func mongoAsk(s *session, id uint32, doc bsonDoc) (map[string]any, error) {
	body := append([]byte{0, 0, 0, 0, 0}, doc.bytes()...) // flags, kind 0
	var msg []byte
	for _, n := range []uint32{uint32(len(body) + 16), id, 0, mongoOpMsg} {
		msg = binary.LittleEndian.AppendUint32(msg, n)
	}
	if _, err := s.Write(append(msg, body...)); err != nil {
		return nil, err
	}
	head, err := readN(s, 16, 16)
	if err != nil {
		return nil, err
	}
	body, err = readN(s, int(int32(binary.LittleEndian.Uint32(head)))-16, 64<<10)
	if err != nil {
		return nil, err
	}
	if binary.LittleEndian.Uint32(head[12:]) != mongoOpMsg || len(body) < 10 || body[4] != 0 {
		return nil, errMalformed
	}
	out, ok := readBSON(body[5:])
	if !ok {
		return nil, errMalformed
	}
	return out, nil
}
