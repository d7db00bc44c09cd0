package store

import (
	"context"
	"errors"
	"fmt"
)

// maxPages bounds one list: a service that always names a further page is broken, or not what it says.
const maxPages = 100_000

// pages goes through the pages of one list.
type pages struct {
	read int
	seen map[string]bool
}

var errEndless = errors.New("the service names a page again that was read")

// next is told the token of the page that follows.
func (p *pages) next(token string) error {
	p.read++
	if p.seen == nil {
		p.seen = map[string]bool{}
	}
	if p.seen[token] || p.read >= maxPages {
		return errEndless
	}
	p.seen[token] = true
	return nil
}

// failed is for a page that cannot be read. Without the first there is nothing to go on with; what others would have held
// is coverage.
func (p *pages) failed(ctx context.Context, r *reader, subject string, err error) error {
	if p.read == 0 {
		return fmt.Errorf("listing: %w", err)
	}
	return r.unread(ctx, subject, fmt.Errorf("listing, behind page %d: %w", p.read, err))
}
