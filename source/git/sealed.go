package git

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"sync"
	"time"

	"github.com/unleak/unleak/finding"
)

// What the report shows of a blob is remembered too, sealed: encrypted (AES-256-GCM) with a key made of the blob's own
// content, so that only who has the blob, and with it what it holds, can open it. The name of an object is as good a
// check of guessed content, and it is in the file as well.

// sealKey returns what the matches of a text are sealed with.
func sealKey(cacheKey [sha256.Size]byte, text []byte) (key [sha256.Size]byte) {
	h := sha256.New()
	h.Write([]byte("unleak matches of a blob\n"))
	h.Write(cacheKey[:])
	h.Write(text)
	h.Sum(key[:0])
	return key
}

// sealWith appends a nonce and what it seals to out. The nonce is made of what is sealed: one key may seal more than one
// thing, as what is told of a credential changes when it runs out, and the same thing may be written in more than one way.
func sealWith(key [sha256.Size]byte, out, plain []byte) []byte {
	aead := cipherOf(key)
	h := sha256.New()
	h.Write(key[:])
	h.Write(plain)
	nonce := h.Sum(nil)[:aead.NonceSize()]
	return aead.Seal(append(out, nonce...), nonce, plain, nil)
}

// openWith returns what sealWith sealed; false if it is something else.
func openWith(key [sha256.Size]byte, sealed []byte) (plain []byte, ok bool) {
	aead := cipherOf(key)
	if len(sealed) < aead.NonceSize() {
		return nil, false
	}
	nonce, rest := sealed[:aead.NonceSize()], sealed[aead.NonceSize():]
	plain, err := aead.Open(nil, nonce, rest, nil)
	return plain, err == nil
}

func cipherOf(key [sha256.Size]byte) cipher.AEAD {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // 32 bytes are a key
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return aead
}

// seal seals the located matches of a text; nil if they are not to be written down.
func seal(cacheKey [sha256.Size]byte, text []byte, l *located) []byte {
	w := sealWriter{}
	w.number(int64(len(l.matches)))
	for i := range l.matches {
		if !w.match(&l.matches[i]) {
			return nil
		}
		w.place(&l.places[i])
	}
	return sealWith(sealKey(cacheKey, text), nil, w.out)
}

// unseal returns the located matches of a text; nil if that is not what was sealed, or no longer so at a time.
func unseal(cacheKey [sha256.Size]byte, text, sealed []byte, now time.Time) *located {
	plain, ok := openWith(sealKey(cacheKey, text), sealed)
	if !ok {
		return nil
	}
	r := sealReader{rest: plain}
	n := r.count()
	l := &located{matches: make([]finding.Match, n), places: make([]finding.Place, n)}
	for i := range n {
		r.match(&l.matches[i], len(text))
		r.place(&l.places[i])
		r.bad = r.bad || l.matches[i].Stale(now)
	}
	if r.bad || len(r.rest) > 0 {
		return nil
	}
	return l
}

// maxSealed bounds the bytes of all seals.
const maxSealed = 64 << 20

// seals are what was sealed during a scan, by blob.
type seals struct {
	mu   sync.Mutex // of attribution.homes as well
	of   map[int32][]byte
	size int
}

func (s *seals) add(number int32, sealed []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == nil {
		s.of = map[int32][]byte{}
	}
	if s.size+len(sealed) <= maxSealed && s.of[number] == nil {
		s.of[number] = sealed
		s.size += len(sealed)
	}
}

func (s *seals) get(number int32) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.of[number]
}

// sealed takes what is remembered of a blob that a report showed, so that it need not be searched. It returns false if
// there is nothing, or what is built on the blob has to know more.
func (c *contents) sealed(number, canonical int32, text []byte) bool {
	sealed := c.table.seals[canonical]
	if sealed == nil || c.table.feeds(number) {
		return false
	}
	l := unseal(c.table.sealKey, text, sealed, time.Now())
	if l == nil {
		return false
	}
	if !c.harvest.first(canonical) {
		return true
	}
	c.worker.Count("blobs", 1)
	c.worker.Cover(int64(len(text)))
	spots, secrets := c.table.spots[canonical], c.harvest.numbersOf(l.matches)
	c.spotted = append(c.spotted, spotted{canonical, spots, secrets})
	if len(secrets) > 0 {
		c.hits = append(c.hits, hit{canonical, secrets, spots})
	}
	if c.kept == nil {
		c.kept = map[int32]*located{}
	}
	c.kept[canonical] = l
	return true
}

