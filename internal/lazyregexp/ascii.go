package lazyregexp

import "github.com/unleak/unleak/internal/byteregex"

// Most regexes see a few short texts of ASCII each. On those a backtracking matcher finds what regexp finds, and costs a
// tenth of it to compile; other texts, and what takes it too long, are regexp's.

// maxSteps is what the backtracking matcher may take for one text.
const maxSteps = 1 << 16

// program returns the regex for ASCII; nil: there is none.
func (r *Regexp) program() *byteregex.Program {
	r.ascii.Do(func() {
		if isASCII(r.pattern) { // the matcher reads others as Latin-1
			r.short, _ = byteregex.Compile(r.pattern, 1)
		}
	})
	return r.short
}

// Match is regexp.Regexp.Match.
func (r *Regexp) Match(b []byte) bool {
	if p := r.program(); p != nil && isASCII(b) {
		var m byteregex.Matcher
		steps := maxSteps
		if _, ok := m.Match(p, b, 0, len(b), 0, &steps); steps >= 0 {
			return ok
		}
	}
	return r.Get().Match(b)
}

// MatchString is regexp.Regexp.MatchString.
func (r *Regexp) MatchString(s string) bool { return r.Match([]byte(s)) }

// FindAllFirst returns of all matches where each stands and where its first group does: of what
// regexp.Regexp.FindAllSubmatchIndex returns the first four numbers. -1: the group took no part.
func (r *Regexp) FindAllFirst(b []byte) [][4]int {
	if p := r.program(); p != nil && isASCII(b) {
		if found, ok := findAll(p, b); ok {
			return found
		}
	}
	var found [][4]int
	for _, at := range r.Get().FindAllSubmatchIndex(b, -1) {
		f := [4]int{at[0], at[1], -1, -1}
		if len(at) >= 4 {
			f[2], f[3] = at[2], at[3]
		}
		found = append(found, f)
	}
	return found
}

// findAll returns all matches; false where it takes too long, or where one is empty.
func findAll(p *byteregex.Program, b []byte) (found [][4]int, ok bool) {
	var m byteregex.Matcher
	steps := maxSteps
	for at := 0; ; {
		f, is := m.Match(p, b, at, len(b), 0, &steps)
		if steps < 0 || is && f.End == f.Start {
			return nil, false
		}
		if !is {
			return found, true
		}
		found = append(found, [4]int{f.Start, f.End, f.Group[0], f.Group[1]})
		at = f.End
	}
}

func isASCII[T string | []byte](s T) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
