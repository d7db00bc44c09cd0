package archive

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"slices"
)

// A PDF whose printing or copying is restricted is encrypted with an empty user password: everybody may open it. Such a
// file is decrypted; one that needs a password is not.
//
// Sources: ISO 32000-1:2008, section 7.6 (revisions 2 to 4); ISO 32000-2:2020, section 7.6.4 (revision 6); Adobe
// supplement to ISO 32000, extension level 3 (revision 5).

// pdfPad stands for an empty password.
const pdfPad = "\x28\xbf\x4e\x5e\x4e\x75\x8a\x41\x64\x00\x4e\x56\xff\xfa\x01\x08" +
	"\x2e\x2e\x00\xb6\xd0\x68\x3e\x80\x2f\x0c\xa9\xfe\x64\x53\x69\x7a"

const pdfIdentity = "Identity"

// pdfCrypt decrypts the objects of a file.
type pdfCrypt struct {
	key      []byte
	revision int
	streams  string // method: "V2" (RC4), "AESV2", "AESV3", "None"
	strings  string
	metadata bool // encrypted too
}

// unlock decrypts all objects, if that takes no password.
func (f *pdfFile) unlock(text []byte) bool {
	var trailers []pdfDict // the newest last
	for at := 0; ; {
		i := bytes.Index(text[at:], []byte("trailer"))
		if i < 0 {
			break
		}
		l := pdfLexer{text: text, at: at + i + len("trailer")}
		at = l.at
		if v, _ := l.next(); v != nil {
			if d, ok := v.(pdfDict); ok {
				trailers = append(trailers, d)
			}
		}
	}
	for _, o := range f.objects {
		if d, ok := o.value.(pdfDict); ok && d["Type"] == pdfName("XRef") {
			trailers = append(trailers, d)
		}
	}
	for _, t := range slices.Backward(trailers) {
		d := f.dict(t["Encrypt"])
		if d == nil {
			continue
		}
		var id pdfString
		if ids, _ := f.resolve(t["ID"]).(pdfArray); len(ids) > 0 {
			id, _ = ids[0].(pdfString)
		}
		c, ok := pdfDecrypter(d, id)
		if !ok {
			return false
		}
		ref, _ := t["Encrypt"].(pdfRef)
		for i := range f.objects {
			if o := &f.objects[i]; o.number != int(ref) {
				c.object(o)
			}
		}
		return true
	}
	return false
}

// pdfDecrypter returns what decrypts a file for whoever has no password; false where one is needed.
func pdfDecrypter(d pdfDict, id []byte) (*pdfCrypt, bool) {
	if d["Filter"] != pdfName("Standard") {
		return nil, false
	}
	version, revision, length := pdfInt(d["V"]), pdfInt(d["R"]), pdfInt(d["Length"])
	c := &pdfCrypt{revision: revision, streams: "V2", strings: "V2", metadata: d["EncryptMetadata"] != false}
	if version >= 4 {
		c.streams, c.strings = pdfMethod(d, "StmF"), pdfMethod(d, "StrF")
		length = 128
	}
	if version == 1 || length == 0 {
		length = 40
	}
	u, _ := d["U"].(pdfString)
	o, _ := d["O"].(pdfString)
	if revision >= 5 {
		e, _ := d["UE"].(pdfString)
		return c, c.unlock(u, e)
	}
	if len(u) < 16 || len(o) < 32 || length%8 != 0 || length < 40 || length > 128 {
		return nil, false
	}
	sum := md5.New()
	sum.Write([]byte(pdfPad))
	sum.Write(o[:32])
	_ = binary.Write(sum, binary.LittleEndian, int32(pdfInt(d["P"])))
	sum.Write(id)
	if revision >= 4 && !c.metadata {
		sum.Write([]byte{255, 255, 255, 255})
	}
	key := sum.Sum(nil)
	if revision >= 3 {
		for range 50 {
			next := md5.Sum(key[:length/8])
			key = next[:]
		}
	}
	c.key = key[:length/8]
	return c, c.fits(u, id)
}

func pdfInt(v any) int {
	n, _ := v.(float64)
	return int(n)
}

// pdfMethod returns the method of a crypt filter.
func pdfMethod(d pdfDict, which string) string {
	name, _ := d[which].(pdfName)
	if name == "" || name == pdfIdentity {
		return "None"
	}
	filters, _ := d["CF"].(pdfDict)
	filter, _ := filters[string(name)].(pdfDict)
	method, _ := filter["CFM"].(pdfName)
	return string(method)
}

