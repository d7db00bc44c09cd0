package rules

import (
	"slices"
	"strings"

	"github.com/unleak/unleak/internal/arrange"
)

func requiredOf(p part) []Literal {
	own := runLiterals(p.exact, 0, 0, p.max)
	if better(own, p.required) {
		return own
	}
	return p.required
}

// runLiterals makes literals of an exact set that starts before[0] to before[1] bytes into the match; tail is the most
// bytes from the end of the set's strings to the end of the match, or the whole rest where that is known better.
func runLiterals(set []exact, least, most, tail int) []Literal {
	if len(set) == 0 || shortest(set) == 0 {
		return nil
	}
	out := make([]Literal, len(set))
	for i, e := range set {
		out[i] = Literal{Text: e.text, Fold: e.fold, Before: [2]int32{int32(least), int32(min(most, MaxWindow))},
			After: int32(min(max(tail, 0)+len(e.text), MaxWindow))}
	}
	return out
}

func shift(lits []Literal, least, most int) []Literal {
	out := slices.Clone(lits)
	for i := range out {
		out[i].Before = [2]int32{out[i].Before[0] + int32(least), min(out[i].Before[1]+int32(most), MaxWindow)}
	}
	return out
}

// stretch adds what may follow: before more bytes ahead, after more bytes behind.
func stretch(lits []Literal, before, after int) []Literal {
	out := slices.Clone(lits)
	for i := range out {
		out[i].Before[1] = min(out[i].Before[1]+int32(before), MaxWindow)
		out[i].After = min(out[i].After+int32(after), MaxWindow)
	}
	return out
}

// weakest returns the length of the shortest literal; 0 for none.
func weakest(lits []Literal) int {
	if len(lits) == 0 {
		return 0
	}
	n := len(lits[0].Text)
	for _, l := range lits {
		n = min(n, len(l.Text))
	}
	return n
}

// better tells whether a is the better filter: the one that ordinary text meets less often.
func better(a, b []Literal) bool {
	if len(b) == 0 || len(a) == 0 {
		return len(a) > 0
	}
	if wa, wb := weakest(a) >= minLiteral, weakest(b) >= minLiteral; wa != wb {
		return wa
	}
	return frequency(a) < frequency(b)
}

// compact merges equal literals and takes out those that hold another one of the set, which finds them too. The distances
// of what is left widen to cover both.
func compact(lits []Literal) []Literal {
	arrange.By(lits, func(a, b Literal) int { return len(a.Text) - len(b.Text) })
	var out []Literal
	for _, l := range lits {
		k, at := -1, -1
		for i := range out {
			if at = out[i].within(&l); at >= 0 {
				k = i
				break
			}
		}
		if k < 0 {
			out = append(out, l)
			continue
		}
		o := &out[k]
		o.Fold = o.Fold || l.Fold && len(o.Text) == len(l.Text)
		o.Before = [2]int32{min(o.Before[0], l.Before[0]+int32(at)), min(max(o.Before[1], l.Before[1]+int32(at)), MaxWindow)}
		o.After = max(o.After, l.After-int32(at))
	}
	arrange.By(out, func(a, b Literal) int { return strings.Compare(a.Text, b.Text) })
	return out
}

// within returns where every text that l stands for holds o, or -1. Equal strings are one literal, whatever their case.
func (o *Literal) within(l *Literal) int {
	switch {
	case o.Text == l.Text:
		return 0
	case o.Fold:
		return strings.Index(asciiLower(l.Text), o.Text)
	case l.Fold && !caseless(o.Text):
		return -1
	}
	return strings.Index(l.Text, o.Text)
}
