package triage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// firstObject decodes the first object of JSON data, within lists too, to tell formats apart. It looks only at the
// start, so that a large file costs nothing.
func firstObject(data []byte) map[string]json.RawMessage {
	data = bytes.TrimLeft(data, " \t\r\n[")
	var o map[string]json.RawMessage
	if len(data) == 0 || data[0] != '{' || json.NewDecoder(bytes.NewReader(data)).Decode(&o) != nil {
		return nil
	}
	return o
}

func hasKeys(o map[string]json.RawMessage, keys ...string) bool {
	for _, k := range keys {
		if _, ok := o[k]; !ok {
			return false
		}
	}
	return len(keys) > 0
}

// detect-secrets v1.5 (docs, "baseline file", 2024): results by path, each with the SHA-1 of the value.
type detectSecrets struct {
	Results map[string][]struct {
		Type     string `json:"type"`
		Hash     string `json:"hashed_secret"`
		Line     int    `json:"line_number"`
		IsSecret *bool  `json:"is_secret"`
	} `json:"results"`
}

func fitsDetectSecrets(_ string, data []byte) bool {
	return hasKeys(firstObject(data), "plugins_used", "results")
}

func readDetectSecrets(im *Imported, data []byte, _ func(string) bool) error {
	var in detectSecrets
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	files := make([]string, 0, len(in.Results))
	for file := range in.Results {
		files = append(files, file)
	}
	slices.Sort(files)
	for _, file := range files {
		for _, r := range in.Results[file] {
			reason := "detect-secrets: " + r.Type
			if r.IsSecret != nil && *r.IsSecret {
				im.note("%s:%d: audited as a real secret (%s): it is imported, and should be rotated", file, r.Line, r.Type)
			}
			if len(r.Hash) != 40 {
				im.note("%s:%d: no SHA-1 of the value; left out", file, r.Line)
				continue
			}
			im.add(Entry{SHA1: strings.ToLower(r.Hash), Reason: reason}, file, "")
		}
	}
	return nil
}

// gitleaks v8.30 and betterleaks v1.7 (report.Finding, 2026-07).
type gitleaksFinding struct {
	RuleID, File, Commit, Secret, Fingerprint string
	StartLine                                 int
	Attributes                                map[string]any
}

func fitsGitleaks(name string, data []byte) bool {
	o := firstObject(data)
	empty := strings.TrimSpace(string(data))
	return hasKeys(o, "RuleID", "StartLine") || path.Ext(name) == ".json" && (empty == "[]" || empty == "null")
}

func readGitleaks(im *Imported, data []byte, known func(string) bool) error {
	return eachJSON(data, []string{"findings", "Findings"}, func(raw json.RawMessage) {
		var f gitleaksFinding
		if err := json.Unmarshal(raw, &f); err != nil {
			im.note("left out: %v", err)
			return
		}
		if f.File == "" {
			f.File, _ = f.Attributes["path"].(string)
		}
		if f.File == "" {
			im.note("left out: a finding of rule %s without a file", f.RuleID)
			return
		}
		im.add(Entry{Rule: kin(f.RuleID, known), Line: max(0, f.StartLine), Commit: f.Commit, Reason: "gitleaks: " + f.RuleID}, f.File, f.Secret)
	})
}

