package rotate

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
	"github.com/unleak/unleak/triage"
	"github.com/unleak/unleak/verify"
)

// PlanSchema names the version of a plan's JSON.
const PlanSchema = "unleak-rotation-plan/1"

// Plan is what to do, in order.
type Plan struct {
	Schema string    `json:"schema"`
	Made   time.Time `json:"made"`
	Items  []Item    `json:"items"`
	Left   int       `json:"left_out,omitempty"` // findings of severity info: public ids, examples
}

// Item is the rotation of one credential.
type Item struct {
	Order    int              `json:"order"` // from 1
	Finding  string           `json:"finding"`
	Same     []string         `json:"same_value,omitempty"` // findings with this value by other rules, which it is for as well
	Rule     string           `json:"rule"`
	Title    string           `json:"title"`
	Severity finding.Severity `json:"severity"`
	Secret   string           `json:"secret"` // masked
	Status   finding.Status   `json:"status"`
	Stored   string           `json:"stored,omitempty"` // what the stores say
	Opens    string           `json:"opens,omitempty"`
	Why      string           `json:"why"` // why it stands here in the order
	Owner    string           `json:"owner,omitempty"`
	Since    time.Time        `json:"since,omitzero"` // exposed since
	Steps    []string         `json:"steps"`          // of the rule
	Change   []Change         `json:"change"`
	Checks   []string         `json:"checklist"` // replacing it without an outage
	Urgent   []string         `json:"emergency"` // when there is no time for that
}

// Change is one place to change.
type Change struct {
	Where  string            `json:"where"`
	Kind   finding.PlaceKind `json:"kind,omitempty"`
	Does   string            `json:"does"` // "holds the value", "names it" or "keeps it"
	Name   string            `json:"name,omitempty"`
	Action string            `json:"action"`
}

// What a place has to do with a secret.
const (
	Holds = "holds the value"
	Names = "names it"
	Keeps = "keeps it" // a store
)

// Options of a plan.
type Options struct {
	Rule     func(id string) *rules.Rule                  // what is known of a rule; nil: nothing
	Mentions map[string][]finding.Place                   // places by the name they mention, from a scan with Mentions
	Beside   func(*finding.Place) (before, behind string) // the lines before and behind a place's, which may name the value; nil: nobody knows
	Now      time.Time
}

// Make makes the plan of a masked report whose findings have ids and exposures. What is silenced and what issuers call
// dead or expired needs no rotation; the latter may still be removed, which is no matter of order. Nor does what is public by
// design. One value is rotated once, whatever rules found it.
func Make(r *finding.Report, o Options) Plan {
	p := Plan{Schema: PlanSchema, Made: o.Now.UTC().Truncate(time.Second), Items: []Item{}}
	planned := map[string]bool{}
	for _, i := range verify.Emergency(r.Findings) {
		f := &r.Findings[i]
		switch {
		case f.Suppression != nil || over(f) || planned[f.ID] && f.ID != "":
			continue
		case harmless(f):
			p.Left++
			continue
		}
		f, same := united(f, r.Findings)
		for _, id := range same {
			planned[id] = true
		}
		item := Item{
			Order: len(p.Items) + 1, Finding: f.ID, Same: same, Rule: f.Rule, Title: cmp.Or(f.Title, f.Rule), Severity: f.Severity,
			Secret: f.Secret.Reveal(), Status: finding.NotChecked, Why: why(f), Steps: []string{}, Change: []Change{},
		}
		if f.Verdict != nil {
			item.Status = f.Verdict.Status
		}
		if f.Stored != nil {
			item.Stored = f.Stored.Says()
		}
		if x := f.Exposure; x != nil {
			item.Owner, item.Since = x.Owner, x.First
		}
		if o.Rule != nil {
			if rule := o.Rule(f.Rule); rule != nil {
				item.Opens, item.Steps = rule.Opens, append(item.Steps, rule.Remediation...)
			}
		}
		if len(item.Steps) == 0 {
			item.Steps = []string{"Revoke the credential where it was issued, and issue another with the least rights it needs."}
		}
		item.Change = changes(f, &o)
		item.Checks = checklist(f, &item)
		item.Urgent = emergency(f, &item)
		p.Items = append(p.Items, item)
	}
	return p
}

// harmless tells whether there is nothing to rotate: a public id or an example, that no issuer takes for more.
func harmless(f *finding.Finding) bool {
	return f.Severity == finding.Info && (f.Verdict == nil || f.Verdict.Status != finding.Live) && (f.Stored == nil || !f.Stored.Current())
}

// united returns a finding with the places of those of the same value, and their ids.
func united(f *finding.Finding, all []finding.Finding) (*finding.Finding, []string) {
	if len(f.Same) == 0 {
		return f, nil
	}
	out := *f
	out.Places = slices.Clone(f.Places)
	var ids []string
	for i := range all {
		if g := &all[i]; g.Suppression == nil && slices.Contains(f.Same, g.ID) {
			ids = append(ids, g.ID)
			out.Places = append(out.Places, g.Places...)
		}
	}
	slices.Sort(ids)
	return &out, ids
}

