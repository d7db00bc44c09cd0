package archive

import (
	"encoding/binary"
)

// A .pyc file is a header and a marshalled code object. Constants stand in it glued to the marks of their types, and far
// from the names they are given to. So two texts are handed on: "names", the assignments, arguments and dictionary
// entries that give a constant string to a name, as lines; and "constants", the other strings.
//
// Sources: Python/marshal.c, Objects/codeobject.c and Include/opcode.h of CPython 3.7 to 3.13. Of later
// versions only the constants are read.
const (
	pycHeader  = 16
	pycMaxNest = 100

	py38  = 3400 // from 3.8 on: one more number in front
	py311 = 3450 // from 3.11 on: another order
	py313 = 3550 // from 3.13 on: other instructions
	py314 = 3600 // from 3.14 on: not known, so that only constants are read
	py315 = 3700 // not known at all
)

// isPyc tells a .pyc file of Python 3.7 or later: the version with "\r\n" behind, flags, and a code object.
func isPyc(head []byte) bool {
	if len(head) <= pycHeader || head[2] != '\r' || head[3] != '\n' || head[pycHeader]&^0x80 != 'c' {
		return false
	}
	version := binary.LittleEndian.Uint16(head)
	return version >= 3390 && version < py315 && binary.LittleEndian.Uint32(head[4:]) <= 3
}

func readPyc(text []byte, to *programText) error {
	p := pycReader{text: text, at: pycHeader, version: int(binary.LittleEndian.Uint16(text)), programText: to}
	_, err := p.object(0)
	return err
}

// pycReader reads marshalled objects: strings as string, tuples and lists as []any, all else as nil.
type pycReader struct {
	text    []byte
	at      int
	version int
	refs    []any
	told    int // constants
	*programText
}

var errPyc = problem(Corrupt, "pyc: damaged")

func (p *pycReader) take(n int) ([]byte, error) {
	if n < 0 || n > len(p.text)-p.at {
		return nil, errPyc
	}
	b := p.text[p.at : p.at+n]
	p.at += n
	return b, nil
}

func (p *pycReader) number() (int, error) {
	b, err := p.take(4)
	if err != nil {
		return 0, err
	}
	return int(int32(binary.LittleEndian.Uint32(b))), nil
}

func (p *pycReader) short() (int, error) {
	b, err := p.take(1)
	if err != nil {
		return 0, err
	}
	return int(b[0]), nil
}

// object reads one object.
func (p *pycReader) object(depth int) (any, error) {
	if depth > pycMaxNest {
		return nil, problem(TooDeep, "pyc: nested too deep")
	}
	b, err := p.take(1)
	if err != nil {
		return nil, err
	}
	slot := -1
	if b[0]&0x80 != 0 {
		slot = len(p.refs)
		p.refs = append(p.refs, nil)
	}
	v, err := p.value(b[0]&0x7f, depth)
	if slot >= 0 {
		p.refs[slot] = v
	}
	return v, err
}

func (p *pycReader) value(kind byte, depth int) (any, error) {
	skip := map[byte]int{'i': 4, 'I': 8, 'g': 8, 'y': 16}
	switch kind {
	case '0', 'N', 'F', 'T', 'S', '.':
		return nil, nil
	case 'i', 'I', 'g', 'y':
		_, err := p.take(skip[kind])
		return nil, err
	case 'l':
		n, err := p.number()
		if err == nil {
			_, err = p.take(2 * max(n, -n))
		}
		return nil, err
	case 'r':
		n, err := p.number()
		if err != nil || n < 0 || n >= len(p.refs) {
			return nil, errPyc
		}
		return p.refs[n], nil
	case 's', 't', 'u', 'a', 'A', 'z', 'Z', 'f', 'x':
		return p.counted(kind)
	case '(', '[', '<', '>', ')':
		size := p.number
		if kind == ')' {
			size = p.short
		}
		n, err := size()
		if err != nil {
			return nil, err
		}
		return p.list(n, depth)
	case '{':
		for {
			if p.at < len(p.text) && p.text[p.at] == '0' {
				p.at++
				return nil, nil
			}
			if _, err := p.list(2, depth); err != nil {
				return nil, err
			}
		}
	case ':':
		return p.list(3, depth)
	case 'c':
		return nil, p.code(depth)
	}
	return nil, errPyc
}

// counted reads what has a length and bytes.
func (p *pycReader) counted(kind byte) (any, error) {
	size := p.number
	if kind == 'z' || kind == 'Z' || kind == 'f' || kind == 'x' {
		size = p.short
	}
	n, err := size()
	if err != nil {
		return nil, err
	}
	b, err := p.take(n)
	switch kind {
	case 'x':
		if err == nil {
			return p.counted('f') // the imaginary part
		}
		return nil, err
	case 'f':
		return nil, err
	}
	return string(b), err
}

func (p *pycReader) list(n, depth int) (any, error) {
	if n < 0 || n > len(p.text)-p.at {
		return nil, errPyc
	}
	out := make([]any, 0, min(n, 1<<10))
	for range n {
		v, err := p.object(depth + 1)
		if err != nil {
			return out, err
		}
		out = append(out, v)
	}
	return out, nil
}

// code reads a code object and tells its names and constants.
func (p *pycReader) code(depth int) error {
	numbers := 5
	if p.version >= py38 && p.version < py311 {
		numbers = 6
	}
	if _, err := p.take(4 * numbers); err != nil {
		return err
	}
	// code, constants, names, names of variables; then, before 3.11, those of cells twice, and file and name; since, kinds,
	// file, name and qualified name
	var fields [8]any
	count := len(fields)
	for i := range count {
		v, err := p.object(depth + 1)
		if err != nil {
			return err
		}
		fields[i] = v
	}
	program, _ := fields[0].(string)
	constants, _ := fields[1].([]any)
	names, _ := fields[2].([]any)
	variables, _ := fields[3].([]any)
	p.assignments(program, constants, names, variables)
	p.tell(constants)
	if _, err := p.take(4); err != nil { // the first line's number
		return err
	}
	tables := 1
	if p.version >= py311 {
		tables = 2
	}
	_, err := p.list(tables, depth)
	return err
}

// tell hands on constants that no name was found for. There are no more of them than the file has bytes, but a tuple may
// stand in others over and over.
func (p *pycReader) tell(constants []any) {
	for _, c := range constants {
		if p.told++; p.told > len(p.text) {
			return
		}
		switch c := c.(type) {
		case string:
			p.constant(c)
		case []any:
			p.tell(c)
		}
	}
}
