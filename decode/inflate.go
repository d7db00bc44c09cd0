package decode

import (
	"bytes"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
)

// inflater keeps its readers from one stream to the next.
type inflater struct {
	src  bytes.Reader
	gzip *gzip.Reader
	zlib io.ReadCloser
}

// open starts a gzip or zlib stream; name is empty if there is none.
func (f *inflater) open(data []byte) (r io.Reader, name string) {
	f.src.Reset(data)
	switch {
	case len(data) > 18 && data[0] == 0x1f && data[1] == 0x8b && data[2] == 8 && data[3]&0xe0 == 0:
		if f.gzip == nil {
			f.gzip = new(gzip.Reader)
		}
		if f.gzip.Reset(&f.src) == nil {
			return f.gzip, nameGzip
		}
	case len(data) > 8 && data[0] == 0x78 && (0x7800|int(data[1]))%31 == 0 && data[1]&0x20 == 0:
		var err error
		if f.zlib == nil {
			f.zlib, err = zlib.NewReader(&f.src)
		} else {
			err = f.zlib.(zlib.Resetter).Reset(&f.src, nil)
		}
		if err == nil {
			return f.zlib, nameZlib
		}
	}
	return nil, ""
}

// compressed yields what a compressed stream at the start of the text inflates to: at most MaxInflate bytes, and not
// more than a stream's size allows. A stream that breaks off yields what came before.
func (l *level) compressed() {
	r, name := l.inflater.open(l.text)
	if name == "" {
		return
	}
	var err error
	limit := min(MaxInflate, 64<<10+MaxRatio*len(l.text))
	l.begin()
	for len(l.out) < limit {
		if cap(l.out)-len(l.out) < 4<<10 {
			grown := make([]byte, len(l.out), min(max(2*cap(l.out), 64<<10), MaxInflate+4<<10))
			copy(grown, l.out)
			l.out = grown
		}
		var n int
		n, err = r.Read(l.out[len(l.out):min(cap(l.out), limit)])
		l.out = l.out[:len(l.out)+n]
		if err != nil {
			break
		}
	}
	l.cut = err == nil
	l.emit(name, Span{0, len(l.text)}, 8, nil)
	l.cut = false
}
