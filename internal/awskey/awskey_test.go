package awskey

import (
	"encoding/base32"
	"encoding/binary"
	"testing"
)

// idOf makes a key id of an account, as AWS does since 2019.
func idOf(account uint64) string {
	var b [10]byte
	n := uint64(1)<<47 | account<<7
	binary.BigEndian.PutUint16(b[0:], uint16(n>>32))
	binary.BigEndian.PutUint32(b[2:], uint32(n))
	return "AK" + "IA" + base32.StdEncoding.EncodeToString(b[:])
}

func TestAccount(t *testing.T) {
	for account, owner := range map[uint64]string{52310077262: "canarytokens.org", 123456789012: ""} {
		got, ok := Account(idOf(account))
		if !ok || Canary(got) != owner {
			t.Errorf("%d: account %q of %q, want owner %q", account, got, Canary(got), owner)
		}
	}
	for _, id := range []string{"", "AKIA", "AK" + "IAQYLPMN5HFIQR7XY", "AK" + "IA0000000000000000", "ASIA!"} {
		if got, ok := Account(id); ok && len(got) != 12 {
			t.Errorf("%q: account %q", id, got)
		}
	}
}
