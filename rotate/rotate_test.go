package rotate

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
	"github.com/unleak/unleak/triage"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func leak(id string, severity finding.Severity, verdict finding.Status, refs ...finding.StoreRef) finding.Finding {
	f := finding.Finding{
		ID: id, Rule: "rule-" + id, Title: "Key " + id, Severity: severity, Secret: finding.NewSecret("********"),
		Places: []finding.Place{
			{Origin: finding.Origin{Kind: finding.KindFile, Path: "app/" + id + ".env"}, Start: finding.Position{Line: 3}, Line: "DB_MAIN_PW=********", Mark: finding.Span{Start: 11, End: 19}},
			{Origin: finding.Origin{Kind: finding.KindGit, Path: "old.txt", Git: &finding.GitOrigin{Commit: "0123456789abcdef"}}, Start: finding.Position{Line: 1}},
		},
	}
	if verdict != "" {
		f.Verdict = &finding.Verdict{Status: verdict, Host: "api.example.com"}
	}
	if refs != nil {
		f.Stored = &finding.Stored{Refs: refs, Asked: []string{"vault"}}
	}
	return f
}

func report(all ...finding.Finding) *finding.Report {
	triage.Expose(all)
	return &finding.Report{Targets: []string{"."}, Findings: all}
}

func current() finding.StoreRef {
	return finding.StoreRef{Store: "vault", Path: "prod/app", Key: "pw", Version: "2", Current: true, Use: finding.PlaceRuntime}
}

func older() finding.StoreRef {
	return finding.StoreRef{Store: "vault", Path: "prod/app", Key: "pw", Version: "1"}
}

// What issuer and store say, and what follows.
func TestOutcome(t *testing.T) {
	for _, c := range []struct {
		verdict finding.Status
		refs    []finding.StoreRef
		want    Outcome
	}{
		{"", nil, Unknown},
		{finding.Unknown, []finding.StoreRef{}, Unknown},
		{finding.Unreliable, nil, Unknown},
		{finding.Live, nil, StillLive},
		{finding.Live, []finding.StoreRef{older()}, StillLive},
		{finding.Dead, nil, Revoked},
		{finding.Expired, []finding.StoreRef{}, Revoked},
		{finding.Dead, []finding.StoreRef{older()}, Rotated},
		{finding.Dead, []finding.StoreRef{current()}, Revoked},
		{"", []finding.StoreRef{current(), older()}, StillLive},
		{finding.Unknown, []finding.StoreRef{older()}, Rotated},
	} {
		f := leak("a", finding.High, c.verdict, c.refs...)
		if c.refs != nil && f.Stored == nil {
			f.Stored = &finding.Stored{}
		}
		got := Check(report(f), noon)
		if len(got) != 1 || got[0].Outcome != c.want || len(got[0].Evidence) == 0 || !got[0].Evidence[0].Time.Equal(noon) {
			t.Errorf("verdict %q, refs %v: %+v, want %s", c.verdict, c.refs, got, c.want)
		}
	}
}

