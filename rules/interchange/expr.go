package interchange

import (
	"fmt"
	"strings"
)

// betterleaks writes filters in the Expr language (expr-lang.org, language definition of v1.17, 2025). This is a parser
// for the part of it that filters are written in; what it does not know is an error, and the filter is named in a
// warning.

// node is a part of an expression.
type node struct {
	kind string // "||", "&&", "!", an operator, "call", "index", "list", "string", "number", "name"
	text string // of a string or name; the function of a call
	num  float64
	of   []node
	size int // of a variable's value: how many nodes
}

type exprParser struct {
	in    string
	at    int
	depth int
	token string // the one at hand: an operator, a name; "" at the end
	kind  byte   // 'o' operator, 'n' name, 's' string, 'd' number, 0 end
	value string // of a string
	vars  map[string]node
	nodes int // read so far, those of variables counted at each use
}

// mostDepth is how deep an expression may nest, mostNodes how many parts it may have.
const (
	mostDepth = 100
	mostNodes = 50_000
)

// parseExpr reads a whole expression.
func parseExpr(text string) (node, error) {
	p := &exprParser{in: text}
	if err := p.next(); err != nil {
		return node{}, err
	}
	if err := p.variables(); err != nil {
		return node{}, err
	}
	n, err := p.either()
	if err == nil && p.kind != 0 {
		err = fmt.Errorf("%q is not understood there", p.token)
	}
	return n, err
}

// variables reads "let name = value;" as often as it stands there.
func (p *exprParser) variables() error {
	for p.kind == 'n' && p.token == "let" {
		if err := p.next(); err != nil {
			return err
		}
		name := p.token
		if p.kind != 'n' {
			return fmt.Errorf("a name is missing behind let")
		}
		for _, due := range []string{name, "="} {
			if p.token != due {
				return fmt.Errorf("%q where %q is due", p.token, due)
			}
			if err := p.next(); err != nil {
				return err
			}
		}
		before := p.nodes
		value, err := p.either()
		if err != nil {
			return err
		}
		if !p.is(";") {
			return fmt.Errorf("%q where \";\" is due", p.token)
		}
		if p.vars == nil {
			p.vars = map[string]node{}
		}
		value.size = p.nodes - before
		p.vars[name] = value
		if err := p.next(); err != nil {
			return err
		}
	}
	return nil
}

func (p *exprParser) either() (node, error) { return p.joined("||", "or", p.both) }
func (p *exprParser) both() (node, error)   { return p.joined("&&", "and", p.negated) }

// joined reads operands joined by one operator, which may be spelled in two ways.
func (p *exprParser) joined(op, word string, operand func() (node, error)) (node, error) {
	if p.depth++; p.depth > mostDepth {
		return node{}, fmt.Errorf("it nests too deep")
	}
	defer func() { p.depth-- }()
	first, err := operand()
	if err != nil {
		return first, err
	}
	all := []node{first}
	for p.is(op) || p.kind == 'n' && p.token == word {
		if err := p.next(); err != nil {
			return first, err
		}
		n, err := operand()
		if err != nil {
			return n, err
		}
		all = append(all, n)
	}
	if len(all) == 1 {
		return first, nil
	}
	return node{kind: op, of: all}, nil
}

func (p *exprParser) is(op string) bool { return p.kind == 'o' && p.token == op }

func (p *exprParser) negated() (node, error) {
	if !p.is("!") && (p.kind != 'n' || p.token != "not") {
		return p.comparison()
	}
	if p.depth++; p.depth > mostDepth {
		return node{}, fmt.Errorf("it nests too deep")
	}
	defer func() { p.depth-- }()
	if err := p.next(); err != nil {
		return node{}, err
	}
	n, err := p.negated()
	return node{kind: "!", of: []node{n}}, err
}

var wordOperators = map[string]bool{"in": true, "contains": true, "matches": true, "startsWith": true, "endsWith": true}

func (p *exprParser) comparison() (node, error) {
	left, err := p.sum()
	if err != nil {
		return left, err
	}
	negate := false
	if p.kind == 'n' && p.token == "not" {
		negate = true
		if err := p.next(); err != nil {
			return left, err
		}
	}
	op := p.token
	isOp := p.kind == 'o' && strings.Contains(" == != < <= > >= ", " "+op+" ") || p.kind == 'n' && wordOperators[op]
	if !isOp {
		if negate {
			return left, fmt.Errorf("%q is not understood behind not", op)
		}
		return left, nil
	}
	if err := p.next(); err != nil {
		return left, err
	}
	right, err := p.sum()
	n := node{kind: op, of: []node{left, right}}
	if negate {
		n = node{kind: "!", of: []node{n}}
	}
	return n, err
}

// sum reads sums, which no filter of ours can say, so that what stands beside them is understood.
func (p *exprParser) sum() (node, error) {
	n, err := p.orValue()
	for err == nil && (p.is("+") || p.is("-")) {
		op := p.token
		if err = p.next(); err == nil {
			var other node
			other, err = p.orValue()
			n = node{kind: op, of: []node{n, other}}
		}
	}
	return n, err
}
