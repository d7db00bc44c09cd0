package verify

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/freeport"
)

// mongoKind is how a made-up MongoDB server behaves.
type mongoKind struct {
	dishonest bool   // it does not know the password that it accepts
	atlas     bool   // SHA-1 alone, and refusals with a code of its own
	silent    bool   // it does not say which mechanisms a user has
	refusal   string // of every login, with Atlas's code
}

// mongoServer answers a greeting and SCRAM.
func mongoServer(kind mongoKind) func(net.Conn) {
	return func(c net.Conn) {
		var login scramSide
		for {
			doc, ok := mongoRead(c)
			if !ok {
				return
			}
			payload, _ := doc["payload"].([]byte)
			var out bsonDoc
			good := true
			mechanism, starts := doc["mechanism"].(string)
			switch {
			case doc["hello"] == 1.0 && !kind.silent:
				out.key(0x04, "saslSupportedMechs")
				list := bsonDoc{}
				list.text("0", mongoSHA1)
				if !kind.atlas {
					list.text("1", mongoSHA256)
				}
				out.b = append(out.b, list.bytes()...)
			case doc["hello"] == 1.0:
			case starts && (kind.refusal != "" || kind.atlas && mechanism != mongoSHA1):
				out.text("errmsg", orDefault(kind.refusal, "auth mechanism "+mechanism+" is not supported"))
				good = false
			case starts:
				login = newScramSide(mechanism, strings.TrimPrefix(string(payload), "n,,"))
				out.int32("conversationId", 7)
				out.binary("payload", []byte(login.challenge))
			default:
				last, right := login.check(string(payload), !kind.dishonest)
				out.binary("payload", []byte(last))
				good = right
				if !right && kind.atlas {
					out.text("errmsg", "bad auth : Authentication failed.")
				}
			}
			switch {
			case good:
				out.b = append(out.b, "\x01ok\x00\x00\x00\x00\x00\x00\x00\xf0\x3f"...)
			case kind.atlas || kind.refusal != "":
				out.int32("code", mongoAtlasError)
			default:
				out.int32("code", mongoAuthFailed)
			}
			mongoWrite(c, out)
		}
	}
}

func mongoRead(c net.Conn) (map[string]any, bool) {
	head := make([]byte, 16)
	if _, err := io.ReadFull(c, head); err != nil {
		return nil, false
	}
	body := make([]byte, binary.LittleEndian.Uint32(head)-16)
	if _, err := io.ReadFull(c, body); err != nil {
		return nil, false
	}
	return readBSON(body[5:])
}

