package detectors

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// jwkTechnique finds JSON Web Keys with a private or symmetric part (RFC 7517, RFC 7518 section 6, RFC 8037).
type jwkTechnique struct{}

func (jwkTechnique) literals(*compiled) []rules.Literal {
	return []rules.Literal{{Text: `kty`}}
}

// jwkPrivate names the members that hold secrets, by key type.
var jwkPrivate = map[string]string{"RSA": "d", "EC": "d", "OKP": "d", "oct": "k"}

const jwkLeast = 16 // characters of a secret member

func (jwkTechnique) try(s *Scanner, c *compiled, _ *rules.Literal, text []byte, pos int, out []finding.Match) []finding.Match {
	if !isMember(text[pos+len("kty") : min(len(text), pos+len("kty")+8)]) {
		return out
	}
	start, end, ok := enclosing(text, pos)
	if !ok {
		return out
	}
	kty, secret := jwkMembers(text[start:end])
	if len(secret) < jwkLeast || madeUp([]byte(secret)) || entropy([]byte(secret)) < 3 {
		return out
	}
	at := start + bytes.Index(text[start:end], []byte(secret))
	if at < start { // written with escapes
		return out
	}
	m := finding.Match{
		Rule: c.ID, Secret: secret, Rank: rankBlock, Confidence: c.Confidence, Tags: c.Tags,
		Span: finding.Span{Start: at, End: at + len(secret)}, Context: finding.Span{Start: start, End: end},
		Proofs: []finding.Proof{{Kind: "structure", Detail: "JWK of type " + kty + " with its private part"}},
	}
	return append(out, m)
}

// isMember tells whether what follows a name makes it a member: an optional quote, then a colon.
func isMember(rest []byte) bool {
	rest = bytes.TrimLeft(rest, "\\\"'")
	return len(bytes.TrimLeft(rest, " \t")) > 0 && bytes.TrimLeft(rest, " \t")[0] == ':'
}

// enclosing returns the innermost pair of braces around pos that holds text a block may hold.
func enclosing(text []byte, pos int) (start, end int, ok bool) {
	floor, ceiling := max(0, pos-blockLimit/2), min(len(text), pos+blockLimit/2)
	start, end = pos, pos
	for depth := 0; ; start-- {
		if start <= floor || text[start-1] != '\n' && !blockByte[text[start-1]] {
			return 0, 0, false
		}
		if text[start-1] == '}' {
			depth++
		}
		if text[start-1] == '{' {
			if depth == 0 {
				start--
				break
			}
			depth--
		}
	}
	for depth := 0; ; end++ {
		if end >= ceiling || text[end] != '\n' && !blockByte[text[end]] {
			return 0, 0, false
		}
		if text[end] == '{' {
			depth++
		}
		if text[end] == '}' {
			if depth == 0 {
				return start, end + 1, blockOnly(text[start:end])
			}
			depth--
		}
	}
}

// blockOnly tells whether every line inside text, the first and last excepted, may stand in a block.
func blockOnly(text []byte) bool {
	lines := bytes.Split(text, []byte("\n"))
	for i := 1; i < len(lines)-1; i++ {
		if !blockLine(bytes.TrimRight(lines[i], "\r")) {
			return false
		}
	}
	return true
}

// jwkMembers reads the type and the secret member of a key in JSON, JSON within a string, or an object literal.
func jwkMembers(object []byte) (kty, secret string) {
	var fields map[string]any
	if json.Unmarshal(object, &fields) == nil {
		kty, _ = fields["kty"].(string)
		secret, _ = fields[jwkPrivate[kty]].(string)
		return kty, secret
	}
	fields = nil
	plain := strings.NewReplacer(`\"`, `"`, `\n`, " ", "'", `"`).Replace(string(object))
	kty = member(plain, "kty")
	if name := jwkPrivate[kty]; name != "" {
		secret = member(plain, name)
	}
	return kty, secret
}

// member returns the quoted value of a key, quoted or not.
func member(object, name string) string {
	for at := 0; ; {
		i := strings.Index(object[at:], name)
		if i < 0 {
			return ""
		}
		at += i + len(name)
		before := object[:at-len(name)]
		if before != "" && !strings.ContainsAny(before[len(before)-1:], "\"{, \t\n") {
			continue
		}
		rest := strings.TrimLeft(object[at:], "\" \t\n\r")
		rest, ok := strings.CutPrefix(rest, ":")
		if !ok {
			continue
		}
		rest = strings.TrimLeft(rest, " \t\n\r")
		if value, ok := strings.CutPrefix(rest, `"`); ok {
			if n := strings.IndexByte(value, '"'); n >= 0 {
				return value[:n]
			}
		}
	}
}
