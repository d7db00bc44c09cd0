package settle

import (
	"regexp"
	"regexp/syntax"

	"github.com/unleak/unleak/rules"
)

// Plan is what a set of rules asks of a growing text. It never changes once made and may be shared.
type Plan struct {
	partOnly map[string]bool
	member   *regexp.Regexp
	ready    chan struct{}
	open     []*openRule // of use once ready is closed
}

// NewPlan takes up the rules that go on over a line break behind the beginning of their secret. That takes some
// milliseconds and goes on after NewPlan has returned.
func NewPlan(set []rules.Rule) *Plan {
	p := &Plan{
		partOnly: map[string]bool{}, ready: make(chan struct{}),
		member: regexp.MustCompile(`(?:^|["'{,\s\\])[dk]\\*["']?\s*:\s*\\*["'][A-Za-z0-9_+/=-]{16,}`),
	}
	for i := range set {
		if set[i].PartOnly {
			p.partOnly[set[i].ID] = true
		}
	}
	go p.work(set)
	return p
}

func (p *Plan) work(set []rules.Rule) {
	defer close(p.ready)
	for i := range set {
		r := &set[i]
		if r.Technique != "" || !r.Plan.GoesOn || len(r.Plan.Literals) == 0 {
			continue // a rule without a literal sees one line at a time
		}
		tree, err := syntax.Parse(r.Pattern(), syntax.Perl)
		if err != nil {
			continue // the loader has checked the syntax
		}
		if o, err := newOpenRule(r, tree); err == nil {
			p.open = append(p.open, o)
		}
	}
}
