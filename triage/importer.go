package triage

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/arrange"
)

// Imported is what another tool's list of accepted findings says.
type Imported struct {
	Format  string
	Notes   []string // what was left out, and why
	entries []importedEntry
}

// importedEntry is an entry of such a list, with the value as the other tool wrote it, which we never write.
type importedEntry struct {
	Entry
	secret string
}

// importer reads one format.
type importer struct {
	name  string
	about string
	fits  func(name string, data []byte) bool // tells the format by content
	read  func(im *Imported, data []byte, known func(rule string) bool) error
}

// importers in the order in which they are tried.
func importers() []importer {
	return []importer{
		{"detect-secrets", ".secrets.baseline of detect-secrets", fitsDetectSecrets, readDetectSecrets},
		{"trufflehog", "JSON lines of TruffleHog", fitsTruffleHog, readTruffleHog},
		{"kingfisher", "JSON of Kingfisher", fitsKingfisher, readKingfisher},
		{"gitleaks", "JSON report or baseline of gitleaks or betterleaks", fitsGitleaks, readGitleaks},
		{"trivyignore", ".trivyignore or .trivyignore.yaml", fitsTrivy, readTrivy},
		{"gitleaksignore", ".gitleaksignore or .betterleaksignore", fitsGitleaksIgnore, readGitleaksIgnore},
	}
}

// ImportFormats names the formats Import reads, with a line of help each.
func ImportFormats() map[string]string {
	out := map[string]string{}
	for _, f := range importers() {
		out[f.name] = f.about
	}
	return out
}

const maxImport = 1 << 30 // bytes

