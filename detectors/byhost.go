package detectors

import (
	"bytes"
	"slices"
	"strings"

	"github.com/unleak/unleak/detectors/generic"
	"github.com/unleak/unleak/finding"
)

// byHost appends what the rules of a provider say of a value that stands in a request to its API: in a header or as a
// parameter of a URL, where the provider's name is in no name but in the host. A host that merely stands nearby says
// nothing: whoever verifies would send the value there. m is the match of the generic detector.
func (s *Scanner) byHost(text []byte, m *finding.Match, out []finding.Match) []finding.Match {
	if s.onMade || m.Confidence < generic.DefaultConfidence || len(m.Secret) < leastNamedByHost || m.Rule == generic.RuleURL || m.Rule == generic.RulePassword {
		return out
	}
	if !bytes.Contains(text[m.Context.Start:m.Context.End], []byte("://")) {
		return out
	}
	host := requestHost(text[m.Context.Start:m.Context.End], m.Span.Start-m.Context.Start, m.Span.End-m.Context.Start)
	stem := providerOf(host)
	if stem == "" {
		return out
	}
	name := nameAhead(text[m.Context.Start:m.Span.Start])
	names := []string{string(name)}
	if !tellsKind(name) {
		names = keyNames
	}
	for _, name := range names {
		for _, found := range s.onLine(stem+"_"+name, m.Secret) {
			c := s.byID[found.Rule]
			if c == nil || c.Regex == "" || found.Secret != m.Secret || !c.asks(host, stem) {
				continue
			}
			found.Span, found.Context, found.Parts = m.Span, m.Context, nil
			if s.admitMade(c, text, &found, "named by the host "+host) {
				out = append(out, found)
			}
			return out
		}
	}
	return out
}

// leastNamedByHost is the length of the shortest value that rules are asked about by the host.
const leastNamedByHost = 16

// keyNames stand in for a name that says nothing of what kind of credential it names.
var keyNames = []string{"api_token", "api_key"}

// onLine returns what the rules say of a line that is made up: a name and a value that do not stand side by side.
func (s *Scanner) onLine(name, value string) []finding.Match {
	return s.lines().Scan([]byte(name+"="+value+"\n"), nil, nil)
}

// lines returns a scanner for lines that are made up. It asks no rule
// for its extras, which judge the text as it is (see admitMade), and makes up no further lines.
func (s *Scanner) lines() *Scanner {
	if s.made == nil {
		s.made = newScanner(s.Engine, 0)
		s.made.onMade = true
	}
	return s.made
}

// admitMade judges a match that was found on a made-up line, and now stands in text, by its rule's extras; by says what
// made up the line.
func (s *Scanner) admitMade(c *compiled, text []byte, m *finding.Match, by string) bool {
	if s.extras && !s.admit(c, text, m.Span, m) {
		s.traceDrop(c, text, m.Context, m.Span.Start, m.Span.End, by+", but a filter, or no keyword or required rule nearby")
		return false
	}
	s.traceNamed(c, m, by)
	return true
}

// asks tells whether a rule's credential is one for a host: the host that is asked to verify it, or an API of the same
// domain. Of a rule without such a host only api.PROVIDER.TLD is; stem is what providerOf says.
func (c *compiled) asks(host, stem string) bool {
	api := strings.HasPrefix(host, "api.")
	if c.Verify == nil || c.Verify.URL == "" {
		return api && !strings.Contains(stem, "_")
	}
	for _, url := range slices.Concat([]string{c.Verify.URL}, c.Verify.Also, c.Verify.Hosts) {
		_, rest, ok := strings.Cut(url, "://")
		if !ok {
			rest = url
		}
		asked, _, _ := strings.Cut(rest, "/")
		if i := strings.LastIndexAny(asked, "}*"); i >= 0 {
			asked = strings.TrimLeft(asked[i+1:], "-.")
			if strings.Contains(asked, ".") && (strings.HasSuffix(host, "."+asked) || strings.HasSuffix(host, "-"+asked)) {
				return true
			}
			continue
		}
		if host == asked || api && domainOf(host) == domainOf(asked) {
			return true
		}
	}
	return false
}

// domainOf returns the last two labels of a host.
func domainOf(host string) string {
	i := strings.LastIndexByte(host, '.')
	return host[strings.LastIndexByte(host[:max(0, i)], '.')+1:]
}

// providerOf returns the words of a host, its top level, and what every host may be called, aside: heroku for
// api.heroku.com.
func providerOf(host string) string {
	dot := strings.LastIndexByte(host, '.')
	if dot <= 0 {
		return ""
	}
	var words []string
	for word := range strings.SplitSeq(host[:dot], ".") {
		switch word {
		case "www", "api", "apis", "app", "com", "dev", "rest", "gateway", "staging", "sandbox", "prod", "example", "localhost", "cloud", "mcp", "auth", "test":
			continue
		}
		if len(word) >= 3 {
			words = append(words, word)
		}
	}
	if len(words) > 3 {
		words = words[len(words)-3:]
	}
	return strings.Join(words, "_")
}

// nameAhead returns the name that stands before a value, and what ties it.
func nameAhead(before []byte) []byte {
	before = bytes.TrimRight(before, " \t=:\"'`>([{")
	i := len(before)
	for i > 0 && isNameByte(before[i-1]) {
		i--
	}
	return before[i:]
}

// tellsKind tells whether a name says what kind of credential it is.
func tellsKind(name []byte) bool {
	low := bytes.ToLower(name)
	for _, w := range [...]string{"key", "token", "secret", "pat", "appid"} {
		if bytes.Contains(low, []byte(w)) {
			return true
		}
	}
	return false
}
