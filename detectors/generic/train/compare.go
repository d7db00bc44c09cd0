package main

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// hit is one finding of a report: what score.py reads of it.
type hit struct {
	file        string
	first, last int
	rule        string
}

// gitleaksRow, trufflehogRow and titusRow are what is read of the reports of those programs (gitleaks 8, trufflehog 3,
// titus 1, in 2026).
type gitleaksRow struct {
	File               string
	StartLine, EndLine int
	RuleID             string
}

type trufflehogRow struct {
	SourceMetadata struct {
		Data struct {
			Filesystem struct {
				File string `json:"file"`
				Line int    `json:"line"`
			}
		}
	}
	DetectorName string
}

type titusRow struct {
	BlobID, RuleID string
	Location       struct {
		Source struct {
			Start, End struct{ Line int }
		}
	}
}

// readReport reads a report of any of the formats known, over the files of the set at root.
func readReport(path, root string) ([]hit, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	switch {
	case bytes.Contains(b[:min(len(b), 400)], []byte(`"SourceMetadata"`)):
		return readTrufflehog(b)
	case bytes.Contains(b[:min(len(b), 400)], []byte(`"BlobID"`)):
		return readTitus(b, root)
	}
	var rows []gitleaksRow
	if err := json.Unmarshal(b, &rows); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var out []hit
	for _, r := range rows {
		out = append(out, hit{relative(r.File), r.StartLine, r.EndLine, r.RuleID})
	}
	return out, nil
}

func readTrufflehog(b []byte) ([]hit, error) {
	var out []hit
	s := bufio.NewScanner(bytes.NewReader(b))
	s.Buffer(nil, 64<<20)
	for s.Scan() {
		var r trufflehogRow
		if err := json.Unmarshal(s.Bytes(), &r); err != nil {
			return nil, err
		}
		f := r.SourceMetadata.Data.Filesystem
		out = append(out, hit{relative(f.File), f.Line, f.Line, r.DetectorName})
	}
	return out, s.Err()
}

// readTitus finds the files by git's ids of their contents.
func readTitus(b []byte, root string) ([]hit, error) {
	var rows []titusRow
	if err := json.Unmarshal(b, &rows); err != nil {
		return nil, err
	}
	files, err := listFiles(root)
	if err != nil {
		return nil, err
	}
	names := map[string][]string{}
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(root, f))
		if err != nil {
			return nil, err
		}
		h := sha1.New()
		fmt.Fprintf(h, "blob %d\x00%s", len(text), text)
		id := hex.EncodeToString(h.Sum(nil))
		names[id] = append(names[id], f)
	}
	var out []hit
	for _, r := range rows {
		for _, f := range names[r.BlobID] {
			out = append(out, hit{f, r.Location.Source.Start.Line, r.Location.Source.End.Line, r.RuleID})
		}
	}
	return out, nil
}

// relative returns what follows the folder files in a path, as score.py has it.
func relative(name string) string {
	name = "/" + strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "./")
	if _, after, ok := strings.Cut(name, "/files/"); ok {
		return after
	}
	return strings.TrimPrefix(name, "/")
}

// scored is a report held against the labels.
type scored struct {
	figures
	hit map[int]bool
}

func (s *set) scoreHits(hits []hit, skip func(hit) bool) scored {
	out := scored{hit: map[int]bool{}}
	seen := map[hit]bool{}
	for _, h := range hits {
		if skip != nil && skip(h) {
			continue
		}
		kind, ids := judge(s, &sample{file: h.file, first: h.first, last: h.last})
		for _, id := range ids {
			out.hit[id] = true
		}
		place := hit{file: h.file, first: h.first, rule: h.rule}
		if kind == isHit || kind == isIgnored || seen[place] {
			continue
		}
		seen[place] = true
		if kind == isFalse {
			out.false++
		} else {
			out.unlabelled++
		}
	}
	out.total, out.found = s.total, len(out.hit)
	return out
}

// compare prints the figures of several reports, given as NAME=FILE, in Markdown.
func compare(set, doc string, args []string) error {
	s, err := readLabels(set)
	if err != nil {
		return err
	}
	var names []string
	var all []scored
	for _, a := range args {
		name, file, _ := strings.Cut(a, "=")
		hits, err := readReport(file, filepath.Join(set, "files"))
		if err != nil {
			return err
		}
		names, all = append(names, name), append(all, s.scoreHits(hits, nil))
	}
	var b strings.Builder
	b.WriteString("| | found | false | unlabelled | recall | precision | F1 | strict F1 |\n|---|---|---|---|---|---|---|---|\n")
	for i, r := range all {
		fmt.Fprintf(&b, "| %s | %d of %d | %d | %d | %.3f | %.3f | %.3f | %.3f |\n", names[i], r.found, r.total, r.false, r.unlabelled,
			r.recall(), r.precision(), harmonic(r.precision(), r.recall()), harmonic(r.strict(), r.recall()))
	}
	fmt.Fprintf(&b, "\n| Labels found, by category | of | %s |\n|---|---|%s\n", strings.Join(names, " | "), strings.Repeat("---|", len(names)))
	s.byCategory(&b, all)
	fmt.Print(b.String())
	return replaceSection(doc, "comparison", b.String())
}

func (s *set) byCategory(b *strings.Builder, all []scored) {
	total := map[string]int{}
	found := map[string][]int{}
	for _, labels := range s.labels {
		for _, l := range labels {
			if l.kind != "T" {
				continue
			}
			for c := range strings.SplitSeq(l.category, ":") {
				total[c]++
				if found[c] == nil {
					found[c] = make([]int, len(all))
				}
				for i := range all {
					if all[i].hit[l.id] {
						found[c][i]++
					}
				}
			}
		}
	}
	names := make([]string, 0, len(total))
	for c := range total {
		names = append(names, c)
	}
	slices.SortFunc(names, func(x, y string) int { return cmp.Or(cmp.Compare(total[y], total[x]), cmp.Compare(x, y)) })
	for _, c := range names {
		fmt.Fprintf(b, "| %s | %d |", c, total[c])
		for _, n := range found[c] {
			fmt.Fprintf(b, " %d |", n)
		}
		b.WriteString("\n")
	}
}

// replaceSection puts text between the marks of a section of a document; without a document it does nothing.
func replaceSection(doc, name, text string) error {
	if doc == "" {
		return nil
	}
	b, err := os.ReadFile(doc)
	if err != nil {
		return err
	}
	open, shut := "<!-- begin "+name+" -->\n", "<!-- end "+name+" -->"
	before, rest, ok := strings.Cut(string(b), open)
	_, after, ok2 := strings.Cut(rest, shut)
	if !ok || !ok2 {
		return fmt.Errorf("%s: no section %q: add the marks %q and %q", doc, name, strings.TrimSpace(open), shut)
	}
	return os.WriteFile(doc, []byte(before+open+"\n"+strings.TrimSpace(text)+"\n\n"+shut+after), 0o644)
}
