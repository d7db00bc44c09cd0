package logs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/lazyregexp"
)

const (
	eventReach = 64 << 10 // bytes before a match in which the start of its event is looked for
	eventLines = 64       // lines, likewise: a stack trace or a key
	eventLine  = 64 << 10 // most bytes of a line that is taken apart
)

// manner is what is known of a log as a whole.
type manner struct {
	unit    string    // from its path; "": unknown
	written time.Time // last, for times without a year; zero: unknown
	journal bool      // it is a journal export
}

// eventAt returns what the log says of the event that stands at an offset of text: of its line, or of the line before
// that starts the event. Without any it is nil, or the unit alone.
func (l *manner) eventAt(text []byte, at int) *finding.LogOrigin {
	if l.journal {
		if o := journalAt(text, at); o != nil {
			return o
		}
	}
	from := max(0, at-eventReach)
	end := at
	for range eventLines {
		start := from
		if i := bytes.LastIndexByte(text[from:end], '\n'); i >= 0 {
			start = from + i + 1
		}
		stop := min(len(text), start+eventLine)
		if i := bytes.IndexByte(text[start:stop], '\n'); i >= 0 {
			stop = start + i
		}
		if o := parseEvent(text[start:stop], l.written); o != nil {
			if o.Unit == "" {
				o.Unit = l.unit
			}
			return o
		}
		if start == from {
			break
		}
		end = start - 1
	}
	if l.unit != "" {
		return &finding.LogOrigin{Unit: l.unit}
	}
	return nil
}

// jsonEvent reads the fields that loggers, shippers and journalctl -o json use.
func jsonEvent(line []byte) *finding.LogOrigin {
	var fields map[string]any
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if d.Decode(&fields) != nil {
		return nil
	}
	o := &finding.LogOrigin{Format: "json"}
	for _, k := range []string{"time", "timestamp", "@timestamp", "ts", "t", "date", "datetime", "eventTime", "__REALTIME_TIMESTAMP"} {
		if t, ok := jsonTime(fields[k]); ok {
			o.Time = t
			break
		}
	}
	o.Host = firstText(fields, "host", "hostname", "_HOSTNAME", "server", "node")
	o.Unit = firstText(fields, "service", "unit", "_SYSTEMD_UNIT", "SYSLOG_IDENTIFIER", "app", "application", "container",
		"container_name", "logger", "program")
	if _, ok := fields["__REALTIME_TIMESTAMP"]; ok {
		o.Format = "journal json"
	}
	return o
}

func firstText(fields map[string]any, keys ...string) string {
	for _, k := range keys {
		switch v := fields[k].(type) {
		case string:
			if v != "" {
				return v
			}
		case map[string]any:
			if s, ok := v["name"].(string); ok && s != "" {
				return s
			}
		}
	}
	return ""
}

// jsonTime reads a text, or a number of seconds, milliseconds, microseconds or nanoseconds since 1970: which of them,
// its size tells.
func jsonTime(v any) (time.Time, bool) {
	text := ""
	switch v := v.(type) {
	case string:
		text = v
		if t, ok := parseTime(v); ok {
			return t, true
		}
	case json.Number:
		text = v.String()
	default:
		return time.Time{}, false
	}
	whole, fraction, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n < 1e8 {
		return time.Time{}, false
	}
	switch {
	case n < 1e11:
		nanos, _ := strconv.ParseInt((fraction + "000000000")[:9], 10, 64)
		return time.Unix(n, nanos).UTC(), true
	case n < 1e14:
		return time.UnixMilli(n).UTC(), true
	case n < 1e17:
		return time.UnixMicro(n).UTC(), true
	}
	return time.Unix(0, n).UTC(), true
}

// isJournal tells a journal export by its first entry, every one of which has a time.
func isJournal(head []byte) bool { return bytes.Contains(head, []byte("__REALTIME_TIMESTAMP=")) }

// journalAt reads the entry of a journal export around an offset: fields as KEY=VALUE lines, entries parted by an empty
// line (systemd.io, "Journal Export Formats"); nil where it is none.
func journalAt(text []byte, at int) *finding.LogOrigin {
	from := max(0, at-eventReach)
	start := from
	if i := bytes.LastIndex(text[from:at], []byte("\n\n")); i >= 0 {
		start = from + i + 2
	}
	end := min(len(text), at+eventReach)
	if i := bytes.Index(text[at:end], []byte("\n\n")); i >= 0 {
		end = at + i
	}
	entry := text[start:end]
	if !bytes.Contains(entry, []byte("__REALTIME_TIMESTAMP=")) {
		return nil
	}
	o := &finding.LogOrigin{Format: "journal export"}
	for line := range bytes.Lines(entry) {
		key, value, ok := bytes.Cut(bytes.TrimRight(line, "\n"), []byte{'='})
		if !ok {
			continue
		}
		switch string(key) {
		case "__REALTIME_TIMESTAMP":
			o.Time, _ = jsonTime(string(value))
		case "_HOSTNAME":
			o.Host = string(value)
		case "_SYSTEMD_UNIT":
			o.Unit = string(value)
		case "SYSLOG_IDENTIFIER":
			if o.Unit == "" {
				o.Unit = string(value)
			}
		}
	}
	return o
}

// paths at which container runtimes and kubelets keep logs
var (
	podPath       = lazyregexp.New(`(?:^|/)pods/([^_/]+)_([^_/]+)_[^/]+/([^/]+)/[^/]+$`)
	podLink       = lazyregexp.New(`(?:^|/)containers/([^_/]+)_([^_/]+)_(.+)-[0-9a-f]{64}\.log`)
	containerPath = lazyregexp.New(`(?:^|/)([0-9a-f]{12})[0-9a-f]{52}(?:-json\.log|/)`)
)

// unitOf returns the pod or container a path names, "" where it names none.
func unitOf(path string) string {
	if m := podPath.FindStringSubmatch(path); m != nil {
		return fmt.Sprintf("%s/%s/%s", m[1], m[2], m[3])
	}
	if m := podLink.FindStringSubmatch(path); m != nil {
		return fmt.Sprintf("%s/%s/%s", m[2], m[1], m[3])
	}
	if m := containerPath.FindStringSubmatch(path); m != nil {
		return m[1]
	}
	return ""
}