// Import reads another tool's list. With format "" it is told by file name and content. known tells whether a rule of
// ours has an id; nil: none has. What cannot be read of a list is noted and does not stop the rest.
func Import(format, name string, data []byte, known func(rule string) bool) (*Imported, error) {
	if len(data) > maxImport {
		return nil, fmt.Errorf("%s: over %d MiB", name, maxImport>>20)
	}
	if known == nil {
		known = func(string) bool { return false }
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	var names []string
	for _, f := range importers() {
		names = append(names, f.name)
		if format != f.name && (format != "" || !f.fits(name, data)) {
			continue
		}
		im := &Imported{Format: f.name}
		if err := f.read(im, data, known); err != nil {
			return nil, fmt.Errorf("%s: not read as %s: %w", name, f.name, err)
		}
		arrange.By(im.entries, func(a, b importedEntry) int { return compareEntries(a.Entry, b.Entry) })
		im.entries = slices.CompactFunc(im.entries, func(a, b importedEntry) bool { return a == b })
		return im, nil
	}
	if format != "" {
		return nil, fmt.Errorf("unknown format %q (%s)", format, strings.Join(names, ", "))
	}
	return nil, fmt.Errorf("%s: no known list of findings (%s); name its format", name, strings.Join(names, ", "))
}

func (im *Imported) note(format string, args ...any) {
	const most = 100
	switch len(im.Notes) {
	case most:
		im.Notes = append(im.Notes, "and more")
	case most + 1:
	default:
		im.Notes = append(im.Notes, fmt.Sprintf(format, args...))
	}
}

// add takes an entry for a place: path as the other tool wrote it, line and commit where it has them.
func (im *Imported) add(e Entry, file, secret string) {
	e.Path = escapeGlob(strings.TrimPrefix(strings.ReplaceAll(file, `\`, "/"), "./"))
	if e.Path != "" && !strings.Contains(e.Path, "/") {
		e.Path = "/" + e.Path // at the root, not in any folder
	}
	if e.Commit != "" && (len(e.Commit) < 7 || !hexadecimal(e.Commit) || strings.Contains(e.Commit, "-")) {
		e.Commit = ""
	}
	e.Commit = strings.ToLower(e.Commit)
	if redacted(secret) {
		secret = ""
	}
	entry := importedEntry{e, secret}
	if parsed, err := parseEntry(e.String()); err != nil || parsed == nil || !entry.narrow() && secret == "" {
		im.note("left out, since it names no line: %s", firstOf(e.String(), "an entry without a path"))
		return
	}
	im.entries = append(im.entries, entry)
}

// redacted tells whether a tool wrote a stand-in for the value.
func redacted(s string) bool {
	return s == "REDACTED" || strings.HasSuffix(s, "...") || strings.HasSuffix(s, "***") || strings.Contains(s, "[REDACTED]")
}

// escapeGlob makes a pattern that fits one path.
func escapeGlob(path string) string {
	return strings.NewReplacer("*", `\*`, "?", `\?`, "[", `\[`, "]", `\]`, "{", `\{`, "}", `\}`).Replace(path)
}

// Plain returns the entries as they can stand in an ignore file without a scan. Those for a line work until lines
// move; Resolve makes entries that last.
func (im *Imported) Plain() []Entry {
	var out []Entry
	for _, e := range im.entries {
		if e.narrow() {
			out = append(out, e.Entry)
		}
	}
	return out
}

// WholeLines counts the entries that silence whatever is found on a line.
func WholeLines(entries []Entry) int {
	n := 0
	for _, e := range entries {
		if e.Line > 0 && e.Rule == "" && e.SHA1 == "" && e.ID == "" {
			n++
		}
	}
	return n
}

// narrow tells whether the entry silences less than a whole file.
func (e *importedEntry) narrow() bool {
	return e.Line > 0 || e.SHA1 != "" || e.Rule != "" && !strings.HasSuffix(e.Rule, "*")
}

// Resolve turns imported entries into entries by id, with the findings of a scan of the same target. Where the other
// tool wrote the value, or a hash of it, findings with that value are taken; otherwise what stands on its line. What
// fits no finding stays as it was, and is returned apart: it may be of no use, or name what this scan did not see.
func (im *Imported) Resolve(findings []finding.Finding, key []byte) (resolved, left []Entry) {
	SetIDs(findings, key)
	ix := indexFindings(findings)
	seen := map[string]bool{}
	for _, e := range im.entries {
		fit := ix.fits(&e)
		for _, f := range fit {
			if seen[f.ID] {
				continue
			}
			seen[f.ID] = true
			resolved = append(resolved, Entry{ID: f.ID, Rule: f.Rule, Reason: e.Reason, Author: e.Author, Expires: e.Expires})
		}
		if len(fit) == 0 && e.narrow() {
			left = append(left, e.Entry)
		}
	}
	arrange.By(resolved, compareEntries)
	return resolved, left
}

// File returns the list as an ignore file that is used as it is, without being written: entries by id for what fits a
// finding, and those that name a rule or path for any. The rest fits nothing here and is left out.
func (im *Imported) File(name string, findings []finding.Finding, key []byte) *IgnoreFile {
	f := &IgnoreFile{Name: name}
	entries := im.Plain()
	if findings != nil {
		resolved, left := im.Resolve(findings, key)
		entries = append(resolved, slices.DeleteFunc(left, func(e Entry) bool { return e.Line > 0 || e.SHA1 != "" })...)
	}
	for _, e := range entries {
		f.lines = append(f.lines, ignoreLine{raw: e.String(), entry: &e})
	}
	return f
}

// findingIndex finds findings by value, hash and line, so that long lists take no longer than short ones.
type findingIndex struct {
	byValue, bySHA1, byLine map[string][]*finding.Finding
}

func indexFindings(findings []finding.Finding) *findingIndex {
	ix := &findingIndex{map[string][]*finding.Finding{}, map[string][]*finding.Finding{}, map[string][]*finding.Finding{}}
	for i := range findings {
		f := &findings[i]
		value := f.Secret.Reveal()
		ix.byValue[value] = append(ix.byValue[value], f)
		sum := sha1.Sum([]byte(value))
		hash := hex.EncodeToString(sum[:])
		ix.bySHA1[hash] = append(ix.bySHA1[hash], f)
		for j := range f.Places {
			line := f.Places[j].Start.Line
			k := fmt.Sprint(line)
			if list := ix.byLine[k]; len(list) == 0 || list[len(list)-1] != f {
				ix.byLine[k] = append(list, f)
			}
		}
	}
	return ix
}

func (ix *findingIndex) fits(e *importedEntry) []*finding.Finding {
	if e.secret != "" {
		if found := ix.byValue[strings.TrimSpace(e.secret)]; len(found) > 0 {
			return found
		}
	}
	if e.SHA1 != "" {
		return ix.bySHA1[e.SHA1]
	}
	if e.Line == 0 {
		return nil
	}
	var out []*finding.Finding
	for _, f := range ix.byLine[fmt.Sprint(e.Line)] {
		if e.fitsRule(f.Rule) && slices.ContainsFunc(f.Places, func(p finding.Place) bool { return p.Start.Line == e.Line && samePlace(e, &p) }) {
			out = append(out, f)
		}
	}
	return out
}

// samePlace compares paths from their ends, since tools write them from different roots.
func samePlace(e *importedEntry, p *finding.Place) bool {
	if e.Commit != "" && p.Origin.Git != nil && !strings.HasPrefix(p.Origin.Git.Commit, e.Commit) {
		return false
	}
	a, b := strings.TrimPrefix(e.Path, "/"), escapeGlob(strings.TrimPrefix(strings.TrimPrefix(p.Origin.Name(), "./"), "/"))
	return a == b || strings.HasSuffix(a, "/"+b) || strings.HasSuffix(b, "/"+a)
}

// eachJSON calls take with every object of a JSON list, of a list under one of the keys of an object, or of JSON lines.
func eachJSON(data []byte, keys []string, take func(raw json.RawMessage)) error {
	d := json.NewDecoder(bytes.NewReader(data))
	for d.More() {
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return err
		}
		if err := eachOf(raw, keys, take); err != nil {
			return err
		}
	}
	return nil
}

func eachOf(raw json.RawMessage, keys []string, take func(raw json.RawMessage)) error {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	if raw[0] == '[' {
		var list []json.RawMessage
		if err := json.Unmarshal(raw, &list); err != nil {
			return err
		}
		for _, r := range list {
			if err := eachOf(r, keys, take); err != nil {
				return err
			}
		}
		return nil
	}
	if raw[0] != '{' {
		return fmt.Errorf("%.20q is no object", raw)
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil {
		return err
	}
	for _, k := range keys {
		if inner := bytes.TrimSpace(object[k]); len(inner) > 0 && inner[0] == '[' {
			return eachOf(inner, keys, take)
		}
	}
	take(raw)
	return nil
}
