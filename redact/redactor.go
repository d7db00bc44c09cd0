package redact

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/detectors"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
	"github.com/unleak/unleak/rules/builtin"
	"github.com/unleak/unleak/scanner"
	"github.com/unleak/unleak/settle"
	"github.com/unleak/unleak/triage"
)

// Options of a redactor. The zero value of each field is a good default.
type Options struct {
	Rules  []rules.Rule                  // nil: the built-in ones
	Engine *detectors.Engine             // of these rules; nil: made from them
	Key    []byte                        // makes ids keyed, as in triage.ID
	Delay  time.Duration                 // after which a whole line goes out; 0: 10 ms
	Buffer int                           // most bytes held; 0: 8 MiB
	Keep   func(f *finding.Finding) bool // tells which credentials stay as they are; nil: none. They have no places

	// OnFindings is told of the credentials of a stretch of text before it goes out, by position, each with its one
	// place. One Writer or Reader calls it from one goroutine at a time; several may at once. nil: nobody wants to know.
	OnFindings func(found []finding.Finding)
}

const defaultDelay = 10 * time.Millisecond

// Redactor replaces credentials. It never changes and may be shared.
type Redactor struct {
	opts   Options
	engine *detectors.Engine
	plan   *settle.Plan
	ids    ids
	cores  sync.Pool // of *core, for String
}

// New compiles the rules.
func New(opts Options) (*Redactor, error) {
	if opts.Rules == nil {
		opts.Rules = builtin.Rules()
	}
	if opts.Engine == nil {
		e, err := detectors.New(opts.Rules, detectors.Options{})
		if err != nil {
			return nil, err
		}
		opts.Engine = e
	}
	if opts.Delay <= 0 {
		opts.Delay = defaultDelay
	}
	return &Redactor{opts: opts, engine: opts.Engine, plan: settle.NewPlan(opts.Rules), ids: ids{key: opts.Key}}, nil
}

// ErrPacked means that a text is compressed or an archive: credentials in it could not be replaced.
var ErrPacked = errors.New("the text is compressed or an archive: unpack it first")

// String returns s with its credentials replaced. A text that cannot be scanned is replaced as a whole.
func (r *Redactor) String(s string) string {
	c, _ := r.cores.Get().(*core)
	if c == nil {
		c = r.newCore(nil, r.opts.OnFindings)
	}
	var out bytes.Buffer
	c.out = &out
	err := c.write([]byte(s))
	if err == nil {
		err = c.flush(settle.End)
	}
	if err != nil {
		return Marker("unreadable", strings.Repeat("0", triage.IDLen))
	}
	c.reset()
	r.cores.Put(c)
	return out.String()
}

// packed tells whether a text begins like one that has to be unpacked to be read.
func packed(head []byte) bool { return archive.Detect(head) != archive.None }

var _ scanner.Detector = (*detectors.Scanner)(nil)