// fits tells whether the key is right (algorithms 4 and 5).
func (c *pdfCrypt) fits(u, id []byte) bool {
	text := []byte(pdfPad)
	rounds := 1
	if c.revision >= 3 {
		sum := md5.Sum(append(text, id...))
		text, rounds = sum[:], 20
	}
	for i := range rounds {
		key := bytes.Clone(c.key)
		for k := range key {
			key[k] ^= byte(i)
		}
		text = pdfRC4(key, text)
	}
	return len(u) >= 16 && bytes.Equal(text[:16], u[:16])
}

func pdfRC4(key, text []byte) []byte {
	out := make([]byte, len(text))
	if r, err := rc4.NewCipher(key); err == nil {
		r.XORKeyStream(out, text)
	}
	return out
}

// unlock takes the key out of UE (algorithm 2.A) if the empty password is the user's.
func (c *pdfCrypt) unlock(u, e []byte) bool {
	if len(u) < 48 || len(e) < 32 || c.revision > 6 {
		return false
	}
	hash := func(salt []byte) []byte {
		sum := sha256.Sum256(salt)
		if c.revision == 5 {
			return sum[:]
		}
		return pdfHash(sum[:])
	}
	if !bytes.Equal(hash(u[32:40]), u[:32]) {
		return false
	}
	block, err := aes.NewCipher(hash(u[40:48]))
	if err != nil {
		return false
	}
	c.key = make([]byte, 32)
	cipher.NewCBCDecrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(c.key, e[:32])
	return true
}

// pdfHash is algorithm 2.B, without a password.
func pdfHash(k []byte) []byte {
	for i := 0; ; i++ {
		text := bytes.Repeat(k, 64)
		block, err := aes.NewCipher(k[:16])
		if err != nil {
			return nil
		}
		cipher.NewCBCEncrypter(block, k[16:32]).CryptBlocks(text, text)
		rest := 0
		for _, b := range text[:16] {
			rest += int(b)
		}
		switch rest % 3 {
		case 0:
			sum := sha256.Sum256(text)
			k = sum[:]
		case 1:
			sum := sha512.Sum384(text)
			k = sum[:]
		default:
			sum := sha512.Sum512(text)
			k = sum[:]
		}
		if i >= 63 && int(text[len(text)-1]) <= i-31 {
			return k[:32]
		}
	}
}

// decrypt returns what was encrypted in an object (algorithms 1 and 1.A).
func (c *pdfCrypt) decrypt(method string, text []byte, number, generation int) []byte {
	if method == "None" || method == "" {
		return text
	}
	key := c.key
	if method != "AESV3" {
		k := append(bytes.Clone(c.key), byte(number), byte(number>>8), byte(number>>16), byte(generation), byte(generation>>8))
		if method == "AESV2" {
			k = append(k, "sAlT"...)
		}
		sum := md5.Sum(k)
		key = sum[:min(len(c.key)+5, 16)]
	}
	if method == "V2" {
		return pdfRC4(key, text)
	}
	block, err := aes.NewCipher(key)
	if err != nil || len(text) < 2*aes.BlockSize {
		return nil
	}
	body := bytes.Clone(text[aes.BlockSize : len(text)-len(text)%aes.BlockSize])
	cipher.NewCBCDecrypter(block, text[:aes.BlockSize]).CryptBlocks(body, body)
	if pad := int(body[len(body)-1]); pad >= 1 && pad <= aes.BlockSize {
		body = body[:len(body)-pad]
	}
	return body
}

// object decrypts the strings and the stream of one object.
func (c *pdfCrypt) object(o *pdfObject) {
	d, _ := o.value.(pdfDict)
	if d["Type"] == pdfName("XRef") {
		return
	}
	o.value = c.value(o.value, o, 0)
	if o.stream == nil || d["Type"] == pdfName("Metadata") && !c.metadata || pdfOpen(d) {
		return
	}
	o.stream = c.decrypt(c.streams, o.stream, o.number, o.generation)
}

// pdfOpen tells a stream that names the filter which leaves it as it is.
func pdfOpen(d pdfDict) bool {
	filters, ok := d["Filter"].(pdfArray)
	if !ok {
		filters = pdfArray{d["Filter"]}
	}
	for _, f := range filters {
		if f == pdfName("Crypt") {
			return true
		}
	}
	return false
}

func (c *pdfCrypt) value(v any, o *pdfObject, depth int) any {
	if depth > pdfMaxNesting {
		return v
	}
	switch v := v.(type) {
	case pdfString:
		return pdfString(c.decrypt(c.strings, v, o.number, o.generation))
	case pdfArray:
		for i := range v {
			v[i] = c.value(v[i], o, depth+1)
		}
	case pdfDict:
		for k := range v {
			v[k] = c.value(v[k], o, depth+1)
		}
	}
	return v
}
