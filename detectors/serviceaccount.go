package detectors

import (
	"bytes"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// serviceAccountTechnique finds the private key of a Google Cloud service account: a PEM key right behind the
// "private_key_id" member of its JSON file. The account's address, which follows, becomes a part.
type serviceAccountTechnique struct{ pemTechnique }

func (t serviceAccountTechnique) try(s *Scanner, c *compiled, l *rules.Literal, text []byte, pos int, out []finding.Match) []finding.Match {
	head := text[max(0, pos-pemBefore):pos]
	id := jsonString(head, "private_key_id")
	if id == "" || !bytes.Contains(head, []byte(`private_key`)) {
		return out
	}
	n := len(out)
	out = t.pemTechnique.try(s, c, l, text, pos, out)
	if len(out) == n {
		return out
	}
	m := &out[n]
	m.Rank = rankBlock + 1
	m.Proofs = append(m.Proofs, finding.Proof{Kind: "structure", Detail: "service account key file"})
	tail := text[m.Span.End:min(len(text), m.Span.End+pemAfter)]
	if mail := jsonString(tail, "client_email"); mail != "" {
		m.Parts = append(m.Parts, finding.Part{Name: "client email", Value: finding.NewSecret(mail), Span: m.Span})
	}
	m.Parts = append(m.Parts, finding.Part{Name: "private key id", Value: finding.NewSecret(id), Span: m.Span})
	return out
}

// jsonString returns the string value of a member, quoted plainly or with escaped quotes, or "".
func jsonString(text []byte, name string) string {
	i := bytes.Index(text, []byte(name))
	if i < 0 {
		return ""
	}
	rest := bytes.TrimLeft(text[i+len(name):], `\"': `)
	n := bytes.IndexAny(rest, "\\\"',\n")
	if n <= 0 {
		return ""
	}
	return string(rest[:n])
}
