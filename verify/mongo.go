package verify

import (
	"context"
	"encoding/binary"
	"math"

	"github.com/unleak/unleak/finding"
)

// mongo logs in to MongoDB by SCRAM and leaves (MongoDB "Authentication" and "OP_MSG" specifications, 2026). The password
// itself is never sent. mongodb+srv:// names a domain whose servers DNS tells.
var mongo = login{name: "mongodb", port: "27017", needUser: true, srv: "mongodb", ask: askMongo}

const mongoOpMsg = 2013

// error codes of "Error Codes", MongoDB manual
const mongoAuthFailed = 18

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
	// SHA-1 is for users of old; their password is hashed first, which needs MD5 and is not offered since MongoDB 4
	sc, err := newSCRAM("SCRAM-SHA-256", e.user, e.password)
	if err != nil {
		return Answer{}, err
	}
	doc := bsonDoc{}
	doc.int32("saslStart", 1)
	doc.text("mechanism", "SCRAM-SHA-256")
	doc.binary("payload", []byte(sc.first()))
	doc.text("$db", source)
	reply, err := mongoAsk(s, 1, doc)
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
	reply, err = mongoAsk(s, 2, doc)
	if err != nil || reply["ok"] != 1.0 {
		return mongoRefusal(reply, err)
	}
	if payload, _ = reply["payload"].([]byte); !sc.proved(string(payload)) {
		return unknown("the server does not know the password it accepts"), nil
	}
	return Answer{Status: finding.Live, Facts: map[string]string{"user": clean(e.user, maxFact), "database": clean(source, maxFact)}}, nil
}

func mongoRefusal(reply map[string]any, err error) (Answer, error) {
	if err != nil {
		return Answer{}, err
	}
	code, _ := reply["code"].(float64)
	if code == mongoAuthFailed {
		return Answer{Status: finding.Dead}, nil
	}
	return unknown("the server answered with error %d", int(code)), nil
}

// bsonDoc is a document being written (BSON 1.1).
type bsonDoc struct{ b []byte }

func (d *bsonDoc) key(kind byte, name string) {
	d.b = append(append(append(d.b, kind), name...), 0)
}

func (d *bsonDoc) int32(name string, v int32) {
	d.key(0x10, name)
	d.b = binary.LittleEndian.AppendUint32(d.b, uint32(v))
}

func (d *bsonDoc) text(name, v string) {
	d.key(0x02, name)
	d.b = binary.LittleEndian.AppendUint32(d.b, uint32(len(v)+1))
	d.b = append(append(d.b, v...), 0)
}

func (d *bsonDoc) binary(name string, v []byte) {
	d.key(0x05, name)
	d.b = binary.LittleEndian.AppendUint32(d.b, uint32(len(v)))
	d.b = append(append(d.b, 0), v...)
}

func (d *bsonDoc) bytes() []byte {
	out := binary.LittleEndian.AppendUint32(nil, uint32(len(d.b)+5))
	return append(append(out, d.b...), 0)
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

// readBSON reads the numbers, texts and binary values of a document up to the first field of another kind that
// carries a length it cannot skip. Numbers are float64.
func readBSON(b []byte) (map[string]any, bool) {
	if len(b) < 5 {
		return nil, false
	}
	size := int64(binary.LittleEndian.Uint32(b)) // counts itself and the end mark
	if size < 5 || size > int64(len(b)) {
		return nil, false
	}
	b = b[4:size]
	out := map[string]any{}
	for len(b) > 0 && b[0] != 0 {
		kind := b[0]
		end := 1
		for end < len(b) && b[end] != 0 {
			end++
		}
		if end == len(b) {
			return nil, false
		}
		name := string(b[1:end])
		v, n, ok := bsonValue(kind, b[end+1:])
		if !ok {
			return nil, false
		}
		if v != nil {
			out[name] = v
		}
		b = b[end+1+n:]
	}
	return out, true
}

// bsonValue reads a value of a kind and returns its size.
func bsonValue(kind byte, b []byte) (any, int, bool) {
	fixed := map[byte]int{0x01: 8, 0x07: 12, 0x08: 1, 0x09: 8, 0x0a: 0, 0x10: 4, 0x11: 8, 0x12: 8, 0x13: 16}
	if n, ok := fixed[kind]; ok {
		if len(b) < n {
			return nil, 0, false
		}
		switch kind {
		case 0x01:
			return math.Float64frombits(binary.LittleEndian.Uint64(b)), n, true
		case 0x10:
			return float64(int32(binary.LittleEndian.Uint32(b))), n, true
		case 0x12:
			return float64(int64(binary.LittleEndian.Uint64(b))), n, true
		}
		return nil, n, true
	}
	if len(b) < 4 {
		return nil, 0, false
	}
	size := int64(binary.LittleEndian.Uint32(b))
	switch kind {
	case 0x02: // text, its end mark counted
		if size < 1 || size > int64(len(b)-4) {
			return nil, 0, false
		}
		return string(b[4 : 4+size-1]), int(4 + size), true
	case 0x05: // binary, with its kind
		if size > int64(len(b)-5) {
			return nil, 0, false
		}
		return append([]byte{}, b[5:5+size]...), int(5 + size), true
	case 0x03, 0x04: // document, array: the size counts itself
		if size < 5 || size > int64(len(b)) {
			return nil, 0, false
		}
		return nil, int(size), true
	}
	return nil, 0, false
}
