package main

import (
	"bytes"
	"unicode/utf8"
)

// mark says what the labels know of a candidate. On a line with a credential, what is not that credential is a weak
// negative; what has an identifier's label counts neither way.
func mark(s *sample, text []byte, labels []label) {
	s.weight = 1
	var sawTrue, sawOther bool
	for _, l := range labels {
		if l.first > s.last || s.first > l.last {
			continue
		}
		switch l.kind {
		case "T":
			sawTrue = true
			if l.from < 0 || l.first != l.last || covers(l, s, text) {
				s.y = 1
			}
		case "IGNORE":
			sawOther = true
		}
	}
	switch {
	case s.y == 1:
	case sawTrue:
		s.weight = 0.3
	case sawOther:
		s.weight = 0
	}
}

// covers tells whether the candidate and the labelled value overlap.
func covers(l label, s *sample, text []byte) bool {
	start := bytes.LastIndexByte(text[:s.start], '\n') + 1
	from := utf8.RuneCount(text[start:s.start])
	to := from + utf8.RuneCount(text[s.start:s.start+s.length])
	return from < l.to && l.from < to
}
