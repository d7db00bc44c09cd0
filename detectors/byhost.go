package detectors

import (
	"bytes"

	"github.com/unleak/unleak/detectors/generic"
	"github.com/unleak/unleak/finding"
)

// byHost appends what the rules of a provider say of a value that stands in a request to it: behind Bearer, in a header or
// as a parameter of a URL, where the provider's name is in no name but in the host. m is the match of the generic detector.
func (s *Scanner) byHost(text []byte, m *finding.Match, out []finding.Match) []finding.Match {
	if s.onMade || m.Confidence < generic.DefaultConfidence || len(m.Secret) < leastNamedByHost || m.Rule == generic.RuleURL || m.Rule == generic.RulePassword {
		return out
	}
	var stem []byte
	for _, around := range [...][]byte{text[m.Context.Start:m.Span.Start], text[m.Span.End:m.Context.End]} {
		if at := bytes.Index(around, []byte("://")); at >= 0 && len(stem) == 0 {
			stem = providerOf(around[at+len("://"):])
		}
	}
	if len(stem) == 0 {
		return out
	}
	name := nameAhead(text[m.Context.Start:m.Span.Start])
	names := [][]byte{name}
	if !tellsKind(name) {
		names = [][]byte{[]byte("api_token"), []byte("api_key")}
	}
	for _, name := range names {
		line := bytes.Join([][]byte{stem, []byte("_"), name, []byte("="), []byte(m.Secret), []byte("\n")}, nil)
		for _, found := range s.lines().Scan(line, nil, nil) {
			r := s.byID[found.Rule]
			if r == nil || r.Technique == "generic" || found.Secret != m.Secret {
				continue
			}
			found.Span, found.Context, found.Parts = m.Span, m.Context, nil
			return append(out, found)
		}
	}
	return out
}

// leastNamedByHost is the length of the shortest value that rules are asked about by the host.
const leastNamedByHost = 16

// lines returns a scanner for lines that are made up: a name and a value that do not stand side by side.
func (s *Scanner) lines() *Scanner {
	if s.made == nil {
		s.made = newScanner(s.Engine, 0)
		s.made.onMade = true
	}
	return s.made
}

// providerOf returns the words of the host that a URL starts with, its top level, and what every host may be called,
// aside: heroku for api.heroku.com/apps.
func providerOf(url []byte) []byte {
	end := bytes.IndexAny(url, "/?#:\"'`\\ \t<>|,;){}$%\n")
	if end < 0 {
		end = len(url)
	}
	host := url[bytes.LastIndexByte(url[:end], '@')+1 : end]
	dot := bytes.LastIndexByte(host, '.')
	if dot <= 0 {
		return nil
	}
	var words [][]byte
	for word := range bytes.SplitSeq(host[:dot], []byte(".")) {
		switch string(word) {
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
	return bytes.Join(words, []byte("_"))
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
