// Package awskey tells what an AWS access key id says about itself, without asking AWS.
package awskey

import (
	"encoding/base32"
	"encoding/binary"
	"fmt"
)

// canaries are accounts that issue tripwire keys, with who runs them. Using such a key alerts its owner; it opens
// nothing. Lists published with TruffleHog's canary study, 2024-02.
var canaries = map[string]string{
	"052310077262": "canarytokens.org", "171436882533": "canarytokens.org", "534261010715": "canarytokens.org",
	"595918472158": "canarytokens.org", "717712589309": "canarytokens.org", "819147034852": "canarytokens.org",
	"992382622183": "canarytokens.org", "730335385048": "canarytokens.org", "266735846894": "canarytokens.org",
	"893192397702": "canarytokens.org",
	"044858866125": "a canary service", "251535659677": "a canary service", "344043088457": "a canary service",
	"351906852752": "a canary service", "390477818340": "a canary service", "426127672474": "a canary service",
	"427150556519": "a canary service", "439872796651": "a canary service", "445142720921": "a canary service",
	"465867158099": "a canary service", "637958123769": "a canary service", "693412236332": "a canary service",
	"732624840810": "a canary service", "735421457923": "a canary service", "959235150393": "a canary service",
	"982842642351": "a canary service",
}

// Account reads the account out of an access key id (AKIA, ASIA). Ids issued since 2019-03 hold it in the 40 bits behind the
// prefix's first bit; older ones do not. "A short note on AWS key ID", Tal Be'ery, 2023-10.
func Account(keyID string) (string, bool) {
	const (
		prefix    = 4
		whole     = 20
		newFormat = 1 << 47
		mask      = 0x7fffffffff80
		shift     = 7
		largest   = 999_999_999_999
	)
	if len(keyID) != whole {
		return "", false
	}
	b, err := base32.StdEncoding.DecodeString(keyID[prefix:])
	if err != nil || len(b) < 6 {
		return "", false
	}
	n := uint64(binary.BigEndian.Uint16(b))<<32 | uint64(binary.BigEndian.Uint32(b[2:]))
	account := n & mask >> shift
	if n&newFormat == 0 || account == 0 || account > largest {
		return "", false
	}
	return fmt.Sprintf("%012d", account), true
}

// Canary tells who runs the tripwire keys of an account; "" for all other accounts.
func Canary(account string) string { return canaries[account] }
