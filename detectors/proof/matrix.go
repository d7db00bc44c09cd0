package proof

import "strings"

// matrixCRC checks access and refresh tokens of Matrix: prefix, (the base64 of the user's name,) random letters, and the
// CRC32 (IEEE) of all before in six base62 digits, with _ between them. Synapse, handlers/auth.py, 2021; Matrix
// Authentication Service, data-model/tokens.rs, 2024.
func matrixCRC(c Candidate) Result {
	end := strings.LastIndexByte(c.Secret, '_')
	if end < 0 || len(c.Secret)-end-1 != classicSum {
		return Result{}
	}
	return checksum(crcBase62(c.Secret[:end]) == c.Secret[end+1:], "CRC32 of Matrix tokens holds")
}

// netbirdCRC checks personal access tokens of NetBird, which are built like GitHub's classic ones. NetBird,
// management/server/types/personal_access_token.go, 2023.
func netbirdCRC(c Candidate) Result {
	if len(c.Secret) != classicLength || !strings.HasPrefix(c.Secret, "nbp_") {
		return Result{}
	}
	return checksum(classicHolds(c.Secret), "CRC32 of NetBird tokens holds")
}