func mongoWrite(c net.Conn, doc bsonDoc) {
	msg := append([]byte{0, 0, 0, 0, 0}, doc.bytes()...)
	var b []byte
	for _, n := range []uint32{uint32(len(msg) + 16), 1, 1, mongoOpMsg} {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	_, _ = c.Write(append(b, msg...))
}

// scramSide is the server's side of SCRAM for realUser and realPass.
type scramSide struct {
	hash      func() hash.Hash
	password  string
	first     string
	challenge string
}

func newScramSide(mechanism, first string) scramSide {
	s := scramSide{hash: sha256.New, password: realPass, first: first}
	if mechanism == mongoSHA1 {
		sum := md5.Sum([]byte(realUser + ":mongo:" + realPass))
		s.hash, s.password = sha1.New, hex.EncodeToString(sum[:])
	}
	s.challenge = "r=" + scramFields(first)["r"] + "srv,s=" + base64.StdEncoding.EncodeToString([]byte("salt")) + ",i=4096"
	return s
}

// check judges the client's proof and returns the server's, a made-up one if it is not honest.
func (s scramSide) check(final string, honest bool) (string, bool) {
	mac := func(key []byte, text string) []byte {
		h := hmac.New(s.hash, key)
		h.Write([]byte(text))
		return h.Sum(nil)
	}
	salted, _ := pbkdf2.Key(s.hash, s.password, []byte("salt"), 4096, s.hash().Size())
	bare, proof, _ := strings.Cut(final, ",p=")
	auth := s.first + "," + s.challenge + "," + bare
	client := mac(salted, "Client Key")
	stored := s.hash()
	stored.Write(client)
	sent, _ := base64.StdEncoding.DecodeString(proof)
	if !honest {
		return "v=" + base64.StdEncoding.EncodeToString(make([]byte, 32)), true
	}
	good := bytes.Equal(xor(client, mac(stored.Sum(nil), auth)), sent) && scramFields(s.first)["n"] == realUser
	return "v=" + base64.StdEncoding.EncodeToString(mac(mac(salted, "Server Key"), auth)), good
}

func TestMongo(t *testing.T) {
	w := newWorld(t)
	w.wire("db.example.com", "27017", mongoServer(mongoKind{}))
	w.wire("db.example.com", "27018", mongoServer(mongoKind{dishonest: true}))
	w.wire("db.example.com", "27019", mongoServer(mongoKind{refusal: "you are over your space quota"}))
	w.wire("db.example.com", "27020", mongoServer(mongoKind{silent: true}))
	cert := &tls.Config{Certificates: []tls.Certificate{w.certificate("shard-0.corp.example")}}
	w.wire("shard-0.corp.example", "27017", func(c net.Conn) { mongoServer(mongoKind{atlas: true})(tls.Server(c, cert)) })
	w.wire("shard.evil.example.net", "27017", func(net.Conn) { t.Error("a server of another domain was asked") })
	good, bad := "mongodb://"+realUser+":"+realPass+"@db.example.com", "mongodb://"+realUser+":"+wrongPass+"@db.example.com"
	w.askWire(t, "mongodb",
		question{good + ",db2.example.com/app?authSource=admin", nil, finding.Live, ""},
		question{bad + ":27017/app", nil, finding.Dead, ""},
		question{good + "/app?authMechanism=SCRAM-SHA-1", nil, finding.Live, ""},
		question{good + "/app?authMechanism=GSSAPI", nil, finding.Unknown, "a way to log in that is not known here"},
		question{good + ":27018/app", nil, finding.Unknown, "does not know the password"},
		question{good + ":27019/app", nil, finding.Unknown, "error 8000"},
		question{good + ":27020/app", nil, finding.Live, ""},
		question{bad + ":27020/app", nil, finding.Dead, ""},
		question{"mongodb+srv://" + realUser + ":" + realPass + "@cluster.corp.example/app", nil, finding.Live, ""},
		question{"mongodb+srv://" + realUser + ":" + wrongPass + "@cluster.corp.example/app", nil, finding.Dead, ""},
		question{"mongodb+srv://" + realUser + ":" + realPass + "@cluster.evil.example.net/app", nil, finding.NotChecked, "--allow-host"},
	)
}

// built is a server that a script of ours builds into the user's cache, or a loud skip.
func built(t *testing.T, name, env, script string) string {
	t.Helper()
	file := os.Getenv(env)
	if file == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		file = filepath.Join(cache, "unleak-test", name)
	}
	if testing.Short() {
		t.Skip("real servers take long")
	}
	if _, err := os.Stat(file); err != nil {
		t.Skipf("NOT TESTED against a real server: there is no %s (%s builds it)", file, script)
	}
	return file
}

// TestRealMongo logs in to FerretDB, which speaks MongoDB's protocol and keeps its users as MongoDB does.
func TestRealMongo(t *testing.T) {
	server := built(t, "ferretdb", "UNLEAK_FERRETDB", "scripts/mongodev")
	dir, port := workDir(t), freeport.Take(t)
	c := command(dir, server, "--handler=sqlite", "--sqlite-url=file:"+dir+"/", "--state-dir="+dir, "--listen-addr=127.0.0.1:"+port, "--debug-addr=-",
		"--telemetry=disable", "--test-enable-new-auth", "--setup-database=app", "--setup-username="+realUser, "--setup-password="+realPass)
	keepUser(c) // its file lies in a folder of the user's own
	startServer(t, c, port)
	all := usual("mongodb", port, "app")
	all[6].parts[0] = part("url", "mongodb://"+realUser+"@127.0.0.1:"+port+"/app")
	askReal(t, "mongodb", port, append(all,
		question{"mongodb://" + realUser + ":" + realPass + "@127.0.0.1:" + port + "/app?authMechanism=SCRAM-SHA-1", nil, finding.Live, ""},
		question{"mongodb://" + realUser + ":" + wrongPass + "@127.0.0.1:" + port + "/app?authMechanism=SCRAM-SHA-1", nil, finding.Dead, ""},
		question{"mongodb://" + realUser + ":" + realPass + "@127.0.0.1:" + port + "/?authSource=app", nil, finding.Live, ""},
	)...)
	askReal(t, "connection-url", port, question{"mongodb://" + realUser + ":" + url.QueryEscape(realPass) + "@127.0.0.1:" + port + "/app", nil, finding.Live, ""})
}
