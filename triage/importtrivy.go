package triage

import (
	"path"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Trivy's .trivyignore (docs, "Filtering", v0.6x, 2025): ids of rules of every kind of scan, one a line, with exp:DATE;
// and .trivyignore.yaml, where secrets have a list of their own with paths, expiry and a statement. Lines for
// vulnerabilities and misconfigurations mean nothing here.
type trivyFile struct {
	Secrets []trivySecret `yaml:"secrets"`
}

type trivySecret struct {
	ID        string   `yaml:"id"`
	Paths     []string `yaml:"paths"`
	Statement string   `yaml:"statement"`
	Expires   string   `yaml:"expired_at"`
}

func fitsTrivy(name string, data []byte) bool {
	base := path.Base(strings.ReplaceAll(name, `\`, "/"))
	return base == ".trivyignore" || base == ".trivyignore.yaml" || base == ".trivyignore.yml"
}

func readTrivy(im *Imported, data []byte, known func(string) bool) error {
	if looksYAML(string(data)) {
		return readTrivyYAML(im, data, known)
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		fields := strings.Fields(stripComment(line))
		if len(fields) == 0 {
			continue
		}
		s := trivySecret{ID: fields[0]}
		for _, f := range fields[1:] {
			if day, ok := strings.CutPrefix(f, "exp:"); ok {
				s.Expires = day
			}
		}
		im.trivy(s, known)
	}
	return nil
}

// looksYAML tells whether the first line that says something is a key.
func looksYAML(text string) bool {
	for line := range strings.Lines(text) {
		if line = stripComment(line); line != "" && line != "---" {
			return strings.HasSuffix(line, ":")
		}
	}
	return false
}

func readTrivyYAML(im *Imported, data []byte, known func(string) bool) error {
	var in trivyFile
	if err := yaml.Unmarshal(data, &in); err != nil {
		return err
	}
	for _, s := range in.Secrets {
		im.trivy(s, known)
	}
	return nil
}

// trivy adds an entry for a rule of Trivy that has a counterpart here.
func (im *Imported) trivy(s trivySecret, known func(string) bool) {
	if notSecret(s.ID) {
		return
	}
	rule := s.ID
	if ours, ok := trivyRules[rule]; ok {
		rule = ours
	}
	if !ruleID(rule) || !known(rule) {
		im.note("left out: %q is no rule known here; name the rule of unleak yourself", s.ID)
		return
	}
	e := Entry{Rule: rule, Reason: firstOf(s.Statement, "trivy: "+s.ID)}
	if s.Expires != "" {
		day, err := time.Parse(DateLayout, s.Expires[:min(len(s.Expires), len(DateLayout))])
		if err != nil {
			im.note("left out: %q: expiry %q is no date", s.ID, s.Expires)
			return
		}
		e.Expires = day
	}
	if len(s.Paths) == 0 {
		im.entries = append(im.entries, importedEntry{Entry: e})
		return
	}
	for _, p := range s.Paths {
		e.Path = strings.TrimPrefix(p, "./")
		if parsed, err := parseEntry(e.String()); err != nil || parsed == nil {
			im.note("left out: %q: path %q is no pattern", s.ID, p)
			continue
		}
		im.entries = append(im.entries, importedEntry{Entry: e})
	}
}

// notSecret tells ids of vulnerabilities, misconfigurations and licences.
func notSecret(id string) bool {
	for _, p := range []string{"CVE-", "GHSA-", "AVD-", "DS", "KSV", "AWS-", "AZU-", "GCP-", "DLA-", "DSA-", "RUSTSEC-", "GO-", "PYSEC-", "TEMP-", "NSWG-", "RHSA-", "ELSA-", "ALAS", "SNYK-"} {
		if strings.HasPrefix(id, p) {
			return true
		}
	}
	return id != strings.ToLower(id)
}

// trivyRules gives our rule for those of Trivy's (builtin-rules.go, 2026) that are called otherwise.
var trivyRules = map[string]string{
	"aws-access-key-id":         "aws-access-token",
	"hugging-face-access-token": "huggingface-access-token",
	"shopify-token":             "shopify-access-token",
	"slack-access-token":        "slack-bot-token",
	"slack-web-hook":            "slack-webhook-url",
	"stripe-publishable-token":  "stripe-publishable-key",
	"stripe-secret-token":       "stripe-access-token",
	"dockerconfig-secret":       "docker-config-auth",
	"jwt-token":                 "jwt",
	"facebook-token":            "facebook-secret",
	"grafana-api-token":         "grafana-api-key",
	"dropbox-api-secret":        "dropbox-api-token",
	"linear-api-token":          "linear-api-key",
	"mailgun-token":             "mailgun-private-api-token",
}
