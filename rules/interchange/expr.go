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
}

type exprParser struct {
	in    string
	at    int
	depth int
	token string // the one at hand: an operator, a name; "" at the end
	kind  byte   // 'o' operator, 'n' name, 's' string, 'd' number, 0 end
	value string // of a string
}

// mostDepth is how deep an expression may nest.
const mostDepth = 100

// parseExpr reads a whole expression.
func parseExpr(text string) (node, error) {
	p := &exprParser{in: text}
	if err := p.next(); err != nil {
		return node{}, err
	}
	n, err := p.either()
	if err == nil && p.kind != 0 {
		err = fmt.Errorf("%q is not understood there", p.token)
	}
	return n, err
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
	left, err := p.orValue()
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
	right, err := p.orValue()
	n := node{kind: op, of: []node{left, right}}
	if negate {
		n = node{kind: "!", of: []node{n}}
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
			var args []node
			args, err = p.list("]")
			if err == nil && len(args) != 1 {
				err = fmt.Errorf("an index wants one value")
			}
			if err == nil {
				n = node{kind: "index", of: []node{n, args[0]}}
			}
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
	case p.kind == 'n' && p.token == "let":
		return n, fmt.Errorf("variables are not supported")
	case p.kind == 'n':
		n = node{kind: "name", text: p.token}
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
