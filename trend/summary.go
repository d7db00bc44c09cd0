package trend

import (
	"cmp"
	"sort"
	"time"
)

// SummarySchema names the version of a summary's JSON.
const SummarySchema = "unleak-trend/1"

// Summary is what the memory comes to at a moment.
type Summary struct {
	Schema   string    `json:"schema"`
	Time     time.Time `json:"time"`
	Scans    int       `json:"scans"`
	Targets  int       `json:"targets"`
	Open     int       `json:"open"`
	ToRotate Mean      `json:"time_to_rotate"` // from the first scan that found it to the one that proved it revoked or rotated
	Exposed  Mean      `json:"exposed_until_rotated"`
	ToClose  Mean      `json:"time_to_close"` // in whatever way but by silencing it
	Weeks    []Week    `json:"weeks"`         // oldest first
	Teams    []Group   `json:"teams"`
	Types    []Group   `json:"types"`
	Severity []Group   `json:"severities"`
	Oldest   []Oldest  `json:"oldest"` // open secrets
}

// Mean is a mean time over so many secrets.
type Mean struct {
	Days  float64 `json:"days"`
	Count int     `json:"count"`
}

// Week is a week from Monday on, in UTC.
type Week struct {
	Start  time.Time `json:"start"`
	New    int       `json:"new"`
	Closed int       `json:"closed"`
	Open   int       `json:"open"` // at its end, or now
}

// Group is one team, type or severity.
type Group struct {
	Name     string `json:"name"`
	Open     int    `json:"open"`
	New      int    `json:"new"` // within the weeks shown
	Closed   int    `json:"closed"`
	ToRotate Mean   `json:"time_to_rotate"`
}

// Oldest is an open secret.
type Oldest struct {
	Finding  string    `json:"finding"`
	Title    string    `json:"title"`
	Severity string    `json:"severity"`
	Target   string    `json:"target"`
	Place    string    `json:"place"`
	Team     string    `json:"team"`
	Owner    string    `json:"owner"`
	Since    time.Time `json:"since"`
	Days     int       `json:"days"`
}

const (
	day       = 24 * time.Hour
	maxOldest = 20
)

// Summarise works the figures out, with so many weeks up to now.
func (m *Memory) Summarise(now time.Time, weeks int) Summary {
	now = now.UTC().Truncate(time.Second)
	s := Summary{Schema: SummarySchema, Time: now, Scans: len(m.Scans), Weeks: []Week{}, Oldest: []Oldest{}}
	targets := map[string]bool{}
	for _, x := range m.Scans {
		targets[x.Target] = true
	}
	s.Targets = len(targets)
	monday := now.Truncate(day).AddDate(0, 0, -(int(now.Weekday())+6)%7)
	from := monday.AddDate(0, 0, -7*(weeks-1))
	for i := range weeks {
		s.Weeks = append(s.Weeks, m.week(from.AddDate(0, 0, 7*i)))
	}
	rotated := func(x *Secret) bool { return x.How == Revoked || x.How == Rotated }
	s.ToRotate = m.mean(rotated, false)
	s.Exposed = m.mean(rotated, true)
	s.ToClose = m.mean(func(x *Secret) bool { return !x.Closed.IsZero() && x.How != Silenced }, false)
	s.Teams = m.groups(from, func(x *Secret) string { return cmp.Or(x.Team, "nobody") })
	s.Types = m.groups(from, func(x *Secret) string { return x.Rule })
	s.Severity = m.groups(from, func(x *Secret) string { return x.Severity.String() })
	for i := range m.Secrets {
		x := &m.Secrets[i]
		if !x.Closed.IsZero() {
			continue
		}
		s.Open++
		since := x.since()
		s.Oldest = append(s.Oldest, Oldest{x.Finding, x.Title, x.Severity.String(), x.Target, x.Place, cmp.Or(x.Team, "nobody"), x.Owner, since, int(now.Sub(since) / day)})
	}
	sort.SliceStable(s.Oldest, func(i, j int) bool { return s.Oldest[i].Since.Before(s.Oldest[j].Since) })
	s.Oldest = s.Oldest[:min(len(s.Oldest), maxOldest)]
	return s
}

// since is when a secret could first be read, as far as is known.
func (s *Secret) since() time.Time {
	if !s.Exposed.IsZero() && s.Exposed.Before(s.First) {
		return s.Exposed
	}
	return s.First
}

// counts tells whether a spell had a length: what was revoked when it was first found was never open.
func (s *Secret) counts() bool { return s.Closed.IsZero() || s.Closed.After(s.First) }

func (m *Memory) week(start time.Time) Week {
	w, end := Week{Start: start}, start.AddDate(0, 0, 7)
	within := func(t time.Time) bool { return !t.Before(start) && t.Before(end) }
	for i := range m.Secrets {
		x := &m.Secrets[i]
		if !x.counts() {
			continue
		}
		if within(x.First) {
			w.New++
		}
		if within(x.Closed) {
			w.Closed++
		}
		if x.First.Before(end) && (x.Closed.IsZero() || !x.Closed.Before(end)) {
			w.Open++
		}
	}
	return w
}

// mean is the mean time to the closing of the secrets that fit, from their discovery or from when they could be read.
func (m *Memory) mean(fits func(*Secret) bool, exposed bool) Mean {
	var total time.Duration
	n := 0
	for i := range m.Secrets {
		x := &m.Secrets[i]
		if x.Closed.IsZero() || !x.counts() || !fits(x) {
			continue
		}
		from := x.First
		if exposed {
			from = x.since()
		}
		total += x.Closed.Sub(from)
		n++
	}
	if n == 0 {
		return Mean{}
	}
	return Mean{Days: float64(int(10*total.Hours()/24/float64(n)+0.5)) / 10, Count: n}
}

// groups counts by a name; the one with most open secrets first.
func (m *Memory) groups(from time.Time, name func(*Secret) string) []Group {
	index := map[string]int{}
	out := []Group{}
	for i := range m.Secrets {
		x := &m.Secrets[i]
		if !x.counts() {
			continue
		}
		n := name(x)
		k, ok := index[n]
		if !ok {
			k = len(out)
			index[n] = k
			out = append(out, Group{Name: n})
		}
		if x.Closed.IsZero() {
			out[k].Open++
		} else if !x.Closed.Before(from) {
			out[k].Closed++
		}
		if !x.First.Before(from) {
			out[k].New++
		}
	}
	for k := range out {
		g := &out[k]
		g.ToRotate = m.mean(func(x *Secret) bool { return name(x) == g.Name && (x.How == Revoked || x.How == Rotated) }, false)
	}
	sort.Slice(out, func(i, j int) bool {
		return cmp.Or(cmp.Compare(out[j].Open, out[i].Open), cmp.Compare(out[i].Name, out[j].Name)) < 0
	})
	return out
}
