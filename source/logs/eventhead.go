package logs

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/lazyregexp"
)

// headReach is how much of a line its head may take up.
const headReach = 512

// heads of lines, each with what it says: RFC 5424 section 6; journalctl -o short-iso; RFC 3164 section 4.1; the common
// log format and S3's server access log; load balancers of AWS; the error log of Apache httpd 2.4; klog of Kubernetes;
// logfmt; Tomcat and Redis; dates of ISO 8601 and their like.
var heads = []struct {
	format string
	head   *lazyregexp.Regexp
	layout string // of the time; "": as parseTime has it, or without a year where it is yearless
}{
	{"syslog RFC 5424", lazyregexp.New(`^<\d{1,3}>1 (?P<time>\S+) (?P<host>\S+) (?P<unit>\S+) \S+ \S+ `), ""},
	{"syslog", lazyregexp.New(`^(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)) (?P<host>[A-Za-z0-9._-]+) (?P<unit>[^\s:\[\]]+)(?:\[\d+\])?: `), ""},
	{"syslog RFC 3164", lazyregexp.New(`^(?:<\d{1,3}>)?(?P<yearless>(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d) (?P<host>[A-Za-z0-9._-]+) (?P<unit>[^\s:\[\]]+)(?:\[\d+\])?: `), "Jan _2 15:04:05"},
	{"access log", lazyregexp.New(`^\S+ \S+ (?:\S+ )?\[(?P<time>\d\d/[A-Z][a-z][a-z]/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\]`), "02/Jan/2006:15:04:05 -0700"},
	{"access log", lazyregexp.New(`^(?:https?|h2|grpcs?|wss?|tls) (?:2\.0 )?(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?) (?P<unit>[\w.-]+/[\w./-]+) `), ""},
	{"", lazyregexp.New(`^\[(?P<time>[A-Z][a-z][a-z] [A-Z][a-z][a-z] [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)? \d{4})\]`), "Mon Jan _2 15:04:05 2006"},
	{"klog", lazyregexp.New(`^[IWEF](?P<yearless>\d{4} \d\d:\d\d:\d\d(?:\.\d+)?) +\d+ \S+:\d+\] `), "0102 15:04:05"},
	{"logfmt", lazyregexp.New(`^(?:[a-z]+=\S* ){0,2}(?:time|ts|timestamp|t)="?(?P<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d\d:?\d\d))?)`), ""},
	{"", lazyregexp.New(`^(?P<time>\d\d-[A-Z][a-z][a-z]-\d{4} \d\d:\d\d:\d\d(?:\.\d+)?) `), "02-Jan-2006 15:04:05"},
	{"", lazyregexp.New(`^\d+:[A-Z] (?P<time>\d\d [A-Z][a-z][a-z] \d{4} \d\d:\d\d:\d\d(?:\.\d+)?) `), "02 Jan 2006 15:04:05"},
	{"", lazyregexp.New(`^(?:[DIWEFA], )?[\[("']{0,2}(?:[A-Z]{3,8}[ :]{1,2})?[\[(]?(?P<time>\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d\d:?\d\d))?)`), ""},
}

// parseEvent reads the head of a line, UTF-16 and terminal colours or not; nil where there is no event's head.
func parseEvent(line []byte, written time.Time) *finding.LogOrigin {
	line = bare(line)
	if bytes.HasPrefix(bytes.TrimLeft(line, " "), []byte{'{'}) {
		return jsonEvent(line)
	}
	line = line[:min(len(line), headReach)]
	for i := range heads {
		h := &heads[i]
		m := h.head.Get().FindSubmatch(line)
		if m == nil {
			continue
		}
		field := func(name string) string {
			if k := h.head.Get().SubexpIndex(name); k > 0 {
				return string(m[k])
			}
			return ""
		}
		o := &finding.LogOrigin{Host: dashless(field("host")), Unit: dashless(field("unit")), Format: h.format}
		if isLevel(o.Host) { // "TIME ERROR Config: text" of a program, not "TIME host unit: text"
			o.Host, o.Unit = "", ""
			if h.layout == "" {
				o.Format = ""
			}
		}
		ok := true
		switch text := field("time"); {
		case text == "":
			if o.Time = inferYear(h.layout, field("yearless"), written); !o.Time.IsZero() {
				o.Format += ", year inferred"
			}
		case h.layout == "":
			o.Time, ok = parseTime(text)
		default:
			var err error
			o.Time, err = time.Parse(h.layout, text)
			ok = err == nil
		}
		if ok || o.Unit != "" {
			return o
		}
	}
	return nil
}

// bare returns the head of a line without a byte order mark, the zeros of UTF-16 and terminal control sequences, or the
// line itself where there are none.
func bare(line []byte) []byte {
	near := line[:min(len(line), headReach)]
	if i := bytes.IndexAny(near, "\x00\x1b"); i < 0 && !bytes.HasPrefix(line, []byte("\xef\xbb\xbf")) {
		return line
	}
	near = line[:min(len(line), eventLine)]
	near = bytes.ReplaceAll(near, []byte{0}, nil)
	for _, mark := range []string{"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"} {
		near = bytes.TrimPrefix(near, []byte(mark))
	}
	return controls.Get().ReplaceAll(near, nil)
}

// controls are the sequences of ECMA-48 section 5.4 (CSI), colours among them.
var controls = lazyregexp.New(`\x1b\[[0-?]*[ -/]*[@-~]`)

// inferYear reads a time without a year (RFC 3164 section 4.1.2) as the last one before the log was written, give or take
// a day for clocks and zones. It is taken for UTC.
func inferYear(layout, s string, written time.Time) time.Time {
	if written.IsZero() {
		return time.Time{}
	}
	written = written.UTC()
	for year := written.Year() + 1; year >= written.Year()-4; year-- { // four years back there is a 29 February
		t, err := time.Parse("2006 "+layout, fmt.Sprintf("%d %s", year, s))
		if err == nil && t.Before(written.Add(24*time.Hour)) {
			return t
		}
	}
	return time.Time{}
}

// isLevel tells whether a word says how grave an event is: those of syslog (RFC 5424, table 2) and of loggers.
func isLevel(word string) bool {
	switch strings.ToUpper(word) {
	case "EMERG", "ALERT", "CRIT", "CRITICAL", "ERR", "ERROR", "WARN", "WARNING", "NOTICE", "INFO", "DEBUG", "TRACE", "FATAL", "PANIC", "SEVERE", "FINE", "FINER", "FINEST", "CONFIG", "VERBOSE", "INFORMATION", "AUDIT":
		return true
	}
	return false
}

func dashless(s string) string {
	if s == "-" {
		return ""
	}
	return s
}

// parseTime reads the forms that stampedLine lets through. Without a zone it is UTC.
func parseTime(s string) (time.Time, bool) {
	s = strings.NewReplacer("/", "-", ",", ".").Replace(s)
	if len(s) > 10 {
		s = s[:10] + "T" + strings.ReplaceAll(s[11:], " ", "")
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
