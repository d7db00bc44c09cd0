package report

import (
	"bytes"
	"slices"
	"strings"
)

// looks is how the reports of a format begin: with one of the first words, and with one of the others not far behind. One
// that tells of nothing may be the word nothing alone.
type looks struct {
	first   []string
	then    []string
	nothing string
}

var beginnings = map[string]looks{
	"text":  {first: []string{"─", "CRITICAL ", "HIGH ", "MEDIUM ", "LOW ", "INFO ", "\x1b["}, then: []string{"\n  secret  ", "\n  found  "}},
	"json":  {first: []string{"{"}, then: []string{`"unleak-report/`}},
	"jsonl": {first: []string{"{"}, then: []string{`"unleak-report/`}},
	"sarif": {first: []string{"{"}, then: []string{`"driver": {
          "name": "unleak"`}},
	"gitleaks":    {first: []string{"["}, then: []string{`"RuleID": "`}, nothing: "[]"},
	"html":        {first: []string{"<!doctype html>"}, then: []string{"unleak"}},
	"csv":         {first: []string{"id,rule,title,"}},
	"junit":       {first: []string{"<?xml"}, then: []string{`<testsuites name="unleak"`}},
	"markdown":    {first: []string{"## unleak"}},
	"github":      {first: []string{"::error title=", "::warning title=", "::notice title="}},
	"gitlab":      {first: []string{"{"}, then: []string{`"id": "unleak"`}},
	"codequality": {first: []string{"["}, then: []string{`"check_name": "`}, nothing: "[]"},
	"ocsf":        {first: []string{`{"activity_id"`}, then: []string{`"product":{"name":"unleak"`}},
	"ecs":         {first: []string{`{"@timestamp"`}, then: []string{`"product":"unleak"`}},
}

// HeadSize is how many bytes of a file tell whether it may be a report.
const HeadSize = 64 << 10

// MayBe tells whether a file that begins with head may be an earlier report in a format, or is blank. A report that a
// template of one's own made is known by the text that the template begins with; where it begins with none, by nothing.
func MayBe(format, template string, head []byte) bool {
	head = bytes.TrimSpace(head)
	if len(head) == 0 {
		return true
	}
	if format == "template" {
		text, _, _ := strings.Cut(template, "{{")
		text = strings.TrimSpace(text)
		return text != "" && bytes.HasPrefix(head, []byte(text))
	}
	like := beginnings[format]
	if like.nothing != "" && string(head) == like.nothing {
		return true
	}
	begins := slices.ContainsFunc(like.first, func(w string) bool { return bytes.HasPrefix(head, []byte(w)) })
	return begins && (like.then == nil || slices.ContainsFunc(like.then, func(w string) bool { return bytes.Contains(head, []byte(w)) }))
}
