package verify

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// Verifier asks issuers. It is safe for concurrent use; limits hold for all calls together.
type Verifier struct {
	opts   Options
	lookup func(id string) (*rules.Rule, bool)
	client *Client
	cache  *cache
	audit  *audit
	global chan struct{} // one slot for each request under way

	checked sync.Map // *rules.Rule to error or nil: what Check says

	mu       sync.Mutex
	paces    map[string]*pace
	controls map[string]*control
}

// New returns a verifier for the rules that lookup knows. It opens the cache but no connection.
func New(opts Options, lookup func(id string) (*rules.Rule, bool)) (*Verifier, error) {
	opts, err := opts.complete()
	if err != nil {
		return nil, err
	}
	client, err := newClient(opts)
	if err != nil {
		return nil, err
	}
	cache, err := openCache(opts.Cache, opts.CacheTTL, opts.DryRun == nil)
	if err != nil {
		return nil, err
	}
	return &Verifier{
		opts: opts, lookup: lookup, client: client, cache: cache, audit: newAudit(opts.Audit, opts.Actor),
		global: make(chan struct{}, opts.Concurrency), paces: map[string]*pace{}, controls: map[string]*control{},
	}, nil
}

// ErrBudget is what Verify returns when Options.Budget ran out before all were asked.
var ErrBudget = errors.New("verify: out of time before every credential was asked about")

// Verify asks about every finding and sets its Verdict. A credential that stands in several findings is asked about
// once. What was learnt before an error, or before ctx ended, is kept; the rest is NotChecked with the cause. Errors
// of issuers are no errors here: they are verdicts.
func (v *Verifier) Verify(ctx context.Context, all []finding.Finding) error {
	jobs := v.plan(all)
	if v.opts.DryRun != nil {
		return v.dryRun(all, jobs)
	}
	run := ctx
	if v.opts.Budget > 0 {
		var cancel context.CancelFunc
		run, cancel = context.WithTimeoutCause(ctx, v.opts.Budget, ErrBudget)
		defer cancel()
	}
	v.runAll(run, jobs)
	v.client.Close()
	for _, j := range jobs {
		for _, i := range j.findings {
			verdict := j.verdict
			all[i].Verdict = &verdict
		}
	}
	err := errors.Join(v.audit.err(), v.cache.save())
	if run.Err() != nil {
		err = errors.Join(context.Cause(run), err)
	}
	return err
}

// runAll asks about all jobs, each host at its own pace: a slow host holds no other up.
func (v *Verifier) runAll(ctx context.Context, jobs []*job) {
	queues := map[string]chan *job{}
	var order []string
	count := map[string]int{}
	for _, j := range jobs {
		count[j.tries[0].target.Host]++
	}
	for _, j := range jobs {
		host := j.tries[0].target.Host
		if queues[host] == nil {
			queues[host] = make(chan *job, count[host])
			order = append(order, host)
		}
		queues[host] <- j
	}
	var wg sync.WaitGroup
	for _, host := range order {
		q := queues[host]
		close(q)
		for range min(count[host], v.opts.PerHost) {
			wg.Go(func() {
				for j := range q {
					v.run(ctx, j)
				}
			})
		}
	}
	wg.Wait()
}

// run fills in a job's verdict, from the cache or by asking.
func (v *Verifier) run(ctx context.Context, j *job) {
	defer func() {
		if p := recover(); p != nil {
			j.verdict = finding.Verdict{Status: finding.Unknown, Cause: fmt.Sprintf("the verifier broke down (%T)", p), Host: j.tries[0].target.Host}
		}
	}()
	if known, ok := v.cache.get(j.key); ok {
		j.verdict = known
		return
	}
	if ctx.Err() != nil {
		j.verdict = *notChecked("%s", endCause(ctx))
		return
	}
	if v.audit.err() != nil {
		j.verdict = *notChecked("the audit log cannot be written")
		return
	}
	j.verdict = v.ask(ctx, j)
	if v.audit.outcome(j) == nil {
		v.cache.put(j.key, j.verdict)
	}
}

func endCause(ctx context.Context) string {
	if errors.Is(context.Cause(ctx), ErrBudget) {
		return "out of time"
	}
	return "interrupted"
}

// now is the clock of records; answers never depend on it.
func now() time.Time { return time.Now().UTC() }