func fitsGitleaksIgnore(name string, data []byte) bool {
	if base := path.Base(strings.ReplaceAll(name, `\`, "/")); base == ".gitleaksignore" || base == ".betterleaksignore" {
		return true
	}
	for line := range strings.Lines(string(data)) {
		if line = stripComment(line); line != "" {
			_, ok := parseFingerprint(line)
			return ok
		}
	}
	return false
}

// readGitleaksIgnore reads [commit:]file:rule:line, one a line, with # comments.
func readGitleaksIgnore(im *Imported, data []byte, known func(string) bool) error {
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		if line = stripComment(line); line == "" {
			continue
		}
		f, ok := parseFingerprint(line)
		if !ok {
			im.note("line %d: %q is no fingerprint", n, line)
			continue
		}
		im.add(Entry{Rule: kin(f.RuleID, known), Line: f.StartLine, Commit: f.Commit, Reason: "gitleaks: " + f.RuleID}, f.File, "")
	}
	return nil
}

// anyIssuer are how ids of gitleaks begin whose rules know a credential by its shape or place: here it may be found as
// that of its issuer.
var anyIssuer = []string{"generic", "private", "jwt", "curl", "kubernetes", "hashicorp", "nuget", "age", "authress", "url"}

// kin returns which rules of ours may find what a rule of gitleaks found: those of its issuer. It is "" for any, where that
// is not known.
func kin(rule string, known func(string) bool) string {
	issuer, _, _ := strings.Cut(rule, "-")
	if !known(rule) || slices.Contains(anyIssuer, issuer) {
		return ""
	}
	return issuer + "-*"
}

func stripComment(line string) string {
	line = strings.TrimSpace(line)
	if strings.HasPrefix(line, "#") {
		return ""
	}
	if i := strings.Index(line, " #"); i >= 0 {
		line = strings.TrimSpace(line[:i])
	}
	return line
}

func parseFingerprint(line string) (f gitleaksFinding, ok bool) {
	parts := strings.Split(line, ":")
	if len(parts) < 3 {
		return f, false
	}
	n, err := strconv.Atoi(parts[len(parts)-1])
	if err != nil || n < 0 {
		return f, false
	}
	f.StartLine, f.RuleID = n, parts[len(parts)-2]
	rest := parts[:len(parts)-2]
	if len(rest) > 1 && len(rest[0]) == 40 && hexadecimal(rest[0]) {
		f.Commit, rest = rest[0], rest[1:]
	}
	f.File = strings.Join(rest, ":")
	return f, f.File != "" && f.RuleID != ""
}

// TruffleHog v3.9x writes one object a line (pkg/output/json.go, 2026): the place is under the name of its source.
type truffleHogFinding struct {
	DetectorName   string
	Raw            string
	SourceMetadata struct {
		Data map[string]struct {
			File   string `json:"file"`
			Path   string `json:"path"`
			Commit string `json:"commit"`
			Line   int    `json:"line"`
		}
	}
}

func fitsTruffleHog(_ string, data []byte) bool {
	return hasKeys(firstObject(data), "SourceMetadata", "DetectorName")
}

func readTruffleHog(im *Imported, data []byte, _ func(string) bool) error {
	return eachJSON(data, nil, func(raw json.RawMessage) {
		var f truffleHogFinding
		if err := json.Unmarshal(raw, &f); err != nil {
			im.note("left out: %v", err)
			return
		}
		if f.DetectorName == "" {
			return // a line of its log
		}
		found := false
		for _, place := range f.SourceMetadata.Data {
			if file := firstOf(place.File, place.Path); file != "" {
				found = true
				im.add(Entry{Line: max(0, place.Line), Commit: place.Commit, Reason: "trufflehog: " + f.DetectorName}, file, f.Raw)
			}
		}
		if !found {
			im.note("left out: a finding of %s without a file", f.DetectorName)
		}
	})
}

// Kingfisher (src/reporter/json_format.rs, 2025-06, and later): a list of findings, or of groups with matches.
type kingfisherFinding struct {
	Rule struct {
		ID string `json:"id"`
	} `json:"rule"`
	Finding struct {
		Snippet string          `json:"snippet"`
		Path    string          `json:"path"`
		Line    json.RawMessage `json:"line"`
		Git     *struct {
			Commit struct {
				ID string `json:"id"`
			} `json:"commit"`
			File *struct {
				Path string `json:"path"`
			} `json:"file"`
		} `json:"git_metadata"`
	} `json:"finding"`
}

var kingfisherLists = []string{"findings", "matches"}

func fitsKingfisher(_ string, data []byte) bool {
	o := firstObject(data)
	if hasKeys(o, "rule", "finding") || hasKeys(o, "id", "matches") {
		return true
	}
	return hasKeys(o, "findings") && hasKeys(firstObject(o["findings"]), "rule", "finding")
}

func readKingfisher(im *Imported, data []byte, _ func(string) bool) error {
	return eachJSON(data, kingfisherLists, func(raw json.RawMessage) {
		var f kingfisherFinding
		if err := json.Unmarshal(raw, &f); err != nil {
			im.note("left out: %v", err)
			return
		}
		line, _ := strconv.Atoi(strings.Trim(string(f.Finding.Line), `"`))
		e := Entry{Line: max(0, line), Reason: "kingfisher: " + f.Rule.ID}
		file := f.Finding.Path
		if g := f.Finding.Git; g != nil {
			e.Commit = g.Commit.ID
			if g.File != nil && g.File.Path != "" {
				file = g.File.Path
			}
		}
		if file == "" {
			im.note("left out: %s without a path", firstOf(f.Rule.ID, fmt.Sprintf("%.40q", raw)))
			return
		}
		im.add(e, file, f.Finding.Snippet)
	})
}
