package detectors

import (
	"encoding/base64"
	"encoding/binary"
)

// A value of a SealedSecret is two bytes of length, a session key encrypted by RSA, and what AES-GCM made of the
// plain text, in base64 (sealed-secrets, docs/developer/crypto.md, 2024). Only the cluster's controller can open it.

// sealedKeys are the lengths of RSA moduli in bytes.
var sealedKeys = [...]int{256, 384, 512, 1024}

// gcmTag is the length of the shortest sealed text: nothing, and a tag.
const gcmTag = 16

// sealed tells whether decoded bytes are a sealed value.
func sealed(b []byte) bool {
	if len(b) < 2 {
		return false
	}
	n := int(binary.BigEndian.Uint16(b))
	for _, k := range sealedKeys {
		if n == k {
			return len(b) >= 2+n+gcmTag
		}
	}
	return false
}

// leastSealed is the length of the shortest sealed value in base64.
const leastSealed = (2 + 256 + gcmTag) * 4 / 3

// sealedText tells whether a value as it is written is a sealed one.
func sealedText(value string) bool {
	if len(value) < leastSealed || value[0] != 'A' && value[0] != 'B' {
		return false
	}
	b, err := base64.StdEncoding.DecodeString(value)
	if err != nil {
		b, err = base64.RawStdEncoding.DecodeString(value)
	}
	return err == nil && sealed(b)
}
