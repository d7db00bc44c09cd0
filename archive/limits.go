package archive

import (
	"errors"
	"fmt"
	"io"
)

// Limits bound what one Walk does. The zero value of each field stands for its default.
type Limits struct {
	Depth   int   // containers within containers, the outermost included; default 8
	Entries int64 // members of the outermost archive and all within, folders included; default 4 million
	Bytes   int64 // unpacked, over all members; default 64 GiB
	Ratio   int64 // unpacked bytes for each byte of the outermost archive, and of each within; default 1,000
	Free    int64 // unpacked bytes before Ratio counts; default 256 MiB
	Memory  int64 // bytes of a member held in memory where random access is needed; default 32 MiB
	Spool   int64 // bytes of such a member held at all, beyond Memory in a temporary file; default 4 GiB
}

const (
	defaultDepth   = 8
	defaultEntries = 4 << 20
	defaultBytes   = 64 << 30
	defaultRatio   = 1000
	defaultMemory  = 32 << 20
	defaultSpool   = 4 << 30
	defaultFree    = 256 << 20

	maxWraps = 4 // wrappings around one stream: .gz.gz.gz.gz
)

func (l Limits) withDefaults() Limits {
	for _, f := range []struct {
		field *int64
		value int64
	}{
		{&l.Entries, defaultEntries}, {&l.Bytes, defaultBytes}, {&l.Ratio, defaultRatio},
		{&l.Memory, defaultMemory}, {&l.Spool, defaultSpool}, {&l.Free, defaultFree},
	} {
		if *f.field <= 0 {
			*f.field = f.value
		}
	}
	if l.Depth <= 0 {
		l.Depth = defaultDepth
	}
	return l
}

// Reason says why a part of an archive was not read. The words are those of coverage records.
type Reason string

// The reasons.
const (
	Corrupt     Reason = "corrupt"
	TooDeep     Reason = "too deep"
	TooLarge    Reason = "too large"
	Encrypted   Reason = "encrypted"
	Unsupported Reason = "unsupported"
	Budget      Reason = "out of budget"
	Unreadable  Reason = "unreadable" // the reader under the archive failed
)

// Problem is a member, or the rest of an archive, that was not read.
type Problem struct {
	Path   []string // members, outermost first; empty for the outermost stream
	Reason Reason
	Err    error // what went wrong; never nil
}

// problemError carries a reason through readers that only know errors.
type problemError struct {
	reason Reason
	err    error
}

func (e *problemError) Error() string { return e.err.Error() }
func (e *problemError) Unwrap() error { return e.err }

func problem(reason Reason, text string) error { return &problemError{reason, errors.New(text)} }

// ReasonOf returns the reason an error carries, and corrupt where it carries none.
func ReasonOf(err error) Reason {
	if p, ok := errors.AsType[*problemError](err); ok {
		return p.reason
	}
	return Corrupt
}

// Reader bounds what can be read of r, which unpacks what packed counts, by Bytes and Ratio.
func (l Limits) Reader(r io.Reader, packed func() int64) io.Reader {
	return &bounded{r: r, limits: l.withDefaults(), packed: packed}
}

type bounded struct {
	r        io.Reader
	limits   Limits
	packed   func() int64
	unpacked int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if err := b.limits.check(b.unpacked, b.packed()); err != nil {
		return 0, &problemError{Budget, err}
	}
	n, err := b.r.Read(p)
	b.unpacked += int64(n)
	return n, err
}

// check tells whether so many bytes may have been unpacked from so many.
func (l *Limits) check(unpacked, packed int64) error {
	if unpacked > l.Bytes {
		return fmt.Errorf("more than %d bytes unpacked", l.Bytes)
	}
	if unpacked > l.Free && unpacked/max(packed, 1) > l.Ratio {
		return fmt.Errorf("unpacks to more than %d times its size", l.Ratio)
	}
	return nil
}