// sealWriter writes matches and places: lengths before texts and lists, all numbers as varints.
type sealWriter struct {
	out   []byte
	texts *texts // if set, texts are written as their numbers
}

func (w *sealWriter) number(n int64) { w.out = binary.AppendVarint(w.out, n) }

func (w *sealWriter) text(s string) {
	if w.texts != nil {
		w.number(w.texts.number(s))
		return
	}
	w.number(int64(len(s)))
	w.out = append(w.out, s...)
}

func (w *sealWriter) span(s finding.Span) {
	w.number(int64(s.Start))
	w.number(int64(s.End))
}

func (w *sealWriter) position(p finding.Position) {
	w.number(int64(p.Line))
	w.number(int64(p.Column))
	w.number(int64(p.Byte))
	w.number(p.Offset)
}

func (w *sealWriter) match(m *finding.Match) bool {
	for _, s := range []string{m.Rule, m.Secret, m.Decoded, m.Noted, m.Name, m.Behind} {
		w.text(s)
	}
	w.span(m.Span)
	w.span(m.Context)
	w.number(int64(math.Float64bits(m.Confidence)))
	w.number(int64(m.Rank))
	w.number(int64(m.Own))
	w.number(int64(len(m.Proofs)))
	for _, p := range m.Proofs {
		w.text(p.Kind)
		w.text(p.Detail)
	}
	w.number(int64(len(m.Tags)))
	for _, t := range m.Tags {
		w.text(t)
	}
	w.number(int64(len(m.Parts)))
	for _, p := range m.Parts {
		if p.Value.Hidden() {
			return false
		}
		w.text(p.Name)
		w.text(p.Value.Reveal())
		w.text(p.Rule)
		w.span(p.Span)
		w.position(p.Start)
		w.position(p.End)
	}
	return true
}

// place writes a place without its origin.
func (w *sealWriter) place(p *finding.Place) {
	w.position(p.Start)
	w.position(p.End)
	for _, s := range []string{p.Decoded, p.Line, p.Allow} {
		w.text(s)
	}
	w.span(p.Mark)
}

// sealReader reads what a sealWriter wrote; bad once something makes no sense.
type sealReader struct {
	rest  []byte
	bad   bool
	texts []string // if set, texts are numbers of these
	lists [][]string
	zones map[int]*time.Location
}

func (r *sealReader) number() int64 {
	v, n := binary.Varint(r.rest)
	if n <= 0 {
		r.bad, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

// count reads how many bytes, or things that take at least one, follow.
func (r *sealReader) count() int {
	n := r.number()
	if n < 0 || n > int64(len(r.rest)) {
		r.bad, r.rest = true, nil
		return 0
	}
	return int(n)
}

func (r *sealReader) text() string {
	if r.texts != nil {
		n := r.number()
		if n < 0 || n >= int64(len(r.texts)) {
			r.bad, r.rest = true, nil
			return ""
		}
		return r.texts[n]
	}
	n := r.count()
	s := string(r.rest[:n])
	r.rest = r.rest[n:]
	return s
}

func (r *sealReader) span() finding.Span {
	return finding.Span{Start: int(r.number()), End: int(r.number())}
}

func (r *sealReader) position() finding.Position {
	return finding.Position{Line: int(r.number()), Column: int(r.number()), Byte: int(r.number()), Offset: r.number()}
}

// match reads a match of a text of some size.
func (r *sealReader) match(m *finding.Match, size int) {
	m.Rule, m.Secret, m.Decoded, m.Noted, m.Name, m.Behind = r.text(), r.text(), r.text(), r.text(), r.text(), r.text()
	m.Span, m.Context = r.span(), r.span()
	if m.Span.Start < 0 || m.Span.Start > m.Span.End || m.Span.End > size {
		r.bad = true
	}
	m.Confidence = math.Float64frombits(uint64(r.number()))
	m.Rank = int(r.number())
	m.Own = int(r.number())
	for range r.count() {
		m.Proofs = append(m.Proofs, finding.Proof{Kind: r.text(), Detail: r.text()})
	}
	for range r.count() {
		m.Tags = append(m.Tags, r.text())
	}
	for range r.count() {
		m.Parts = append(m.Parts, finding.Part{
			Name: r.text(), Value: finding.NewSecret(r.text()), Rule: r.text(), Span: r.span(), Start: r.position(), End: r.position(),
		})
	}
}

func (r *sealReader) place(p *finding.Place) {
	p.Start, p.End = r.position(), r.position()
	p.Decoded, p.Line, p.Allow = r.text(), r.text(), r.text()
	p.Mark = r.span()
}
