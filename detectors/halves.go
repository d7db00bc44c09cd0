package detectors

import (
	"bytes"
	"slices"
	"strings"

	"github.com/unleak/unleak/detectors/generic"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// half is what names of credentials of two parts end in, without separators and in lower case.
type half struct {
	secret string // of the secret part
	alone  bool   // whoever is named so is no use without the other part
	ids    []role // of the other parts, those that tell more first
}

// role is the name of a part, and what its setting's name ends in.
type role struct{ name, suffix string }

const (
	roleClientID  = "client id"
	roleAppID     = "app id"
	roleAPIKey    = "api key"
	roleKeyID     = "key id"
	roleAccessKey = "access key id"
	rolePassword  = "passphrase"
	roleUser      = "user"
	roleKey       = "key"
)

// halves lists them, the longer of two that end alike first. Names: the environment variables and settings that the
// providers' own documentation uses, 2025.
var halves = []half{
	{"accesstokensecret", true, []role{{"access token", "accesstoken"}}},
	{"apikeysecret", true, []role{{roleAPIKey, "apikeyname"}, {roleAPIKey, "apikeysid"}, {roleAPIKey, "apikeyid"}, {roleAPIKey, "apikey"}, {"account sid", "accountsid"}}},
	{"apisecretkey", true, []role{{roleAPIKey, "apikeyid"}, {roleAPIKey, "apikey"}, {rolePassword, "passphrase"}}},
	{"secretaccesskey", true, []role{{roleAccessKey, "accesskeyid"}, {roleAccessKey, "accesskey"}}},
	{"accesskeysecret", true, []role{{roleAccessKey, "accesskeyid"}, {roleAccessKey, "accesskey"}}},
	{"applicationsecret", true, []role{{roleAppID, "applicationid"}, {roleAppID, "applicationkey"}, {roleAppID, "appid"}, {"consumer key", "consumerkey"}}},
	{"applicationkey", false, []role{{roleKeyID, "applicationkeyid"}, {roleKeyID, "keyid"}}},
	{"appcertificate", true, []role{{roleAppID, "appid"}}},
	{"appsecret", true, []role{{roleAppID, "appid"}, {roleAppID, "appkey"}, {roleAppID, "applicationid"}}},
	{"consumersecret", true, []role{{"consumer key", "consumerkey"}}},
	{"clientsecret", true, []role{{roleClientID, "clientid"}, {roleClientID, "clientkey"}, {roleClientID, "integrationkey"}, {"account id", "accountid"}, {"tenant id", "tenantid"}, {"client token", "clienttoken"}, {"access token", "accesstoken"}, {"domain", "domain"}}},
	{"channelsecret", true, []role{{"channel id", "channelid"}}},
	{"corpsecret", true, []role{{"corp id", "corpid"}}},
	{"sharedsecret", false, []role{{roleAPIKey, "apikey"}, {roleKeyID, "keystring"}}},
	{"tokensecret", true, []role{{"token id", "tokenid"}, {"token key", "tokenkey"}, {"token", "token"}}},
	{"keysecret", true, []role{{roleKeyID, "keyid"}, {roleKeyID, "keyname"}, {roleKeyID, "keysid"}}},
	{"apisecret", true, []role{{roleAPIKey, "apikeyid"}, {roleAPIKey, "apikey"}, {roleAPIKey, "accesskey"}, {roleAPIKey, "apitoken"}, {rolePassword, "apipassphrase"}, {rolePassword, "passphrase"}}},
	{"secretkey", false, []role{{roleAccessKey, "accesskeyid"}, {roleAccessKey, "accesskey"}, {"secret id", "secretid"}, {roleAPIKey, "apikey"}, {"public key", "publickey"}, {roleKeyID, "keyid"}, {rolePassword, "passphrase"}}},
	{"privatekey", false, []role{{"public key", "publickey"}, {roleAPIKey, "apikeyname"}, {roleAPIKey, "apikey"}, {roleKeyID, "keyname"}, {"merchant id", "merchantid"}}},
	{"authtoken", false, []role{{"account sid", "accountsid"}, {"auth id", "authid"}}},
	{"appkey", false, []role{{roleAPIKey, "apikey"}}},
	{"secret", false, []role{{roleClientID, "clientid"}, {roleAppID, "appid"}, {roleKey, "key"}, {roleAPIKey, "apikey"}, {roleKeyID, "keyid"}}},
	{"accesskey", false, []role{{roleUser, "username"}, {"access id", "accessid"}, {roleUser, "user"}}},
	{"adminkey", false, []role{{roleAppID, "appid"}, {roleAppID, "applicationid"}}},
	{"apitoken", false, []role{{roleUser, "apiemail"}, {roleUser, "email"}, {"domain", "domain"}, {"subdomain", "subdomain"}, {"domain", "orgurl"}}},
	{"apikey", false, []role{{roleUser, "apiemail"}, {roleUser, "email"}, {roleUser, "username"}, {"account id", "accountid"}, {roleAppID, "appid"}, {"domain", "domain"}}},
	{"password", false, []role{{"account", "account"}}},
	{"token", false, []role{{roleUser, "email"}, {"domain", "domain"}, {"url", "resturl"}}},
}

// halfOf returns what a bare name ends in, and its stem.
func halfOf(name string) (h *half, stem string) {
	for i := range halves {
		if stem, ok := strings.CutSuffix(name, halves[i].secret); ok {
			return &halves[i], stem
		}
	}
	return nil, ""
}

// bare returns a name without what separates its words.
func bare(name string) string {
	for i := range len(name) {
		if separates(name[i]) {
			return string(bareOf([]byte(name)))
		}
	}
	return name
}

// bareOf is bare in place.
func bareOf(name []byte) []byte {
	out := name[:0]
	for _, c := range name {
		if !separates(c) {
			out = append(out, c)
		}
	}
	return out
}

func separates(c byte) bool { return c == '_' || c == '-' || c == '.' || c == ' ' }

// otherHalf gives a match the parts of its credential that are named as it is, but for their last words: ACME_API_KEY
// beside ACME_API_SECRET, or clientId beside clientSecret in the same block. A half alone is tagged.
func (s *Scanner) otherHalf(text []byte, m *finding.Match, c *compiled) {
	if s.onMade || c == nil || c.Technique != "" && c.Technique != "generic" || len(m.Secret) > settingValue || m.Confidence < s.opts.MinConfidence && !generic.MayRise(m.Confidence) {
		return
	}
	name, at := nameBefore(text, m.Span.Start)
	name = bare(name)
	if name != "" && at >= m.Context.Start {
		m.Name = name
	}
	h, stem := halfOf(name)
	if h == nil {
		return
	}
	all, _ := s.settings.around(text, finding.Span{Start: at, End: m.Span.End}, stem == "")
	for i := range all {
		all[i].name = bareOf(all[i].name)
	}
	for _, r := range h.ids {
		if named(m, r.name) || stem == "" && r.name == roleKey {
			continue
		}
		var best *setting // the nearest
		for i := range all {
			if set := &all[i]; (best == nil || set.far < best.far) && set.isNamed(stem, r.suffix) && h.mayPair(m, r, string(set.value)) {
				best = set
			}
		}
		if best != nil {
			m.Parts = append(slices.Clip(m.Parts), finding.Part{Name: r.name, Value: finding.NewSecret(string(best.value)), Span: spanNear(text, best.value, m.Span)})
		}
	}
	if h.alone && (!c.Plan.Marked || slices.Contains(wholeHalves, h.secret)) && !hasHalf(m) {
		m.Tags = addTag(m.Tags, tagHalf)
	}
}

// isNamed tells whether the setting's bare name is a stem and a suffix.
func (s *setting) isNamed(stem, suffix string) bool {
	return len(s.name) == len(stem)+len(suffix) && string(s.name[:len(stem)]) == stem && string(s.name[len(stem):]) == suffix
}

// mayPair tells whether a value may be the part of m in a role.
func (h *half) mayPair(m *finding.Match, r role, value string) bool {
	if len(value) < leastPart || value == m.Secret || r.name == roleUser && h.secret != "accesskey" && !strings.Contains(value, "@") {
		return false
	}
	return !slices.ContainsFunc(m.Parts, func(p finding.Part) bool { return p.Value == finding.NewSecret(value) })
}

// wholeHalves are no use alone even where they bear an issuer's mark; what others call an API secret may be a token.
var wholeHalves = []string{"clientsecret", "consumersecret", "applicationsecret", "appsecret"}

// idOf returns the role that a match plays for the secret that is named by a stem and a half; "" for none.
func (h *half) idOf(stem string, m *finding.Match) string {
	rest, ok := strings.CutPrefix(m.Name, stem)
	if !ok || rest == "" {
		return ""
	}
	for _, r := range h.ids {
		if r.suffix == rest && (stem != "" || r.name != roleKey) {
			return r.name
		}
	}
	return ""
}

// tagHalf marks a part of a credential that stands without the others: it opens nothing alone.
const tagHalf = "half"

// hasHalf tells whether a match has another part of its credential.
func hasHalf(m *finding.Match) bool {
	return slices.ContainsFunc(m.Parts, func(p finding.Part) bool { return !p.Open() })
}

// declaredHalf tells whether a match has one of the parts that its rule names.
func declaredHalf(m *finding.Match, parts []rules.PartRule) bool {
	return slices.ContainsFunc(m.Parts, func(p finding.Part) bool {
		return slices.ContainsFunc(parts, func(r rules.PartRule) bool { return r.Name == p.Name })
	})
}

// leastPart is the length of the shortest value that may be a part.
const leastPart = 4

// spanNear returns where a value stands near a span.
func spanNear(text, value []byte, at finding.Span) finding.Span {
	from := max(0, at.Start-2*nearReach)
	best := at
	for i := from; ; {
		n := bytes.Index(text[i:min(len(text), at.End+2*nearReach)], value)
		if n < 0 {
			return best
		}
		found := finding.Span{Start: i + n, End: i + n + len(value)}
		if best == at || apart(found, at) < apart(best, at) {
			best = found
		}
		i = found.End
	}
}

// named tells whether a match has a part of that name, however it was found.
func named(m *finding.Match, name string) bool {
	return slices.ContainsFunc(m.Parts, func(p finding.Part) bool { return p.Name == name })
}
