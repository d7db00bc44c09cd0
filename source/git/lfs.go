package git

import "bytes"

const lfsHead = "version https://git-lfs.github.com/spec/v1\n"

// lfsOID returns the object id that an LFS pointer names (git-lfs docs/spec.md, 2024: under 1024 bytes, sorted keys
// behind the version).
func lfsOID(text []byte) (string, bool) {
	if len(text) >= 1024 || !bytes.HasPrefix(text, []byte(lfsHead)) {
		return "", false
	}
	for line := range bytes.Lines(text[len(lfsHead):]) {
		if oid, ok := bytes.CutPrefix(line, []byte("oid ")); ok {
			return string(bytes.TrimSpace(oid)), true
		}
	}
	return "", false
}
