package report

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/unleak/unleak/finding"
)

// leaks lists every way a value could stand in an output and still be read.
func leaks(value string) []string {
	out := []string{value, url.QueryEscape(value), url.PathEscape(value), hex.EncodeToString([]byte(value)), html.EscapeString(value)}
	if b, err := json.Marshal(value); err == nil {
		out = append(out, strings.Trim(string(b), `"`))
	}
	for _, prefix := range []string{"", "u:", "user:"} {
		b := base64.StdEncoding.EncodeToString([]byte(prefix + value))
		out = append(out, b[len(prefix)*4/3+2:len(b)-4])
	}
	for _, l := range strings.Split(value, "\n") {
		if l = strings.TrimSpace(l); len(l) >= 8 && !strings.HasPrefix(l, "-----") {
			out = append(out, l)
		}
	}
	return out
}

func checkMasked(t *testing.T, format, out string, values ...string) {
	t.Helper()
	for _, v := range values {
		for _, form := range leaks(v) {
			for _, s := range []string{form, strings.ReplaceAll(form, `\`, `\\`)} {
				if i := strings.Index(out, s); i >= 0 {
					t.Errorf("%s holds %q: ...%s...", format, s, out[max(0, i-60):min(len(out), i+len(s)+20)])
				}
			}
		}
	}
}

func TestNoFormatLeaks(t *testing.T) {
	for _, f := range Formats() {
		for _, width := range []int{60, 100, 200} {
			out := render(t, f.Name, fixture(), Options{Rule: catalogue, Width: width, MaxPlaces: -1, Template: exampleTemplate, Color: width == 200})
			checkMasked(t, f.Name, out, githubToken, awsID, awsSecret, password, privateKey, "s3cr3tPW9", githubToken[:20])
		}
	}
}

// TestShownWhenAsked makes sure that TestNoFormatLeaks could fail.
func TestShownWhenAsked(t *testing.T) {
	for _, f := range Formats() {
		out := render(t, f.Name, fixture(), Options{ShowSecrets: true, Template: exampleTemplate})
		if !strings.Contains(out, githubToken) || !strings.Contains(out, awsSecret) {
			t.Errorf("%s does not show secrets when asked", f.Name)
		}
	}
}

// everywhere plants a value in every string of a finding that comes from what was scanned.
func everywhere(value string, form string) *finding.Report {
	f := githubFinding()
	f.Secret = finding.NewSecret(value)
	text := "see " + form + ", or not"
	f.Tags = []string{text}
	f.Proofs = []finding.Proof{{Kind: "structure", Detail: text}}
	f.Verdict = &finding.Verdict{Status: finding.Unknown, Cause: text, Host: text, Facts: map[string]string{"fact": text}}
	f.Suppression = nil
	o := finding.Origin{Kind: finding.KindGit, Path: text, Inside: []string{text, text},
		Git:   &finding.GitOrigin{Repository: text, Author: text, Email: text, Subject: text, Ref: text, Paths: []string{text}, Branches: []string{text}},
		Image: &finding.ImageRef{Name: text, Platform: text, CreatedBy: text, Field: text},
		Log:   &finding.LogOrigin{Host: text, Unit: text}}
	f.Places = []finding.Place{{Origin: o, Line: text, Allow: text, Start: finding.Position{Line: 1, Column: 1}, End: finding.Position{Line: 1, Column: 2}}}
	for _, kind := range []finding.Kind{finding.KindImage, finding.KindConfig, finding.KindLog, finding.KindMessage} {
		p := f.Places[0]
		p.Origin.Kind = kind
		if kind != finding.KindMessage {
			p.Origin.Git = nil
		}
		if kind == finding.KindLog {
			p.Origin.Image = nil
		}
		f.Places = append(f.Places, p)
	}
	g := f
	g.Suppression = &finding.Suppression{By: "ignore file", Where: text, Reason: text}
	g.ID = "44f3a9c2d17b54e86a01"
	f.Exposure = &finding.Exposure{First: day("2025-01-01"), Places: 1, In: []string{text}, Owner: text}
	r := &finding.Report{Command: "dir", Targets: []string{text}, Findings: []finding.Finding{f, g},
		Observations: []finding.Observation{{Kind: "reuse", Title: text, Detail: text, Advice: text}}}
	r.Coverage.Count("files", 1)
	r.Coverage.Skip(finding.Skip{Name: text, Reason: finding.SkipFailed, Detail: text})
	for i := range 25 {
		r.Coverage.Skip(finding.Skip{Name: strconv.Itoa(i) + text, Reason: finding.SkipLFS})
	}
	r.Coverage.Note(text)
	return r
}

func TestEveryFieldMasked(t *testing.T) {
	values := []string{githubToken, awsSecret, password, privateKey, "pässwörd-ünïcode-1", `quo"te\back` + "slash9", "tab\tand 7 spaces"}
	for _, value := range values {
		planted := append(leaks(value)[:6], base64.StdEncoding.EncodeToString([]byte("user:"+value)), base64.URLEncoding.EncodeToString([]byte("us:"+value)),
			strings.ReplaceAll(value, "\n", `\n`), strings.ReplaceAll(value, "\n", ""))
		for _, form := range planted {
			for _, f := range Formats() {
				out := render(t, f.Name, everywhere(value, form), Options{Width: 200, MaxPlaces: -1, Template: exampleTemplate})
				checkMasked(t, f.Name, out, value)
				if strings.Contains(out, form) {
					t.Errorf("%s holds %q", f.Name, form)
				}
			}
		}
	}
}

// TestCutEdges checks that a secret of which a snippet holds only the beginning or the end does not show there.
func TestCutEdges(t *testing.T) {
	for n := 5; n < len(githubToken); n++ {
		for _, line := range []string{githubToken[len(githubToken)-n:] + " x", "x " + githubToken[:n]} {
			r := fixture()
			r.Findings[1].Places[0].Line, r.Findings[1].Places[0].Mark = line, finding.Span{}
			out := render(t, "jsonl", r, Options{})
			part := strings.Trim(strings.TrimSuffix(strings.TrimPrefix(line, "x "), " x"), " ")
			if strings.Contains(out, part) {
				t.Errorf("%d characters at the edge are shown: %q", n, line)
			}
		}
	}
}

func TestPlainWordsStayInNames(t *testing.T) {
	f := passwordFinding()
	f.Suppression = nil
	f.Secret = finding.NewSecret("postgres")
	f.Places[0].Origin = finding.Origin{Kind: finding.KindFile, Path: "docker/postgres/env"}
	f.Places[0].Line, f.Places[0].Mark = lineWith("PASSWORD=", "postgres", " # for postgres, postgresql")
	out := render(t, "text", &finding.Report{Findings: []finding.Finding{f}}, Options{})
	for _, want := range []string{"docker/postgres/env:1:4", "PASSWORD=******** # for ********, postgresql"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

// TestNotesStayReadable holds that a note names what it is about, also where a password is a word of that.
func TestNotesStayReadable(t *testing.T) {
	r := fixture()
	r.Findings[0].Secret = finding.NewSecret("hunterz")
	r.Coverage.Note(".unleakignore:1: entry silenced nothing: path=hunterz/old.conf")
	r.Coverage.Note("entry " + awsSecret)
	out := render(t, "json", r, Options{})
	if !strings.Contains(out, "path=hunterz/old.conf") || strings.Contains(out, awsSecret) {
		t.Error(out[strings.Index(out, `"notes"`):])
	}
}

// TestAdviceStaysReadable: a gap in a sentence of the program's own would tell the word that stands there.
func TestAdviceStaysReadable(t *testing.T) {
	r := fixture()
	r.Findings[0].Secret = finding.NewSecret("Azure")
	r.Observations[0].Title, r.Observations[0].Detail = "Inline setting: Azure", "Azure.yml:2: the value of "+awsSecret+" stands in the file."
	r.Observations[0].Advice = "Import the store (AWS, GCP and Azure have their own): " + awsSecret
	for _, format := range []string{"text", "json", "html"} {
		out := render(t, format, r, Options{Width: 200})
		for _, want := range []string{"AWS, GCP and Azure have their own", "Inline setting: Azure", "Azure.yml:2: the value of"} {
			if !strings.Contains(out, want) {
				t.Errorf("%s: no %q", format, want)
			}
		}
		if strings.Contains(out, awsSecret) {
			t.Errorf("%s: a secret stays in an observation", format)
		}
	}
}

// TestMarkFollows checks that the mark stands on the mask, with secrets before and behind it.
func TestMarkFollows(t *testing.T) {
	r := fixture()
	p := &r.Findings[0].Places[0]
	p.Line, p.Mark = lineWith(awsSecret+" "+awsID+" ", githubToken, " "+awsSecret)
	v := newView(r, Options{})
	q := v.Findings[0].Places[0]
	if got := q.Line[q.Mark.Start:q.Mark.End]; got != finding.Mask(githubToken) {
		t.Errorf("mark stands on %q in %q", got, q.Line)
	}
	if want := "kT9v******** AKIA******** ghp_******** kT9v********"; q.Line != want {
		t.Errorf("line %q, want %q", q.Line, want)
	}
}

// TestMatcherAgrees compares the matcher with the plain way on random texts over a small alphabet.
func TestMatcherAgrees(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	word := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = "ab"[rng.IntN(2)]
		}
		return string(b)
	}
	for range 2000 {
		var patterns []masked
		for range 1 + rng.IntN(6) {
			patterns = append(patterns, masked{word(4 + rng.IntN(5)), "*"})
		}
		text := word(40)
		covered := make([]bool, len(text))
		for _, p := range patterns {
			for i := range text {
				if strings.HasPrefix(text[i:], p.text) {
					for j := range len(p.text) {
						covered[i+j] = true
					}
				}
			}
		}
		got := make([]bool, len(text))
		for _, h := range newMatcher(patterns, nil, nil).find(text, nil) {
			for i := h.start; i < h.end; i++ {
				got[i] = true
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(covered) {
			t.Fatalf("%v in %q:\n got %v\nwant %v", patterns, text, got, covered)
		}
	}
}

func FuzzMask(f *testing.F) {
	f.Add("hunter2hunter2!", "a ", " b")
	f.Add(privateKey, "x", "y")
	f.Fuzz(func(t *testing.T, value, before, after string) {
		if len(value) < 8 || plainWord(value) || alreadyMasked(value) || strings.Trim(value, "*") == "" {
			t.Skip()
		}
		r := &finding.Report{Findings: []finding.Finding{{Secret: finding.NewSecret(value), Places: []finding.Place{{Line: before + value + after}}}}}
		v := newView(r, Options{})
		if line := v.Findings[0].Places[0].Line; strings.Contains(line, value) && !strings.Contains(finding.Mask(value), value) {
			t.Errorf("%q stays in %q", value, line)
		}
	})
}

// One run: go test ./report -bench Mask
func BenchmarkMask(b *testing.B) {
	r := &finding.Report{}
	rng := rand.New(rand.NewPCG(3, 4))
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	for range 20000 {
		s := []byte("gh" + "p_")
		for range 36 {
			s = append(s, alphabet[rng.IntN(len(alphabet))])
		}
		f := githubFinding()
		f.Secret = finding.NewSecret(string(s))
		f.Places = f.Places[:1]
		f.Places[0].Line, f.Places[0].Mark = lineWith("	token := \"", string(s), "\" // some more text of the line, of usual length")
		r.Findings = append(r.Findings, f)
	}
	for b.Loop() {
		newView(r, Options{})
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/20000, "µs/finding")
}

// TestPartsOfOtherPlaces holds that no format shows what another place of a credential has for its parts.
func TestPartsOfOtherPlaces(t *testing.T) {
	tokens := []string{"IQoJb3Jp" + strings.Repeat("xK9/", 20), "IQoJb3Jq" + strings.Repeat("vT3+", 20), "IQoJb3Jr" + strings.Repeat("mW7a", 20)}
	f := githubFinding()
	f.Suppression, f.Places = nil, nil
	for i, token := range tokens {
		set := []finding.Part{{Name: "session token", Value: finding.NewSecret(token)}}
		switch i {
		case 0:
			f.Parts = set
		case 1:
			f.Elsewhere = append(f.Elsewhere, set)
		default:
			f.Beyond = set
		}
		f.Places = append(f.Places, finding.Place{Start: finding.Position{Line: 1, Column: 1}, End: finding.Position{Line: 1, Column: 2},
			Origin: finding.Origin{Kind: finding.KindFile, Path: fmt.Sprintf("%d.json", i)}, Line: `{"id": "x", "SessionToken": "` + token + `"}`})
	}
	r := &finding.Report{Command: "dir", Targets: []string{"."}, Findings: []finding.Finding{f}}
	for _, format := range Formats() {
		checkMasked(t, format.Name, render(t, format.Name, r, Options{Width: 200, MaxPlaces: -1, Template: exampleTemplate}), tokens...)
	}
	for _, set := range Masked(r).Findings[0].AllParts() {
		for _, p := range set {
			checkMasked(t, "the masked copy", p.Value.Reveal(), tokens...)
		}
	}
	if f.Elsewhere[0][0].Value.Reveal() != tokens[1] {
		t.Error("masking changed the finding itself")
	}
}
