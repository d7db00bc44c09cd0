package source

import (
	"context"
	"io"

	"github.com/unleak/unleak/archive"
	"github.com/unleak/unleak/finding"
	"github.com/unleak/unleak/scanner"
)

// Text scans one text of any length that came from origin.
type Text func(ctx context.Context, r io.Reader, origin finding.Origin) error

// Named takes what the name of a member holds.
type Named func(finding.Match, finding.Place)

// Unpack hands the stream in, which came from origin, to scan: as it is, or what is inside it where it is an archive.
// The names of members are scanned by w, and go to named, or are added to what the
// scan found where that is nil. What could not be read becomes skips of w. The error is that of ctx.
func Unpack(ctx context.Context, w *scanner.Worker, in archive.Input, origin finding.Origin, limits archive.Limits, scan Text, named Named) error {
	v := &unpacker{ctx: ctx, worker: w, origin: origin, scan: scan, named: named}
	return archive.Walk(ctx, in, limits, v)
}

type unpacker struct {
	ctx    context.Context // of the one call of Unpack that the unpacker lives for
	worker *scanner.Worker
	origin finding.Origin
	scan   Text
	named  Named
	names  archive.Names
}

// name scans the names that lead to a member.
func (u *unpacker) name(path []string) {
	u.names.Each(path, func(inside []string, name string) {
		origin := u.origin
		origin.Inside = append(origin.Inside[:len(origin.Inside):len(origin.Inside)], inside...)
		u.worker.Name(name, origin, u.named)
	})
}

func (u *unpacker) Member(path []string, r io.Reader) error {
	u.name(path)
	origin := u.origin
	if len(path) > 0 {
		origin.Inside = append(origin.Inside[:len(origin.Inside):len(origin.Inside)], path...)
		u.worker.Count("archive members", 1)
	}
	_ = u.scan(u.ctx, r, origin) // a failing stream is told as a problem by the walk
	return u.ctx.Err()
}

func (u *unpacker) Problem(p archive.Problem) {
	u.name(p.Path)
	origin := u.origin
	origin.Inside = append(origin.Inside[:len(origin.Inside):len(origin.Inside)], p.Path...)
	u.worker.Skip(finding.Skip{Name: origin.Name(), Reason: finding.SkipReason(p.Reason), Detail: p.Err.Error()})
}
