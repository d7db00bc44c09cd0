package archive

import (
	"encoding/binary"
)

// A Java class keeps the strings of its constants far from the fields they are given to. So two texts are handed on:
// "names", a line for every field that is given a constant string, by its declaration or by an instruction; and
// "constants", all other strings. Source: The Java Virtual Machine Specification, Java SE 21, chapters 4.4, 4.5, 4.7.2, 4.7.3 and 6.5.
const (
	classOldest = 45
	classNewest = 100

	opLdc       = 0x12
	opLdcW      = 0x13
	opPutStatic = 0xb3
	opPutField  = 0xb5
)

// isClass tells a class from a program for several processors, which starts alike: that has a count there, of a few.
func isClass(head []byte) bool {
	if len(head) < 10 || string(head[:4]) != "\xca\xfe\xba\xbe" {
		return false
	}
	major := binary.BigEndian.Uint16(head[6:])
	return major >= classOldest && major <= classNewest
}

func readClass(text []byte, to *programText) error {
	c := classReader{text: text, at: 8, programText: to}
	if !c.pool() || !c.body() {
		return problem(Corrupt, "class: damaged")
	}
	for i := range c.kinds {
		c.constant(c.utf8(i))
	}
	return nil
}

// classReader takes a class apart. Its methods return false at damage.
type classReader struct {
	text  []byte
	at    int
	kinds []byte
	spots []int // where the content of each constant starts
	*programText
}

func (c *classReader) u2() (int, bool) {
	if c.at+2 > len(c.text) {
		return 0, false
	}
	v := binary.BigEndian.Uint16(c.text[c.at:])
	c.at += 2
	return int(v), true
}

func (c *classReader) u4() (int, bool) {
	if c.at+4 > len(c.text) {
		return 0, false
	}
	v := binary.BigEndian.Uint32(c.text[c.at:])
	c.at += 4
	return int(v), true
}

func (c *classReader) skip(n int) bool {
	if n < 0 || n > len(c.text)-c.at {
		return false
	}
	c.at += n
	return true
}

// sizes of constants by their tag (table 4.4-A); a string's is in front of it
var classSizes = map[byte]int{
	3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2,
}

func (c *classReader) pool() bool {
	count, ok := c.u2()
	if !ok {
		return false
	}
	c.kinds, c.spots = make([]byte, count), make([]int, count)
	for i := 1; i < count; i++ {
		if c.at >= len(c.text) {
			return false
		}
		kind := c.text[c.at]
		c.at++
		c.kinds[i], c.spots[i] = kind, c.at
		size, known := classSizes[kind]
		if kind == 1 {
			size, known = c.u2()
		}
		if !known || !c.skip(size) {
			return false
		}
		if kind == 5 || kind == 6 {
			i++ // these take two places
		}
	}
	return true
}

// index returns the i-th number in a constant of the given kind.
func (c *classReader) index(n int, kind byte, i int) int {
	if n <= 0 || n >= len(c.kinds) || c.kinds[n] != kind {
		return 0
	}
	return int(binary.BigEndian.Uint16(c.text[c.spots[n]+2*i:]))
}

// utf8 returns a text constant.
func (c *classReader) utf8(n int) string {
	if n <= 0 || n >= len(c.kinds) || c.kinds[n] != 1 {
		return ""
	}
	at := c.spots[n]
	size := int(binary.BigEndian.Uint16(c.text[at:]))
	return string(c.text[at+2 : at+2+size])
}

// body reads fields and methods.
func (c *classReader) body() bool {
	if !c.skip(6) {
		return false
	}
	interfaces, ok := c.u2()
	if !ok || !c.skip(2*interfaces) {
		return false
	}
	for range 2 { // fields, then methods
		count, ok := c.u2()
		if !ok {
			return false
		}
		for range count {
			if !c.declaration() {
				return false
			}
		}
	}
	return true
}

func (c *classReader) declaration() bool {
	if !c.skip(2) {
		return false
	}
	name, ok := c.u2()
	if !ok || !c.skip(2) {
		return false
	}
	count, ok := c.u2()
	if !ok {
		return false
	}
	for range count {
		attribute, ok := c.u2()
		size, ok2 := c.u4()
		start := c.at
		if !ok || !ok2 || !c.skip(size) {
			return false
		}
		content := c.text[start:c.at]
		switch c.utf8(attribute) {
		case "ConstantValue":
			if len(content) == 2 {
				value := c.index(int(binary.BigEndian.Uint16(content)), 8, 0)
				c.assign(c.utf8(name), c.utf8(value))
			}
		case "Code":
			if len(content) > 8 {
				c.program(content[8:])
			}
		}
	}
	return true
}

// program finds a constant that is loaded and put into a field by the next instruction. It does not decode what stands
// between: another instruction that looks the same names a string and a field as well, or nothing.
func (c *classReader) program(code []byte) {
	for i := range code {
		var constant, next int
		switch {
		case code[i] == opLdc && i+5 <= len(code):
			constant, next = int(code[i+1]), i+2
		case code[i] == opLdcW && i+6 <= len(code):
			constant, next = int(binary.BigEndian.Uint16(code[i+1:])), i+3
		default:
			continue
		}
		if code[next] != opPutStatic && code[next] != opPutField {
			continue
		}
		field := int(binary.BigEndian.Uint16(code[next+1:]))
		name := c.index(c.index(field, 9, 1), 12, 0)
		c.assign(c.utf8(name), c.utf8(c.index(constant, 8, 0)))
	}
}