func TestPlanOrderAndPlaces(t *testing.T) {
	hushed := leak("hushed", finding.Critical, finding.Live)
	hushed.Suppression = &finding.Suppression{By: "inline"}
	r := report(leak("low", finding.Low, ""), leak("dead", finding.Critical, finding.Dead), leak("crit", finding.Critical, ""), hushed,
		leak("live", finding.Medium, finding.Live, current(), older()))
	mentions := map[string][]finding.Place{
		"DB_MAIN_PW": {
			{Origin: finding.Origin{Kind: finding.KindFile, Path: "k8s/db.yaml"}, Start: finding.Position{Line: 9}},
			{Origin: finding.Origin{Kind: finding.KindFile, Path: ".github/workflows/ci.yml"}, Start: finding.Position{Line: 4}},
			{Origin: finding.Origin{Kind: finding.KindFile, Path: "app/live.env"}, Start: finding.Position{Line: 3}},
		},
	}
	plan := Make(r, Options{Mentions: mentions, Now: noon, Rule: func(id string) *rules.Rule {
		return &rules.Rule{ID: id, Opens: "the database", Remediation: []string{"Console: delete the key."}}
	}})
	var order []string
	for _, it := range plan.Items {
		order = append(order, it.Finding)
	}
	if d := cmp.Diff([]string{"live", "crit", "low"}, order); d != "" {
		t.Fatal(d)
	}
	var changes []string
	for _, c := range plan.Items[0].Change {
		changes = append(changes, c.Where+" "+c.Does)
	}
	if d := cmp.Diff([]string{
		"prod/app#pw in vault keeps it", "k8s/db.yaml:9 names it", ".github/workflows/ci.yml:4 names it", "app/live.env:3 holds the value", "old.txt (history, commit 0123456789):1 holds the value",
	}, changes); d != "" {
		t.Error(d)
	}
	it := plan.Items[0]
	if !strings.Contains(strings.Join(it.Checks, " "), "k8s/db.yaml:9") || !strings.Contains(it.Urgent[0], "Console: delete the key.") {
		t.Errorf("checklist %q, emergency %q", it.Checks, it.Urgent)
	}
}

func TestNamesOf(t *testing.T) {
	for line, want := range map[string][]string{
		`export API_KEY_PROD="`: {"API_KEY_PROD"}, `  "stripe-key": "`: {"stripe-key"}, `apiToken := '`: {"apiToken"}, `password=`: nil, `config.db_main: `: {"db_main"},
		`see `: nil, `Authorization: Bearer `: nil, `os.environ["DEPLOY_KEY"] = "`: {"DEPLOY_KEY"},
		`  - {name: DEPLOY_TOKEN, value: "`: {"DEPLOY_TOKEN"}, `{"name":"DEPLOY_TOKEN","value":"`: {"DEPLOY_TOKEN"}, `{ Name = "deploy-token", Value = "`: {"deploy-token"},
		`{name: token, value: `: nil, `hostname: DEPLOY_HOST, values: `: nil,
	} {
		f := finding.Finding{Places: []finding.Place{{Line: line + "********", Mark: finding.Span{Start: len(line), End: len(line) + 8}}}}
		if d := cmp.Diff(want, NamesOf(&f, nil)); d != "" {
			t.Errorf("%s: %s", line, d)
		}
	}
	for line, want := range map[string][]string{
		`  - {value: "********", name: DEPLOY_TOKEN}`: {"DEPLOY_TOKEN"}, `{"value":"********","name":"DEPLOY_TOKEN"}`: {"DEPLOY_TOKEN"},
		`{ Value = "********", Name = "deploy-token" }`: {"deploy-token"}, `{value: ********, name: token}`: nil, `{value: ********, hostname: DEPLOY_HOST}`: nil,
	} {
		at := strings.Index(line, "*")
		f := finding.Finding{Places: []finding.Place{{Line: line, Mark: finding.Span{Start: at, End: at + 8}}}}
		if d := cmp.Diff(want, NamesOf(&f, nil)); d != "" {
			t.Errorf("%s: %s", line, d)
		}
	}
	m := NewMentions([]string{"DB_PW"})
	got := m.Scan([]byte("DB_PW XDB_PW ${DB_PW}DB_PW2"), nil, nil)
	if len(got) != 2 || got[1].Span.Start != 15 {
		t.Errorf("mentions: %v", got)
	}
}

