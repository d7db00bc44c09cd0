package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/unleak/unleak/detectors/generic"
)

type label struct {
	first, last int // lines
	kind        string
	from, to    int // value, columns in characters; from < 0: unknown
	category    string
	id          int
}

// sample is one candidate with what is known of it.
type sample struct {
	repo, file  string
	first, last int // lines of the value
	start       int // byte offset of the value
	length      int
	rule        string
	x           generic.Features
	y           float32
	weight      float32
	fixed       bool
	score       float64
	clean       bool
	made        bool // made up by augment
	line        string
}

type set struct {
	labels  map[string][]label
	total   int // labels T
	samples []sample
}

// readLabels reads the labels of the set.
func readLabels(dir string) (*set, error) {
	s := &set{labels: map[string][]label{}}
	f, err := os.Open(filepath.Join(dir, "labels.tsv"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	for i, row := range rows[1:] {
		l := label{kind: row[3], category: row[6], id: i, from: -1}
		if l.first, err = strconv.Atoi(row[1]); err != nil {
			return nil, fmt.Errorf("labels.tsv: row %d: %w", i+2, err)
		}
		if l.last, err = strconv.Atoi(row[2]); err != nil {
			return nil, fmt.Errorf("labels.tsv: row %d: %w", i+2, err)
		}
		if row[4] != "" && row[5] != "" {
			l.from, _ = strconv.Atoi(row[4])
			l.to, _ = strconv.Atoi(row[5])
		}
		if l.kind == "T" {
			s.total++
		}
		s.labels[row[0]] = append(s.labels[row[0]], l)
	}
	return s, nil
}

// readSet reads the labels, and the candidates of all files.
func readSet(dir string) (*set, error) {
	s, err := readLabels(dir)
	if err != nil {
		return nil, err
	}
	files, err := listFiles(filepath.Join(dir, "files"))
	if err != nil {
		return nil, err
	}
	d := generic.New()
	for _, name := range files {
		text, err := os.ReadFile(filepath.Join(dir, "files", name))
		if err != nil {
			return nil, err
		}
		repo, _, _ := strings.Cut(name, "/")
		found := candidates(d, text, repo, name)
		for i := range found {
			mark(&found[i], text, s.labels[name])
		}
		s.samples = append(s.samples, found...)
	}
	return s, nil
}

func listFiles(root string) ([]string, error) {
	var out []string
	err := filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
		if err != nil {
			return nil
		}
		if info.Mode().IsRegular() {
			rel, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			out = append(out, rel)
		}
		return nil
	})
	sort.Strings(out)
	return out, err
}

// candidates calls the detector at each keyword of a text, as the engine does.
func candidates(d *generic.Detector, text []byte, repo, name string) []sample {
	var out []sample
	folded := foldASCII(text)
	seen := map[[2]int]bool{}
	lines := newlines(text)
	for _, k := range generic.Keywords() {
		for at := 0; ; {
			i := bytes.Index(folded[at:], []byte(k))
			if i < 0 {
				break
			}
			i += at
			at = i + 1
			d.Candidates(text, i, len(k), func(c *generic.Candidate) {
				if c.RuledOut() {
					return
				}
				key := [2]int{c.Value.Start, c.Value.End}
				if seen[key] && c.Rule != generic.RuleURL {
					return
				}
				seen[key] = true
				first := lineOf(lines, c.Value.Start)
				out = append(out, sample{repo: repo, file: name, first: first, last: lineOf(lines, max(c.Value.Start, c.Value.End-1)),
					start: c.Value.Start, length: c.Value.Len(), rule: c.Rule, x: *c.Explain, fixed: *c.Explain == generic.Features{}, score: c.Score,
					line: excerpt(text, c)})
			})
		}
	}
	return out
}

func excerpt(text []byte, c *generic.Candidate) string {
	lo := max(c.Context.Start, min(c.Key.Start, c.Value.Start)-40)
	hi := min(c.Context.End, c.Value.End+30)
	return string(text[lo:c.Value.Start]) + "⟦" + string(text[c.Value.Start:c.Value.End]) + "⟧" + string(text[c.Value.End:max(hi, c.Value.End)])
}

func foldASCII(t []byte) []byte {
	out := make([]byte, len(t))
	for i, b := range t {
		if b >= 'A' && b <= 'Z' {
			b |= 0x20
		}
		out[i] = b
	}
	return out
}

// newlines returns the offset of each line.
func newlines(t []byte) []int {
	out := []int{0}
	for i, b := range t {
		if b == '\n' {
			out = append(out, i+1)
		}
	}
	return out
}

func lineOf(lines []int, at int) int {
	n, found := slices.BinarySearch(lines, at)
	if found {
		return n + 1
	}
	return n
}
