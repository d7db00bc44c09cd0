package report

import (
	"cmp"
	"encoding/json"
	"io"
	"path"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
)

// writeOCSF writes one event a line in the Open Cybersecurity Schema Framework, version 1.3.0 (2024-08): a Detection
// Finding (class 2004) for each finding and a Scan Activity (class 6007) with the coverage.
func writeOCSF(w io.Writer, v *view) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for i := range v.Findings {
		if err := e.Encode(ocsfFinding(v, &v.Findings[i])); err != nil {
			return err
		}
	}
	return e.Encode(ocsfScan(v))
}

type object = map[string]any

func ocsfMetadata(v *view) object {
	return object{
		"version": "1.3.0",
		"product": object{"name": "unleak", "vendor_name": "unleak", "version": v.Version},
	}
}

func ocsfFinding(v *view, f *finding.Finding) object {
	severity := int(f.Severity) + 1 // 1 informational to 5 critical
	status, name := 1, "New"
	if f.Suppression != nil {
		status, name = 3, "Suppressed"
	}
	info := object{
		"uid": cmp.Or(f.ID, f.Rule), "title": cmp.Or(f.Title, f.Rule), "types": []string{"Exposed credential"},
		"analytic": object{"type_id": 1, "type": "Rule", "uid": f.Rule, "name": cmp.Or(f.Title, f.Rule)},
	}
	if x := f.Exposure; x != nil && !x.First.IsZero() {
		info["first_seen_time"] = x.First.UnixMilli()
		if !x.Last.IsZero() {
			info["last_seen_time"] = x.Last.UnixMilli()
		}
	}
	out := object{
		"activity_id": 1, "activity_name": "Create", "category_uid": 2, "category_name": "Findings", "class_uid": 2004, "class_name": "Detection Finding",
		"type_uid": 200401, "time": v.time().UnixMilli(), "severity_id": severity, "severity": ocsfSeverity(f.Severity), "status_id": status, "status": name,
		"confidence_score": int(f.Confidence*100 + 0.5), "message": sarifMessage(f).Text, "finding_info": info, "metadata": ocsfMetadata(v),
		"evidences": ocsfEvidences(f), "unmapped": object{"unleak": toJSONFinding(f)},
	}
	if rule := v.rule(f.Rule); rule != nil && len(rule.Remediation) > 0 {
		out["remediation"] = object{"desc": strings.Join(rule.Remediation, " ")}
	}
	return out
}

func ocsfSeverity(s finding.Severity) string {
	if s == finding.Info {
		return "Informational"
	}
	return strings.ToUpper(s.String()[:1]) + s.String()[1:]
}

func ocsfEvidences(f *finding.Finding) []object {
	const most = 100
	var out []object
	for i := range f.Places[:min(len(f.Places), most)] {
		p := &f.Places[i]
		name := placeName(&p.Origin)
		out = append(out, object{
			"file": object{"name": path.Base(name), "path": name, "type_id": 1},
			"data": object{"line": p.Start.Line, "column": p.Start.Column, "end_line": p.End.Line, "end_column": p.End.Column, "text": p.Line, "origin": p.Origin},
		})
	}
	return out
}

func ocsfScan(v *view) object {
	c := &v.Coverage
	active, _ := v.split()
	status, name := 1, "Success"
	if c.Incomplete() || c.Empty() {
		status, name = 2, "Failure"
	}
	skipped := int64(0)
	for _, n := range c.Skipped {
		skipped += n
	}
	return object{
		"activity_id": 2, "activity_name": "Completed", "category_uid": 6, "category_name": "Application Activity", "class_uid": 6007, "class_name": "Scan Activity",
		"type_uid": 600702, "time": v.time().UnixMilli(), "severity_id": 1, "severity": "Informational", "status_id": status, "status": name,
		"metadata": ocsfMetadata(v), "scan": object{"type_id": 1, "type": "Manual", "name": "unleak " + v.Command},
		"num_detections": len(active), "num_files": c.Counts["files"] + c.Counts["blobs"], "num_skipped_items": skipped,
		"unmapped": object{"unleak": object{"targets": list(v.Targets), "coverage": toJSONCoverage(c), "summary": summarize(v)}},
	}
}

// writeECS writes one event a line in the Elastic Common Schema, version 8.17 (2024-12): an alert for each finding and
// an event with the coverage. What the schema has no field for stands under "unleak".
func writeECS(w io.Writer, v *view) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	at := v.time().Format(time.RFC3339)
	base := func(kind, dataset string) object {
		return object{
			"@timestamp": at, "ecs": object{"version": "8.17.0"},
			"event":    object{"kind": kind, "module": "unleak", "dataset": "unleak." + dataset, "category": []string{"threat"}, "type": []string{"info"}},
			"observer": object{"vendor": "unleak", "product": "unleak", "version": v.Version, "type": "secret scanner"},
		}
	}
	for i := range v.Findings {
		f := &v.Findings[i]
		out := base("alert", "finding")
		ecsFinding(out, f)
		if err := e.Encode(out); err != nil {
			return err
		}
	}
	out := base("event", "coverage")
	out["message"] = readText(&v.Coverage, v.Targets)
	out["unleak"] = object{"targets": list(v.Targets), "coverage": toJSONCoverage(&v.Coverage), "summary": summarize(v)}
	return e.Encode(out)
}

func ecsFinding(out object, f *finding.Finding) {
	event := out["event"].(object)
	event["id"] = f.ID
	event["severity"] = int(f.Severity)
	if x := f.Exposure; x != nil && !x.First.IsZero() {
		event["start"] = x.First.UTC().Format(time.RFC3339)
	}
	if f.Suppression != nil {
		event["kind"] = "event"
	}
	p := &f.Places[bestPlace(f)]
	name := placeName(&p.Origin)
	out["message"] = sarifMessage(f).Text
	out["rule"] = object{"id": f.Rule, "name": cmp.Or(f.Title, f.Rule), "category": "exposed credential", "ruleset": "unleak"}
	out["file"] = object{"path": name, "name": path.Base(name), "extension": strings.TrimPrefix(path.Ext(name), ".")}
	if m := p.Origin.Image; m != nil {
		out["container"] = object{"image": object{"name": m.Name, "hash": object{"all": []string{m.Digest}}}}
	}
	if g := p.Origin.Git; g != nil && g.Author != "" {
		out["user"] = object{"full_name": g.Author, "email": g.Email}
	}
	if len(f.Tags) > 0 {
		out["tags"] = f.Tags
	}
	out["unleak"] = toJSONFinding(f)
}