// A value on the line behind its name goes by that name.
func TestNameOnTheLineBefore(t *testing.T) {
	for _, c := range []struct {
		before, line, behind string
		want                 []string
	}{
		{"  - name: DEPLOY_TOKEN", "    value: ", "", []string{"DEPLOY_TOKEN"}},
		{"  - name: 'DEPLOY_TOKEN'  # of ci\r", `    value: "`, "", []string{"DEPLOY_TOKEN"}},
		{`  "name": "DEPLOY_TOKEN",`, `  "value": "`, "", []string{"DEPLOY_TOKEN"}},
		{`  { "Name" : "DEPLOY_TOKEN",`, `  "Value" : "`, "", []string{"DEPLOY_TOKEN"}},
		{`  name  = "deploy-token"`, `  value = "Bearer `, "", []string{"deploy-token"}},
		{"  - name: password", "    value: ", "", nil},
		{"  - name: Deploy the app", "    value: ", "", nil},
		{"  - hostname: DEPLOY_HOST", "    value: ", "", nil},
		{"  - name: DEPLOY_TOKEN", "    see ", "", nil},
		{"  - name: DEPLOY_TOKEN", "    other: ", "", nil},
		{"", "    value: ", "", nil},
		{"", "  - value: ", "    name: DEPLOY_TOKEN", []string{"DEPLOY_TOKEN"}},
		{"  - name: OTHER_TOKEN", "  - value: ", `    name: "DEPLOY_TOKEN" # of ci`, []string{"DEPLOY_TOKEN"}},
		{"  {", `    "value": "`, `    "name": "DEPLOY_TOKEN"`, []string{"DEPLOY_TOKEN"}},
		{"  - name: DEPLOY_TOKEN", "    value: ", "  - name: OTHER_TOKEN", []string{"DEPLOY_TOKEN"}},
		{"", "    value: ", "  - name: OTHER_TOKEN", nil},
		{"", "  - value: ", "    namespace: DEPLOY_HOST", nil},
	} {
		f := finding.Finding{Places: []finding.Place{{Line: c.line + "********", Mark: finding.Span{Start: len(c.line), End: len(c.line) + 8}}}}
		if d := cmp.Diff(c.want, NamesOf(&f, func(*finding.Place) (string, string) { return c.before, c.behind })); d != "" {
			t.Errorf("%s / %s: %s", c.before, c.line, d)
		}
	}
}

// A path or title cannot forge markup or steer a terminal.
func TestMarkdownIsClean(t *testing.T) {
	f := leak("a", finding.High, finding.Live)
	f.Places[0].Origin.Path = "x\n# forged\x1b[31m|<script>`"
	f.Title = "t\r\n## forged"
	r := report(f)
	var b bytes.Buffer
	if err := WritePlan(&b, Make(r, Options{Now: noon})); err != nil {
		t.Fatal(err)
	}
	in := NewIncident("r.json", r, noon)
	in.Add(r, Check(r, noon), noon)
	if err := WriteIncident(&b, in); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"\n# forged", "\n## forged", "\x1b", "<script"} {
		if strings.Contains(b.String(), bad) {
			t.Errorf("the page holds %q:\n%s", bad, b.String())
		}
	}
}

// An incident closes with the first check that proves everything, opens again when one does not, and survives a file.
func TestIncident(t *testing.T) {
	live, dead := report(leak("a", finding.High, finding.Live)), report(leak("a", finding.High, finding.Dead))
	in := NewIncident("r.json", live, noon)
	for i, r := range []*finding.Report{live, dead, dead} {
		var b bytes.Buffer
		in.Add(r, Check(r, noon), noon.Add(time.Duration(i)*time.Hour))
		if err := WriteJSON(&b, in); err != nil {
			t.Fatal(err)
		}
		var err error
		if in, err = ReadIncident("x", &b); err != nil {
			t.Fatal(err)
		}
	}
	if !in.Closed.Equal(noon.Add(time.Hour)) || len(in.Checks) != 3 || len(in.Leaks) != 1 || !in.Opened.Equal(noon) {
		t.Errorf("closed %v, %d checks, %d leaks", in.Closed, len(in.Checks), len(in.Leaks))
	}
	in.Add(live, Check(live, noon), noon)
	if !in.Closed.IsZero() {
		t.Error("still closed although one is live")
	}
	text, err := json.Marshal(in)
	if err != nil || strings.Contains(string(text), `"closed"`) {
		t.Errorf("%v %s", err, text)
	}
	if _, err := ReadIncident("x", strings.NewReader(`{"schema":"other/1"}`)); err == nil {
		t.Error("a file of another schema is taken")
	}
}
