package git

import "context"

func (r *run) staged(ctx context.Context) error  { return nil }
func (r *run) changes(ctx context.Context) error { return nil }
