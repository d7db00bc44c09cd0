package report

import (
	"sync"
	"unicode/utf8"
)

// Private keys are long, and their encodings longer: to make them all would take a report most of its time. The index of
// patterns has but how they begin, which is all that a snippet can hold of one. They are made whole where a text comes that
// may hold more.
const (
	shortText = 384           // bytes; snippets are mostly shorter, and the encodings of a long value never
	longValue = 2 * shortText // bytes of a value that is long
)

// beginning returns the beginning of a long value of which each encoding has as many bytes as a short text and begins as
// that of the whole, or else the value.
func beginning(value string) string {
	if len(value) < longValue {
		return value
	}
	for i, n := 0, 0; i < len(value)-1; i++ {
		if c := value[i]; c >= ' ' && c != 0x7f { // some encodings leave the others out
			n++
		}
		if n >= shortText && utf8.RuneStart(value[i+1]) {
			return value[:i+1]
		}
	}
	return value
}

// longForms finds the encodings of long values in texts that are not short.
type longForms struct {
	values []string
	made   *sync.Once // index is
	index  index
}

// learn adds values; nobody may search meanwhile.
func (l *longForms) learn(values []string) {
	if len(values) == 0 {
		return
	}
	l.values = append(l.values, values...)
	if l.made == nil {
		l.made = new(sync.Once)
	}
	if l.index.buckets != nil {
		for _, p := range wholeForms(values) {
			l.index.insert(p)
		}
	}
}

// of returns the index to search a text with; nil: none.
func (l *longForms) of(text string) *index {
	if len(text) < shortText || l.made == nil {
		return nil
	}
	l.made.Do(func() { l.index = newIndex(wholeForms(l.values)) })
	return &l.index
}

func wholeForms(values []string) []masked {
	var f forms
	for _, v := range values {
		f.add(v)
	}
	return f.masked()
}
