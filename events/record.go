package events

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/report"
)

// The formats.
const (
	OCSF = "ocsf"
	ECS  = "ecs"
)

// Record gathers the events of one run. It takes audit lines as an io.Writer, from any goroutine.
type Record struct {
	Format  string // OCSF or ECS
	Version string // of unleak

	mu     sync.Mutex
	events [][]byte
}

// Report adds the findings and the coverage of a report.
func (r *Record) Report(rep *finding.Report, o report.Options) error {
	var b bytes.Buffer
	o.ShowSecrets = false
	if err := report.Write(&b, r.Format, rep, o); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, line := range bytes.Split(bytes.TrimSpace(b.Bytes()), []byte("\n")) {
		e, err := r.seal(line)
		if err != nil {
			return err
		}
		r.events = append(r.events, e)
	}
	return nil
}

// Write takes one audit line of package verify: a request to an issuer, its verdict, or an access to a store.
func (r *Record) Write(line []byte) (int, error) {
	e, err := r.audit(line)
	if err != nil {
		return 0, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
	return len(line), nil
}

// Take returns the events gathered so far and forgets them.
func (r *Record) Take() [][]byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.events
	r.events = nil
	return out
}

type object = map[string]any

// seal gives an event its id: a hash of the whole, its time included.
func (r *Record) seal(line []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	var e object
	if err := d.Decode(&e); err != nil {
		return nil, fmt.Errorf("event: %w", err)
	}
	sum := sha256.Sum256(line)
	id := hex.EncodeToString(sum[:16])
	if r.Format == OCSF {
		meta, _ := e["metadata"].(object)
		if meta == nil {
			meta = object{}
			e["metadata"] = meta
		}
		meta["uid"] = id
	} else {
		labels, _ := e["labels"].(object)
		if labels == nil {
			labels = object{}
			e["labels"] = labels
		}
		labels["event_uid"] = id
	}
	return json.Marshal(e)
}

// auditLine is what counts of a line of the audit log.
type auditLine struct {
	Time    time.Time `json:"time"`
	Actor   string    `json:"actor"`
	Machine string    `json:"machine"`
	Event   string    `json:"event"`
	Rule    string    `json:"rule"`
	Finding string    `json:"finding"`
	Store   string    `json:"store"`
	Path    string    `json:"path"`
	Method  string    `json:"method"`
	Host    string    `json:"host"`
	Outcome string    `json:"outcome"`
	Status  int       `json:"status"`
	Cause   string    `json:"cause"`
}

// audit makes an event of an audit line. In OCSF 1.3.0 (2024-08) a store access is Datastore Activity (class 6005, Read),
// and what is asked of an issuer API Activity (class 6003, Read).
func (r *Record) audit(text []byte) ([]byte, error) {
	var a auditLine
	if err := json.Unmarshal(text, &a); err != nil {
		return nil, fmt.Errorf("event: %w", err)
	}
	var raw json.RawMessage = bytes.TrimSpace(text)
	e := a.ecs(r.Version, raw)
	if r.Format == OCSF {
		e = a.ocsf(r.Version, raw)
	}
	line, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	return r.seal(line)
}

func (a *auditLine) failed() bool { return a.Outcome == "denied" || a.Outcome == "failed" }

func (a *auditLine) message() string {
	if a.Event == "store" {
		return fmt.Sprintf("%s of %s: %s", a.Store, a.Path, a.Outcome)
	}
	return fmt.Sprintf("%s about %s (%s) at %s: %s", a.Event, a.Finding, a.Rule, a.Host, a.Outcome)
}

func (a *auditLine) ocsf(version string, raw json.RawMessage) object {
	status, name := 1, "Success"
	if a.failed() {
		status, name = 2, "Failure"
	}
	e := object{
		"activity_id": 2, "activity_name": "Read", "category_uid": 6, "category_name": "Application Activity", "class_uid": 6003, "class_name": "API Activity", "type_uid": 600302,
		"time": a.Time.UnixMilli(), "severity_id": 1, "severity": "Informational", "status_id": status, "status": name, "message": a.message(),
		"metadata":     object{"version": "1.3.0", "product": object{"name": "unleak", "vendor_name": "unleak", "version": version}},
		"actor":        object{"user": object{"name": a.Actor}, "app_name": "unleak"},
		"src_endpoint": object{"hostname": a.Machine}, "dst_endpoint": object{"hostname": a.Host}, "unmapped": object{"unleak": raw},
	}
	if a.Event == "store" {
		e["class_uid"], e["class_name"], e["type_uid"], e["activity_id"] = 6005, "Datastore Activity", 600501, 1
		e["type_id"], e["type"] = 99, "Secret store"
		e["databucket"] = object{"name": a.Store}
		e["query_info"] = object{"query_string": a.Method + " " + a.Path}
		return e
	}
	e["api"] = object{"operation": "verify " + a.Rule, "service": object{"name": a.Host}}
	return e
}

func (a *auditLine) ecs(version string, raw json.RawMessage) object {
	outcome := "success"
	if a.failed() {
		outcome = "failure"
	}
	event := object{"kind": "event", "module": "unleak", "dataset": "unleak.verification", "category": []string{"network"}, "type": []string{"access"}, "action": "verification-" + a.Event, "outcome": outcome}
	if a.Event == "store" {
		event["dataset"], event["category"], event["action"] = "unleak.store", []string{"database"}, "secret-store-read"
	}
	return object{
		"@timestamp": a.Time.UTC().Format(time.RFC3339Nano), "ecs": object{"version": "8.17.0"}, "event": event, "message": a.message(),
		"observer": object{"vendor": "unleak", "product": "unleak", "version": version, "type": "secret scanner"},
		"user":     object{"name": a.Actor}, "host": object{"hostname": a.Machine}, "destination": object{"domain": a.Host}, "unleak": raw,
	}
}

// severity returns the syslog severity of an event (RFC 5424, 6.2.1).
func severity(event []byte) int {
	var e struct {
		OCSF  int `json:"severity_id"`
		Event struct {
			Severity *int `json:"severity"`
		} `json:"event"`
	}
	if json.Unmarshal(event, &e) != nil {
		return 6
	}
	level := e.OCSF - 1
	if e.Event.Severity != nil {
		level = *e.Event.Severity
	}
	switch {
	case level >= 4:
		return 2 // critical
	case level == 3:
		return 3 // error
	case level == 2:
		return 4 // warning
	case level == 1:
		return 5 // notice
	}
	return 6 // informational
}
