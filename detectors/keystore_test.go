package detectors_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
)

// javaStore writes the head of a Java key store.
func javaStore(magic uint32, entry uint32, alias string) []byte {
	var b []byte
	for _, n := range []uint32{magic, 2, 1, entry} {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	b = append(binary.BigEndian.AppendUint16(b, uint16(len(alias))), alias...)
	b = binary.BigEndian.AppendUint64(b, 1760000000000)
	for i := range 900 {
		b = append(b, byte(i*i*7+i*31))
	}
	return b
}

// pfx writes the head of a PKCS #12 file.
func pfx(version, kind byte) []byte {
	b := []byte{0x30, 0x82, 0x0a, 0x3f, 2, 1, version, 0x30, 0x82, 0x09, 0xf5, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, kind, 0xa0, 0x82}
	for i := range 2600 {
		b = append(b, byte(i*i*5+i*17))
	}
	return b
}

func foundAt(e *detectors.Engine, path string, text []byte) []string {
	s := e.NewScanner()
	var out []string
	for _, m := range s.Resolve(s.Scan(text, nil, nil)) {
		if s.Accept(&finding.Origin{Path: path}, &m) {
			out = append(out, m.Rule)
		}
	}
	return out
}

func TestKeystores(t *testing.T) {
	e := engine(t, detectors.Options{})
	for name, c := range map[string]struct {
		text []byte
		want bool
	}{
		"jks":                 {javaStore(0xfeedfeed, 1, "server"), true},
		"jceks, secret key":   {javaStore(0xcececece, 3, "hmac"), true},
		"jks of certificates": {javaStore(0xfeedfeed, 2, "ca"), false},
		"mach-o":              {javaStore(0xfeedface, 1, "server"), false},
		"no alias":            {javaStore(0xfeedfeed, 1, ""), false},
		"binary alias":        {javaStore(0xfeedfeed, 1, "\x01\x02"), false},
		"short":               {javaStore(0xfeedfeed, 1, "server")[:100], false},
		"not at the start":    {append([]byte("\n"), javaStore(0xfeedfeed, 1, "server")...), false},
		"pkcs12":              {pfx(3, 1), true},
		"signed pkcs12":       {pfx(3, 2), true},
		"pkcs12 version 2":    {pfx(2, 1), false},
		"enveloped data":      {pfx(3, 3), false},
		"certificate":         {[]byte("0\x82\x03\x00" + string(make([]byte, 800))), false},
	} {
		got := foundAt(e, "app/store.bin", c.text)
		if has := len(got) == 1 && got[0] == "keystore-file"; has != c.want {
			t.Errorf("%s: found %v, want %v", name, got, c.want)
		}
	}
	a, b := javaStore(0xfeedfeed, 1, "a"), javaStore(0xfeedfeed, 1, "b")
	s := e.NewScanner()
	if x, y := s.Scan(a, nil, nil), s.Scan(b, nil, nil); len(x) == 0 || len(y) == 0 || x[0].Secret == y[0].Secret {
		t.Error("two stores are one secret")
	}
	if got := s.Scan(a, []finding.Span{{Start: 9, End: 12}}, nil); len(got) == 0 {
		t.Error("an edit of the head is not met")
	}
}

func TestMasterKeyFile(t *testing.T) {
	e := engine(t, detectors.Options{})
	key := []byte("3f9a61c07be2d84517a0e6b2c95d" + "48f3")
	for path, want := range map[string]bool{
		"config/master.key": true, "master.key": true, "app/config/credentials/production.key": true, "config/credentials/staging.key": true,
		"config/other.key": false, "sums.md5": false, "config/master.key.bak": true,
	} {
		for _, end := range []string{"", "\n", "\r\n"} {
			got := foundAt(e, path, append(bytes.Clone(key), end...))
			if has := len(got) == 1 && got[0] == "rails-master-key-file"; has != want {
				t.Errorf("%s with %q: found %v, want %v", path, end, got, want)
			}
		}
	}
	for _, text := range []string{string(key[:31]), string(key) + "0", string(key) + "\n\n\n", "x" + string(key[1:]), "00000000000000000000000000000000"} {
		if got := foundAt(e, "config/master.key", []byte(text)); len(got) > 0 {
			t.Errorf("%q: found %v", text, got)
		}
	}
}
