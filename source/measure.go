package source

import (
	"io"

	"github.com/unleak/unleak/scanner"
)

// measureStep is how many bytes are told at a time.
const measureStep = 1 << 20

// Measured is a reader that tells a scan's progress in bytes.
type Measured struct {
	r          io.Reader
	sink       *scanner.Sink
	read, told int64
}

// Measure returns a reader of r that tells what is read.
func Measure(sink *scanner.Sink, r io.Reader) *Measured { return &Measured{r: r, sink: sink} }

// Read implements io.Reader.
func (m *Measured) Read(b []byte) (int, error) {
	n, err := m.r.Read(b)
	m.read += int64(n)
	if m.read-m.told >= measureStep {
		m.tell(m.read)
	}
	return n, err
}

// Done tells that all of size bytes are done, also those that nobody needed to read; 0: as many as were read.
func (m *Measured) Done(size int64) { m.tell(max(size, m.read)) }

func (m *Measured) tell(upTo int64) {
	m.sink.Progress("bytes", upTo-m.told, 0)
	m.told = upTo
}
