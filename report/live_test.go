package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
)

// liveLines writes the findings of a report as a scan would tell them: each first with its last place alone, last first.
func liveLines(t *testing.T, r *finding.Report, show bool) string {
	t.Helper()
	var b bytes.Buffer
	l, err := NewLive(&b, r, Options{ShowSecrets: show})
	if err != nil {
		t.Fatal(err)
	}
	for i := len(r.Findings) - 1; i >= 0; i-- {
		f := r.Findings[i]
		f.Places = f.Places[len(f.Places)-1:]
		if err := l.Tell([]finding.Finding{f}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestLiveReadsBack holds that nothing of a report is lost by telling it bit by bit.
func TestLiveReadsBack(t *testing.T) {
	for name, r := range reports() {
		if name == "many" { // its findings share an id
			continue
		}
		for _, show := range []bool{false, true} {
			back, err := Read(name, strings.NewReader(liveLines(t, r, show)))
			if err != nil {
				t.Fatal(err)
			}
			want, err := Read(name, strings.NewReader(render(t, "json", r, Options{ShowSecrets: show})))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(render(t, "json", want, Options{ShowSecrets: show}), render(t, "json", back, Options{ShowSecrets: show})); diff != "" {
				t.Errorf("%s, shown %v: (-json +live)\n%s", name, show, diff)
			}
		}
	}
}

func TestLinesSchema(t *testing.T) {
	validate := validator(t, "../docs/schema/report-lines.schema.json", "../docs/schema/report.schema.json")
	kinds := map[string]bool{}
	check := func(text string) {
		for line := range strings.Lines(text) {
			if err := validate(line); err != nil {
				t.Errorf("%.300s: %v", line, err)
			}
			var kind struct{ Type string }
			if err := json.Unmarshal([]byte(line), &kind); err != nil {
				t.Fatal(err)
			}
			kinds[kind.Type] = true
		}
	}
	for _, r := range reports() {
		check(render(t, "jsonl", r, Options{}))
		check(liveLines(t, r, false))
	}
	withdrawn := fixture()
	var b bytes.Buffer
	l, err := NewLive(&b, withdrawn, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Tell(withdrawn.Findings, nil); err != nil {
		t.Fatal(err)
	}
	withdrawn.Findings = withdrawn.Findings[1:]
	if err := l.Close(withdrawn); err != nil {
		t.Fatal(err)
	}
	check(b.String())
	if r, err := Read("r", &b); err != nil || len(r.Findings) != len(withdrawn.Findings) {
		t.Errorf("what was withdrawn is read: %v", err)
	}
	if want := []string{"coverage", "final", "finding", "observation", "order", "report", "withdrawn"}; !slices.Equal(sortedKeys(kinds), want) {
		t.Errorf("only lines of types %v were seen", sortedKeys(kinds))
	}
	for _, wrong := range []string{`{"type":"finding"}`, `{"type":"final","id":"x"}`, `{"type":"withdrawn"}`, `{"type":"other"}`, `{}`} {
		if validate(wrong) == nil {
			t.Errorf("%s passes", wrong)
		}
	}
}

// TestLiveMasks holds what a line that goes out early may show: no secret of its text, none of those told before, and
// none of which it is known that they stand there.
func TestLiveMasks(t *testing.T) {
	value := func(n int) string {
		rng := rand.New(rand.NewPCG(uint64(n), 1))
		return fmt.Sprintf("%016x%016x", rng.Uint64(), rng.Uint64())
	}
	one := func(n int, line string) finding.Finding {
		return finding.Finding{ID: fmt.Sprintf("%020x", n), Rule: "r", Secret: finding.NewSecret(value(n)), Places: []finding.Place{{Line: line, Origin: finding.Origin{Path: "dir/" + value(1)}}}}
	}
	var b bytes.Buffer
	l, err := NewLive(&b, &finding.Report{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	neighbours := strings.Join([]string{value(1), value(2), value(3), value(4)}, " ")
	if err := l.Tell([]finding.Finding{one(1, neighbours), one(2, neighbours)}, []finding.Secret{finding.NewSecret(value(3))}); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 3; n++ {
		if strings.Contains(b.String(), value(n)) {
			t.Errorf("secret %d is shown", n)
		}
	}
	if !strings.Contains(b.String(), value(4)) {
		t.Error("nobody knew the fourth value yet: the line holds something else")
	}
	at := b.Len()
	if err := l.Tell([]finding.Finding{one(4, neighbours)}, nil); err != nil {
		t.Fatal(err)
	}
	r := &finding.Report{Findings: []finding.Finding{one(1, neighbours), one(2, neighbours), one(4, neighbours)}}
	if err := l.Close(r); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, 2, 3, 4} {
		if strings.Contains(b.String()[at:], value(n)) && n != 3 { // the third is no finding of the whole report
			t.Errorf("secret %d is shown later", n)
		}
	}
}

// TestLiveHead holds that what stands beside is masked from the first line on, and that no later line shows it.
func TestLiveHead(t *testing.T) {
	name := "dir/" + githubToken + "/"
	head := &finding.Report{Targets: []string{name}, Tree: &finding.Tree{Strip: name, Add: name}, Beside: []finding.Secret{finding.NewSecret(githubToken)},
		Revisions: []finding.Revision{{Repository: name, URI: name, Branch: name}}}
	var b bytes.Buffer
	l, err := NewLive(&b, head, Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := passwordFinding()
	f.Places[0].Origin.Path = name + "x"
	if err := l.Tell([]finding.Finding{f}, nil); err != nil {
		t.Fatal(err)
	}
	checkMasked(t, "jsonl", b.String(), githubToken)
}

// TestLearning holds that a masker which learns bit by bit masks as one that knew all from the start.
func TestLearning(t *testing.T) {
	r := everywhere("kX9vLq2Tz8"+strings.Repeat("Ab3", 9), "base64")
	r.Findings = append(r.Findings, fixture().Findings...)
	for n := range 1500 { // more than are kept apart, all in one bucket
		f := githubFinding()
		f.Secret = finding.NewSecret(fmt.Sprintf("ghp_%06x", n*7919%9973) + strings.Repeat("Zq", n%5))
		f.Places = f.Places[:1]
		f.Places[0].Line = "x " + f.Secret.Reveal() + " " + fmt.Sprintf("ghp_%06x", n*7919%9973)
		r.Findings = append(r.Findings, f)
	}
	all := newSecrets()
	all.gather(r.Findings, nil)
	whole := newMasker(all)
	s := newSecrets()
	bit := newMasker(s)
	for i := range r.Findings {
		s.gather(r.Findings[i:i+1], nil)
		bit.learn(s)
	}
	if diff := cmp.Diff(toJSON(&view{Report: whole.report(r)}), toJSON(&view{Report: bit.report(r)})); diff != "" {
		t.Errorf("(-at once +bit by bit)\n%s", diff)
	}
}

// BenchmarkLive tells of many findings one by one.
func BenchmarkLive(b *testing.B) {
	f := githubFinding()
	for b.Loop() {
		l, err := NewLive(io.Discard, &finding.Report{}, Options{})
		if err != nil {
			b.Fatal(err)
		}
		for n := range 5000 {
			g := f
			g.ID, g.Secret = fmt.Sprintf("%020x", n), finding.NewSecret("ghp_"+fmt.Sprintf("%036x", n*7919))
			if err := l.Tell([]finding.Finding{g}, nil); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkWithdraw tells of many findings of which the whole scan keeps none.
func BenchmarkWithdraw(b *testing.B) {
	all := make([]finding.Finding, 50000)
	for n := range all {
		all[n] = finding.Finding{ID: fmt.Sprintf("%020x", n), Rule: "r", Secret: finding.NewSecret("changeme"), Places: []finding.Place{{}}}
	}
	for b.Loop() {
		l, err := NewLive(io.Discard, &finding.Report{}, Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := l.Tell(all, nil); err != nil {
			b.Fatal(err)
		}
		if err := l.Close(&finding.Report{}); err != nil {
			b.Fatal(err)
		}
	}
}
