package git

import (
	"encoding/json"
	"math"
	"time"

	"github.com/unleak/unleak/finding"
)

// decodeOutcome reads what encodeOutcome wrote; nil if it is something else.
func decodeOutcome(plain []byte) *outcome {
	r := sealReader{rest: plain}
	sizes := make([]int, r.count())
	for i := range sizes {
		sizes[i] = r.count()
	}
	all := string(r.rest)
	r.texts = make([]string, len(sizes))
	at := 0
	for i, n := range sizes {
		if n > len(all)-at {
			return nil
		}
		r.texts[i] = all[at : at+n]
		at += n
	}
	r.rest = r.rest[at:]
	r.lists = make([][]string, r.count())
	for i := range r.lists {
		if n := r.count(); n > 0 {
			r.lists[i] = make([]string, n)
		}
		for k := range r.lists[i] {
			r.lists[i][k] = r.text()
		}
	}
	o := &outcome{}
	if err := json.Unmarshal([]byte(r.text()), &o.coverage); err != nil || r.bad {
		return nil
	}
	o.known = r.list()
	for _, into := range []*[]telling{&o.secrets, &o.messages} {
		*into = make([]telling, r.count())
		for i := range *into {
			r.telling(&(*into)[i])
		}
	}
	if r.bad || len(r.rest) > 0 {
		return nil
	}
	return o
}

// list reads a list of texts, which is shared with whoever else reads it.
func (r *sealReader) list() []string {
	n := r.number()
	if n < 0 || n >= int64(len(r.lists)) {
		r.bad, r.rest = true, nil
		return nil
	}
	return r.lists[n]
}

func (r *sealReader) telling(t *telling) {
	for range r.count() {
		t.beside = append(t.beside, finding.NewSecret(r.text()))
	}
	if n := r.count(); n > 0 {
		t.told = make([]told, n)
	}
	for i := range t.told {
		d := &t.told[i]
		r.match(&d.match, math.MaxInt)
		r.origin(&d.place.Origin)
		r.place(&d.place)
		d.also = r.list()
	}
}

func (r *sealReader) origin(o *finding.Origin) {
	g := &finding.GitOrigin{}
	o.Git = g
	o.Kind = finding.Kind(r.text())
	for _, s := range []*string{
		&o.Path, &o.Above, &g.Repository, &g.Blob, &g.Commit, &g.Author, &g.Email, &g.Subject, &g.Ref, &g.HeadPath, &g.LastCommit, &g.RemovedBy,
	} {
		*s = r.text()
	}
	o.Inside, g.Paths, g.Branches = r.list(), r.list(), r.list()
	g.Date, g.LastDate = r.time(), r.time()
	g.Commits, g.HeadLine = int(r.number()), int(r.number())
	flags := r.number()
	g.AtHead, g.Unreachable = flags&1 != 0, flags&2 != 0
}

func (r *sealReader) time() time.Time {
	at := r.number()
	if at == math.MinInt64 {
		return time.Time{}
	}
	offset := int(r.number())
	if offset == 0 {
		return time.Unix(at, 0).UTC()
	}
	zone := r.zones[offset]
	if zone == nil {
		if r.zones == nil {
			r.zones = map[int]*time.Location{}
		}
		zone = time.FixedZone("", offset)
		r.zones[offset] = zone
	}
	return time.Unix(at, 0).In(zone)
}
