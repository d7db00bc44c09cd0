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

// Unpack hands the stream in, which came from origin, to scan: as it is, or what is inside it where it is an archive.
// What could not be read becomes skips of w. The error is that of ctx.
func Unpack(ctx context.Context, w *scanner.Worker, in archive.Input, origin finding.Origin, limits archive.Limits, scan Text) error {
	v := &unpacker{ctx: ctx, worker: w, origin: origin, scan: scan}
	return archive.Walk(ctx, in, limits, v)
}

type unpacker struct {
	ctx    context.Context // of the one call of Unpack that the unpacker lives for
	worker *scanner.Worker
	origin finding.Origin
	scan   Text
}

func (u *unpacker) Member(path []string, r io.Reader) error {
	origin := u.origin
	if len(path) > 0 {
		origin.Inside = append(origin.Inside[:len(origin.Inside):len(origin.Inside)], path...)
		u.worker.Count("archive members", 1)
	}
	_ = u.scan(u.ctx, r, origin) // a failing stream is told as a problem by the walk
	return u.ctx.Err()
}

func (u *unpacker) Problem(p archive.Problem) {
	origin := u.origin
	origin.Inside = append(origin.Inside[:len(origin.Inside):len(origin.Inside)], p.Path...)
	u.worker.Skip(finding.Skip{Name: origin.Name(), Reason: finding.SkipReason(p.Reason), Detail: p.Err.Error()})
}
