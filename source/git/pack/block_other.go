//go:build !amd64

package pack

// run decodes until there is a verdict.
func (c *cursor) run(f *Inflater) verdict { return c.runGo(f) }
