package logs

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/internal/atomicfile"
)

// followState is what is known of how far files were read, one entry a file: from an earlier run, and of files that were
// closed in this one. An entry goes when its file is opened.
type followState struct {
	mu      sync.Mutex
	entries []stateEntry
	loaded  []stateEntry // from the earlier run; stays
	saved   time.Time    // by the earlier run
	written []byte       // last
}

type stateEntry struct {
	Path string `json:"path"`
	trace
	Old  bool `json:"old,omitempty"` // another file took its place there
	Mark mark `json:"mark"`
}

type stateFile struct {
	Schema string       `json:"schema"`
	Files  []stateEntry `json:"files"`
}

const (
	stateSchema = "unleak-follow/1"
	mostClosed  = 1000 // entries of rotated files that are kept
)

// loadState reads the state; a file that is not there is an empty one.
func loadState(name string) (*followState, error) {
	s := &followState{}
	if name == "" {
		return s, nil
	}
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	if s.loaded, err = parseState(text); err != nil {
		return nil, fmt.Errorf("state %s: %w (remove it to read the logs from their start)", name, err)
	}
	s.entries = slices.Clone(s.loaded)
	if info, err := os.Stat(name); err == nil {
		s.saved = info.ModTime()
	}
	return s, nil
}

func parseState(text []byte) ([]stateEntry, error) {
	var in stateFile
	if err := json.Unmarshal(text, &in); err != nil {
		return nil, err
	}
	if in.Schema != stateSchema {
		return nil, fmt.Errorf("schema %q is not known, only %q", in.Schema, stateSchema)
	}
	for _, e := range in.Files {
		m := e.Mark
		if m.Offset < 0 || m.Line < 0 || m.Column < 0 || m.Byte < 0 || m.Skip < 0 || e.At != m.Offset ||
			e.Head.Size < 0 || e.Head.Size > headSize || e.Tail.Size < 0 || e.Tail.Size > tailSize {
			return nil, fmt.Errorf("%s: numbers out of range", e.Path)
		}
	}
	return in.Files, nil
}

// take takes the entry out that fits.
func (s *followState) take(fits func(e *stateEntry) bool) (stateEntry, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.entries {
		if fits(&s.entries[i]) {
			e := s.entries[i]
			s.entries = slices.Delete(s.entries, i, i+1)
			return e, true
		}
	}
	return stateEntry{}, false
}

// put remembers a file that is done with.
func (s *followState) put(e stateEntry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.entries = append(s.entries, e)
	if len(s.entries) > mostClosed {
		if i := slices.IndexFunc(s.entries, func(e stateEntry) bool { return e.Old }); i >= 0 {
			s.entries = slices.Delete(s.entries, i, i+1)
		}
	}
}

// replace puts an entry in the place of an earlier one of the same file, unless that was taken meanwhile.
func (s *followState) replace(e stateEntry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, o := range s.entries {
		if o.Old && o.Path == e.Path && o.ID == e.ID {
			s.entries[i] = e
			return
		}
	}
}

// knownLog is what is known of a log that was read under another name.
type knownLog struct {
	known bool
	more  bool // there is something behind the mark that nobody else reads
	mark  mark // read up to here
	open  bool // it is being read
}

// or returns what tells more: the one that was read further.
func (k knownLog) or(o knownLog) knownLog {
	if !k.known || o.known && k.mark.Offset < o.mark.Offset {
		return o
	}
	return k
}

// earlier tells whether a log, which open opens unpacked, is one that the earlier run knew, or a copy of one. What a log has
// that was still written to then is read in its place.
func (s *followState) earlier(open func() (io.Reader, error)) knownLog { return inAny(s.loaded, open) }

// closed tells whether a log is one that was read in this run and closed, or a copy of one.
func (s *followState) closed(open func() (io.Reader, error)) knownLog {
	s.mu.Lock()
	entries := slices.Clone(s.entries)
	s.mu.Unlock()
	return inAny(entries, open)
}

func inAny(entries []stateEntry, open func() (io.Reader, error)) knownLog {
	var best knownLog
	for i := range entries {
		k := entries[i].in(open, entries[i].Mark)
		k.more = k.more && entries[i].Old
		best = best.or(k)
	}
	return best
}

// in tells whether a log, which open opens unpacked, is the one of the trace, read up to a mark, or a copy of it.
func (t *trace) in(open func() (io.Reader, error), m mark) knownLog {
	if t.At == 0 {
		return knownLog{}
	}
	r, err := open()
	if err != nil {
		return knownLog{}
	}
	b := bufio.NewReaderSize(r, tailSize)
	if _, ok := t.copied(b); !ok {
		return knownLog{}
	}
	_, err = b.Peek(1)
	return knownLog{known: true, more: err == nil, mark: m}
}

// save writes the state, whole or not at all.
func (f *Follower) save() {
	if f.opts.State == "" {
		return
	}
	out := stateFile{Schema: stateSchema, Files: []stateEntry{}}
	for _, x := range f.all() {
		out.Files = append(out.Files, x.entries()...)
	}
	f.state.mu.Lock()
	defer f.state.mu.Unlock()
	out.Files = append(out.Files, f.state.entries...)
	text, err := json.MarshalIndent(out, "", " ")
	if err == nil && bytes.Equal(text, f.state.written) {
		return
	}
	if err == nil {
		err = atomicfile.WriteBytes(f.opts.State, 0o600, text)
	}
	if err != nil {
		f.skip("\x00state", finding.Skip{Name: f.opts.State, Reason: finding.SkipFailed, Detail: "state not written: " + err.Error()})
		return
	}
	f.state.written = text
	f.unskip("\x00state")
}
