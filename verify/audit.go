package verify

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/unleak/unleak/finding"
)

// audit writes one JSON line for each contact and each outcome. It is safe for concurrent use.
type audit struct {
	mu     sync.Mutex
	w      io.Writer
	who    string
	where  string // this machine
	broken error
}

// auditLine is the shape of a line. Its fields are kept: log pipelines rely on them.
type auditLine struct {
	Time    string         `json:"time"`    // RFC 3339, UTC
	Actor   string         `json:"actor"`   // who runs it
	Machine string         `json:"machine"` // where
	Event   string         `json:"event"`   // "request", "control" or "verdict"
	Rule    string         `json:"rule"`
	Finding string         `json:"finding"` // id
	Host    string         `json:"host"`
	Outcome finding.Status `json:"outcome"`
	Cause   string         `json:"cause,omitempty"`
}

func newAudit(w io.Writer, who string) *audit {
	name, err := os.Hostname()
	if err != nil {
		name = "unknown"
	}
	return &audit{w: w, who: who, where: name}
}

func (a *audit) request(j *job, t try, event string, v finding.Verdict) {
	v.Cause = scrub(v.Cause, t.cred.values())
	_ = a.write(j, event, v)
}

func (a *audit) outcome(j *job) error { return a.write(j, "verdict", j.verdict) }

func (a *audit) write(j *job, event string, v finding.Verdict) error {
	if a.w == nil {
		return nil
	}
	line, err := json.Marshal(auditLine{
		Time: now().Format("2006-01-02T15:04:05.000Z"), Actor: a.who, Machine: a.where, Event: event, Rule: j.rule.ID,
		Finding: j.id, Host: v.Host, Outcome: v.Status, Cause: v.Cause,
	})
	a.mu.Lock()
	defer a.mu.Unlock()
	if err == nil {
		_, err = a.w.Write(append(line, '\n'))
	}
	if err != nil && a.broken == nil {
		a.broken = fmt.Errorf("verify: audit log: %w", err)
	}
	return a.broken
}

// err returns the first failure: nothing more is asked after it.
func (a *audit) err() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.broken
}
