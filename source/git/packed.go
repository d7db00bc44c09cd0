package git

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"slices"
	"strings"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
)

// member is a match inside an archive.
type member struct {
	match  finding.Match
	place  finding.Place
	inside []string // members that lead to it, outermost first
}

// unpacker scans what is inside archives.
type unpacker struct {
	ctx     context.Context // of the one scan it lives for
	worker  *scanner.Worker
	limits  archive.Limits
	again   bool // what is read has been covered before
	problem func(archive.Problem)
	names   archive.Names
	found   []member
}

var _ archive.Visitor = (*unpacker)(nil)

// isArchive tells whether text is to be unpacked; depth is Options.Archives.
func isArchive(text []byte, depth int) bool {
	return depth > 0 && archive.Detect(text[:min(len(text), archive.HeadSize)]) != archive.None
}

// text unpacks an archive that is at hand.
func (u *unpacker) text(text []byte) []member {
	r := bytes.NewReader(text)
	_ = archive.Walk(u.ctx, archive.Input{Reader: r, At: r, Size: int64(len(text))}, u.limits, u) // ctx's error, seen by the scan
	return u.found
}

// Member scans one member.
func (u *unpacker) Member(path []string, r io.Reader) error {
	if len(path) > 0 && !u.again {
		u.worker.Count("archive members", 1)
	}
	u.name(path)
	inside := slices.Clone(path)
	in := &countingReader{from: r}
	hooks := scanner.Hooks{Report: func(m finding.Match, p finding.Place) {
		u.found = append(u.found, member{m, p, inside})
	}}
	_ = u.worker.StreamHooked(u.ctx, in, finding.Origin{Path: strings.Join(path, "!")}, hooks) // told by the walk
	if u.again {
		u.worker.Cover(-in.n)
	}
	return u.ctx.Err()
}

// name scans the names that lead to a member.
func (u *unpacker) name(path []string) {
	u.names.Each(path, func(inside []string, name string) {
		u.worker.Name(name, finding.Origin{Inside: inside}, func(m finding.Match, p finding.Place) {
			u.found = append(u.found, member{m, p, slices.Clone(inside)})
		})
	})
}

// Problem tells what was not read.
func (u *unpacker) Problem(p archive.Problem) {
	u.name(p.Path)
	if u.problem != nil {
		p.Path = slices.Clone(p.Path)
		u.problem(p)
	}
}

type countingReader struct {
	from io.Reader
	n    int64
}

func (c *countingReader) Read(b []byte) (int, error) {
	n, err := c.from.Read(b)
	c.n += int64(n)
	return n, err
}

// peeked returns a stream's first bytes and the whole stream.
func peeked(r io.Reader) ([]byte, io.Reader) {
	b := bufio.NewReaderSize(r, 64<<10)
	head, _ := b.Peek(archive.HeadSize) // an error comes again when it is read
	return head, b
}

// matchesOf returns the matches alone.
func matchesOf(found []member) []finding.Match {
	out := make([]finding.Match, len(found))
	for i, f := range found {
		out[i] = f.match
	}
	return out
}

// packedTrouble is a part of an archive that was not read.
type packedTrouble struct {
	number  int32
	problem archive.Problem
}