// over tells whether the issuer takes the credential no longer.
func over(f *finding.Finding) bool {
	return f.Verdict != nil && (f.Verdict.Status == finding.Dead || f.Verdict.Status == finding.Expired)
}

func why(f *finding.Finding) string {
	text := f.Severity.String()
	switch {
	case f.Verdict != nil && f.Verdict.Status == finding.Live:
		text = "live, " + text
	case f.Stored != nil && f.Stored.Current():
		text = "still handed out by a store, " + text
	case f.Verdict == nil || f.Verdict.Status == finding.NotChecked:
		text += ", not asked whether it is live"
	default:
		text += ", " + string(f.Verdict.Status) + " whether it is live"
	}
	if n := len(f.Places); n > 1 {
		text += fmt.Sprintf(", at %d places", n)
	}
	return text
}

// changes lists the places to change: stores, then what runs, then pipelines, then the rest, each once.
func changes(f *finding.Finding, o *Options) []Change {
	out := []Change{}
	seen := map[string]bool{}
	add := func(c Change) {
		if key := c.Where + "\x00" + c.Does; !seen[key] {
			seen[key] = true
			out = append(out, c)
		}
	}
	if f.Stored != nil {
		for _, r := range f.Stored.Refs {
			if r.Current {
				add(Change{Where: r.Name() + " in " + r.Store, Kind: r.Use, Does: Keeps, Action: "write the new value as its next version"})
			}
		}
	}
	held := map[string]bool{}
	for i := range f.Places {
		from := &f.Places[i].Origin
		kind := triage.KindOfPlace(from)
		held[from.Name()] = held[from.Name()] || !from.InName()
		add(Change{Where: where(&f.Places[i]), Kind: kind, Does: Holds, Action: removal(from, kind)})
	}
	for _, name := range NamesOf(f, o.Beside) {
		for i := range o.Mentions[name] {
			p := &o.Mentions[name][i]
			if held[p.Origin.Name()] {
				continue
			}
			kind := triage.KindOfPlace(&p.Origin)
			add(Change{Where: where(p), Kind: kind, Does: Names, Name: name, Action: rollout(kind)})
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		return cmp.Or(cmp.Compare(rankOf(&out[i]), rankOf(&out[j])), cmp.Compare(out[i].Where, out[j].Where)) < 0
	})
	return out
}

func rankOf(c *Change) int {
	if c.Does == Keeps {
		return 0
	}
	n := slices.Index([]finding.PlaceKind{finding.PlaceRuntime, finding.PlacePipeline, finding.PlaceConfig, finding.PlaceSource}, c.Kind)
	if n < 0 {
		n = 9
	}
	if c.Does == Holds {
		return 2 + 2*n
	}
	return 1 + 2*n
}

// where names a place: a path with its line, or what stands for it.
func where(p *finding.Place) string {
	o := &p.Origin
	path, line, _ := p.Now()
	at := finding.Origin{Path: path, Inside: o.Inside}
	name := at.Name()
	switch {
	case o.Image != nil && name == "":
		name = o.Image.Name + " " + o.Image.Field
	case o.Image != nil:
		name = o.Image.Name + ": " + name
	case o.Kind == finding.KindMessage && o.Git != nil:
		name = "message of " + cmp.Or(short(o.Git.Commit), o.Git.Ref)
	case o.BlobName() != "":
		name = o.BlobName()
	case o.Git != nil && !present(o) && o.Git.Commit != "":
		name += " (history, commit " + short(o.Git.Commit) + ")"
	}
	if name == "" {
		name = string(o.Kind)
	}
	if o.InName() {
		return name + " (its name)"
	}
	if line <= 0 {
		return name
	}
	return fmt.Sprintf("%s:%d", name, line)
}

func short(id string) string { return id[:min(len(id), 10)] }

// present tells whether a place of a repository is still at a branch's tip.
func present(o *finding.Origin) bool { return o.Git == nil || o.Git.AtHead || len(o.Git.Branches) > 0 }

func removal(o *finding.Origin, kind finding.PlaceKind) string {
	switch {
	case o.Git != nil && o.Git.Unreachable:
		text := "nothing to deploy; revoke it, then forget it here: `" + finding.Forget + "`"
		if o.Git.Blob != "" {
			text += " (`git cat-file -p " + short(o.Git.Blob) + "` shows it)"
		}
		return text
	case !present(o) || kind == finding.PlaceHistory:
		return "nothing to deploy: history keeps it, so only revoking helps"
	case kind == finding.PlaceImage:
		return "rebuild the image without it, and delete the old tags"
	case kind == finding.PlaceLog:
		return "purge it, and keep the program from logging it"
	}
	if o.InName() {
		return "rename it"
	}
	return "replace the value by a reference to the store"
}

func rollout(kind finding.PlaceKind) string {
	switch kind {
	case finding.PlaceRuntime:
		return "roll out again, so that running instances take the new value"
	case finding.PlacePipeline:
		return "set the new value where the pipeline's secrets are kept, and run it"
	case finding.PlaceDocs, finding.PlaceTest:
		return "look whether it takes the real value"
	}
	return "check where it gets the value from"
}
