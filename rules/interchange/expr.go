package interchange

import (
	"fmt"
	"strconv"
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

// orValue reads x ?? y.
func (p *exprParser) orValue() (node, error) {
	n, err := p.postfix()
	for err == nil && p.is("??") {
		if err = p.next(); err == nil {
			var other node
			other, err = p.postfix()
			n = node{kind: "??", of: []node{n, other}}
		}
	}
	return n, err
}

// postfix reads a value with its members, indexes and calls.
func (p *exprParser) postfix() (node, error) {
	n, err := p.primary()
	for err == nil {
		switch {
		case p.is("."), p.is("?."):
			if err = p.next(); err != nil {
				break
			}
			if p.kind != 'n' {
				return n, fmt.Errorf("a name is missing behind the dot")
			}
			if n.kind == "name" && !isData(n.text) {
				n.text += "." + p.token
			} else {
				n = node{kind: "index", of: []node{n, {kind: "string", text: p.token}}}
			}
			err = p.next()
		case p.is("["):
			n, err = p.index(n)
		case p.is("("):
			var args []node
			args, err = p.list(")")
			n = call(n, args)
		default:
			return n, nil
		}
	}
	return n, err
}

// index reads x[i] or x[from:to]; the bracket is at hand.
func (p *exprParser) index(of node) (node, error) {
	if err := p.next(); err != nil {
		return of, err
	}
	n := node{kind: "index", of: []node{of}}
	for !p.is("]") {
		if p.is(":") {
			n.kind = "slice"
			if err := p.next(); err != nil {
				return n, err
			}
			continue
		}
		if p.depth++; p.depth > mostDepth {
			return n, fmt.Errorf("it nests too deep")
		}
		i, err := p.sum()
		p.depth--
		if err != nil {
			return n, err
		}
		n.of = append(n.of, i)
		if !p.is(":") && !p.is("]") {
			return n, fmt.Errorf("%q where \"]\" is due", p.token)
		}
	}
	if n.kind == "index" && len(n.of) != 2 {
		return n, fmt.Errorf("an index wants one value")
	}
	return n, p.next()
}

// isData tells names that hold data from names of functions.
func isData(name string) bool { return name == "finding" || name == "attributes" }

// call makes a call of what stands before the parenthesis; x.contains(y) is x contains y.
func call(n node, args []node) node {
	if n.kind == "index" && len(args) == 1 && wordOperators[n.of[1].text] {
		return node{kind: n.of[1].text, of: []node{n.of[0], args[0]}}
	}
	if n.kind != "name" {
		return node{kind: "call", text: "?"}
	}
	return node{kind: "call", text: n.text, of: args}
}

func (p *exprParser) primary() (node, error) {
	n := node{}
	if p.nodes++; p.nodes > mostNodes {
		return n, fmt.Errorf("it is too long")
	}
	switch {
	case p.is("("):
		if err := p.next(); err != nil {
			return n, err
		}
		n, err := p.either()
		if err != nil {
			return n, err
		}
		if !p.is(")") {
			return n, fmt.Errorf("a parenthesis is not closed")
		}
		return n, p.next()
	case p.is("["):
		of, err := p.list("]")
		return node{kind: "list", of: of}, err
	case p.kind == 's':
		n = node{kind: "string", text: p.value}
	case p.kind == 'd':
		v, err := strconv.ParseFloat(p.token, 64)
		if err != nil {
			return n, fmt.Errorf("number %q", p.token)
		}
		n = node{kind: "number", num: v}
	case p.kind == 'n':
		value, ok := p.vars[p.token]
		n = node{kind: "name", text: p.token}
		if ok {
			n = value
			p.nodes += value.size
		}
	case p.kind == 0:
		return n, fmt.Errorf("it ends too early")
	default:
		return n, fmt.Errorf("%q is not understood there", p.token)
	}
	return n, p.next()
}

// list reads values up to a closing bracket; the opening one is at hand.
func (p *exprParser) list(closing string) ([]node, error) {
	if p.depth++; p.depth > mostDepth {
		return nil, fmt.Errorf("it nests too deep")
	}
	defer func() { p.depth-- }()
	if err := p.next(); err != nil {
		return nil, err
	}
	var all []node
	for !p.is(closing) {
		n, err := p.either()
		if err != nil {
			return nil, err
		}
		all = append(all, n)
		if p.is(",") {
			if err := p.next(); err != nil {
				return nil, err
			}
			continue
		}
		if !p.is(closing) {
			return nil, fmt.Errorf("%q where %q or a comma is due", p.token, closing)
		}
	}
	return all, p.next()
}
