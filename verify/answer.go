package verify

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/rules"
)

// Reply is an HTTP answer, its body bounded.
type Reply struct {
	Status int
	Header map[string][]string // canonical names
	Body   []byte
	Cut    bool // the body was longer than Request.Most
}

func (r *Reply) header(name string) (string, bool) {
	for n, v := range r.Header {
		if strings.EqualFold(n, name) {
			return strings.Join(v, ", "), true
		}
	}
	return "", false
}

// html tells whether the answer is a page for people. No API that a rule asks answers with one: it comes from
// something on the way, or from an error page.
func (r *Reply) html() bool {
	if t, _ := r.header("Content-Type"); strings.Contains(strings.ToLower(t), "html") {
		return true
	}
	head := bytes.ToLower(bytes.TrimLeft(r.Body[:min(len(r.Body), 512)], " \t\r\n\ufeff"))
	for _, p := range []string{"<!doctype html", "<html", "<head", "<body", "<script"} {
		if bytes.HasPrefix(head, []byte(p)) {
			return true
		}
	}
	return false
}

// broken tells whether the answer says to be JSON and is not.
func (r *Reply) broken() bool {
	t, _ := r.header("Content-Type")
	return strings.Contains(strings.ToLower(t), "json") && len(r.Body) > 0 && !r.Cut && !json.Valid(r.Body)
}

// judge weighs an answer by the conditions of a rule. elsewhere says that the credential may belong to a host that was
// not asked: a refusal then proves only what it says in words.
func judge(v *rules.Verify, r *Reply, elsewhere bool) (Answer, error) {
	if r.html() {
		return unknown("an HTML page came instead of an answer (status %d)", r.Status), transientStatus(r)
	}
	if r.broken() {
		return unknown("the answer is cut short or no JSON (status %d)", r.Status), transientStatus(r)
	}
	live, dead, expired := holds(v.Live, r), holds(v.Dead, r), holds(v.Expired, r)
	switch {
	case live && (dead || expired):
		return unknown("the answer fits both a live and a dead key (status %d)", r.Status), nil
	case live:
		return Answer{Status: finding.Live, Facts: facts(v.Facts, r)}, nil
	case expired:
		return Answer{Status: finding.Expired, Facts: facts(v.Facts, r)}, nil
	case dead && elsewhere && !holds(slices.DeleteFunc(slices.Clone(v.Dead), statusAlone), r):
		return unknown("the host does not know it; an instance of one's own may (see --allow-host)"), nil
	case dead && !limited(r):
		return Answer{Status: finding.Dead}, nil
	}
	return unknown("the answer proves nothing (status %d)", r.Status), transientStatus(r)
}

// statusAlone tells whether a condition looks at nothing but the status.
func statusAlone(c rules.Condition) bool { return c.JSON == "" && c.Contains == "" && c.Header == "" }

func holds(conds []rules.Condition, r *Reply) bool {
	return slices.ContainsFunc(conds, func(c rules.Condition) bool { return conditionHolds(c, r) })
}

func conditionHolds(c rules.Condition, r *Reply) bool {
	if len(c.Status) > 0 && !slices.Contains(c.Status, r.Status) {
		return false
	}
	if c.JSON != "" {
		v, ok := lookup(r, c.JSON)
		if !ok || c.Equals != "" && v != c.Equals {
			return false
		}
	}
	if c.Contains != "" && !bytes.Contains(r.Body, []byte(c.Contains)) {
		return false
	}
	if c.Header != "" {
		name, part, _ := strings.Cut(c.Header, ":")
		v, ok := r.header(strings.TrimSpace(name))
		if !ok || !strings.Contains(strings.ToLower(v), strings.ToLower(strings.TrimSpace(part))) {
			return false
		}
	}
	return len(c.Status) > 0 || c.JSON != "" || c.Contains != "" || c.Header != ""
}

// longest fact that is kept, in bytes
const maxFact = 300

func facts(want []rules.KV, r *Reply) map[string]string {
	out := map[string]string{}
	for _, kv := range want {
		var v string
		if name, ok := strings.CutPrefix(kv.Value, "header:"); ok {
			v, _ = r.header(strings.TrimSpace(name))
		} else {
			v, _ = lookup(r, kv.Value)
		}
		if v = clean(v, maxFact); v != "" {
			out[kv.Key] = v
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// clean makes text from elsewhere fit for a terminal and a log: valid UTF-8, no control characters, bounded.
func clean(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	if len(s) > limit {
		s = strings.ToValidUTF8(s[:limit], "") + "..."
	}
	return strings.TrimSpace(s)
}

// lookup finds a path ("user.login", "data.0.id", "$") in a JSON answer and returns its value as text: of an array the
// plain values up to the first that is none, of an object nothing. A null is not there.
func lookup(r *Reply, path string) (string, bool) {
	if !r.Cut && !json.Valid(r.Body) {
		return "", false
	}
	var keys []string
	if path != "$" {
		keys = strings.Split(path, ".")
	}
	dec := json.NewDecoder(bytes.NewReader(r.Body))
	dec.UseNumber()
	return descend(dec, keys)
}

func descend(dec *json.Decoder, keys []string) (string, bool) {
	t, err := dec.Token()
	if err != nil || t == nil {
		return "", false
	}
	d, isDelim := t.(json.Delim)
	if len(keys) == 0 {
		if isDelim && d == '[' {
			return list(dec), true
		}
		return scalar(t), true
	}
	if d != '{' && d != '[' {
		return "", false
	}
	for i := 0; dec.More(); i++ {
		key := strconv.Itoa(i)
		if d == '{' {
			t, err := dec.Token()
			if err != nil {
				return "", false
			}
			key, _ = t.(string)
		}
		if key == keys[0] {
			return descend(dec, keys[1:])
		}
		if !skipValue(dec) {
			return "", false
		}
	}
	return "", false
}

// list joins the plain values of an array whose opening bracket was read.
func list(dec *json.Decoder) string {
	var out []string
	for dec.More() {
		t, err := dec.Token()
		if _, nested := t.(json.Delim); err != nil || nested {
			break
		}
		out = append(out, scalar(t))
	}
	return strings.Join(out, ", ")
}

func scalar(t json.Token) string {
	switch v := t.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

func skipValue(dec *json.Decoder) bool {
	for depth := 0; ; {
		t, err := dec.Token()
		if err != nil {
			return false
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return true
		}
	}
}
