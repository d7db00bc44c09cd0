package interchange

import (
	"fmt"
	"strconv"
)

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
