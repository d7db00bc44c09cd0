package proof

import "strings"

// otherNames end the names of values that stand beside a provider's name and have a credential's shape but are none.
var otherNames = [...]string{
	"id", "ids", "sha", "sha1", "sha256", "md5", "commit", "digest", "hash", "checksum", "etag", "revision", "rev",
	"version", "fingerprint", "uuid", "guid", "ref", "build",
}

// namedOtherwise drops a value whose name says that it is an identifier or a digest: the last word before the sign that
// ties name and value together.
func namedOtherwise(c Candidate) Result {
	at := strings.LastIndex(c.Match, c.Secret)
	if at < 0 {
		return Result{}
	}
	word, before := lastWord(c.Match[:at])
	for _, other := range otherNames {
		if strings.EqualFold(word, other) && before {
			return drop()
		}
	}
	return Result{}
}

// lastWord returns the last word of a name such as FOO_BAR, foo-bar or fooBar, and whether anything precedes it.
func lastWord(name string) (word string, before bool) {
	name = strings.TrimRight(name, " \t\r\n\"'`\\:=>,(|?+[]{}")
	start := len(name)
	for start > 0 && alphanumeric(name[start-1]) {
		start--
		if start > 0 && upper(name[start]) && !upper(name[start-1]) {
			break
		}
	}
	return name[start:], start > 0
}

func upper(b byte) bool { return b >= 'A' && b <= 'Z' }

func alphanumeric(b byte) bool {
	return upper(b) || b >= 'a' && b <= 'z' || b >= '0' && b <= '9'
}
