package report

import "bytes"

// looks is how the reports of a format begin: with one of the first words, and with the other not far behind.
type looks struct {
	first []string
	then  string
}

var beginnings = map[string]looks{
	"text":        {[]string{"─", "CRITICAL ", "HIGH ", "MEDIUM ", "LOW ", "INFO ", "\x1b["}, ""},
	"json":        {[]string{"{"}, `"unleak-report/`},
	"jsonl":       {[]string{"{"}, `"unleak-report/`},
	"sarif":       {[]string{"{"}, "sarif"},
	"gitleaks":    {[]string{"["}, ""},
	"html":        {[]string{"<!doctype html>"}, "unleak"},
	"csv":         {[]string{"id,rule,title,"}, ""},
	"junit":       {[]string{"<?xml"}, `<testsuites name="unleak"`},
	"markdown":    {[]string{"## unleak"}, ""},
	"github":      {[]string{"::"}, ""},
	"gitlab":      {[]string{"{"}, "unleak"},
	"codequality": {[]string{"["}, ""},
	"ocsf":        {[]string{`{"activity_id"`}, ""},
	"ecs":         {[]string{`{"@timestamp"`}, ""},
	"template":    {[]string{""}, ""},
}

// HeadSize is how many bytes of a file tell whether it may be a report.
const HeadSize = 64 << 10

// MayBe tells whether a file that begins with head may be an earlier report in a format, or is blank.
func MayBe(format string, head []byte) bool {
	head = bytes.TrimSpace(head)
	if len(head) == 0 {
		return true
	}
	like := beginnings[format]
	for _, w := range like.first {
		if bytes.HasPrefix(head, []byte(w)) {
			return bytes.Contains(head, []byte(like.then))
		}
	}
	return false
}
