package archive

import "strings"

// pyOp is what an instruction does that is looked at.
type pyOp uint8

const (
	pyOther pyOp = iota
	pyStoreName
	pyStoreAttr
	pyStoreFast
	pyStoreLoad // of two variables at once; the stored one first
	pyLoadConst
	pyLoadOther // the object whose attribute is set
	pyBuildMap
	pyKeys  // the constant before holds the names of those before it
	pyNames // a constant holds the names of those before
	pyExtended
)

// the numbers of instructions
var (
	pyOps37 = map[byte]pyOp{
		90: pyStoreName, 97: pyStoreName, 95: pyStoreAttr, 125: pyStoreFast, 100: pyLoadConst, 101: pyLoadOther, 124: pyLoadOther,
		105: pyBuildMap, 156: pyKeys, 141: pyKeys, 144: pyExtended,
	}
	pyOps311 = map[byte]pyOp{
		90: pyStoreName, 97: pyStoreName, 95: pyStoreAttr, 125: pyStoreFast, 100: pyLoadConst, 101: pyLoadOther, 124: pyLoadOther,
		105: pyBuildMap, 156: pyKeys, 172: pyNames, 144: pyExtended,
	}
	pyOps313 = map[byte]pyOp{
		114: pyStoreName, 113: pyStoreName, 108: pyStoreAttr, 110: pyStoreFast, 111: pyStoreLoad, 83: pyLoadConst, 92: pyLoadOther,
		85: pyLoadOther, 48: pyBuildMap, 46: pyKeys, 57: pyKeys, 71: pyExtended,
	}
)

func (p *pycReader) ops() map[byte]pyOp {
	switch {
	case p.version >= py314:
		return nil
	case p.version >= py313:
		return pyOps313
	case p.version >= py311:
		return pyOps311
	}
	return pyOps37
}

// assignments finds constants that are given to a name.
func (p *pycReader) assignments(program string, constants, names, variables []any) {
	at := func(list []any, i int) any {
		if i >= 0 && i < len(list) {
			return list[i]
		}
		return nil
	}
	ops := p.ops()
	var run []any // constants loaded one after the other
	arg := 0
	for i := 0; i+1 < len(program) && ops != nil; i += 2 {
		op := ops[program[i]]
		arg = arg<<8 | int(program[i+1])
		if op == pyExtended {
			arg &= 1<<24 - 1
			continue
		}
		last := at(run, len(run)-1)
		keep := false
		switch op {
		case pyLoadConst:
			run = append(run, at(constants, arg))
			keep = true
		case pyLoadOther:
			keep = i+2 < len(program) && ops[program[i+2]] == pyStoreAttr
		case pyStoreName, pyStoreAttr:
			p.name(at(names, arg), last)
		case pyStoreFast:
			p.name(at(variables, arg), last)
		case pyStoreLoad:
			p.name(at(variables, arg>>4), last)
		case pyBuildMap:
			for k := 2 * arg; k > 1 && 2*arg <= len(run); k -= 2 {
				p.name(run[len(run)-k], run[len(run)-k+1])
			}
		case pyKeys:
			p.pairs(last, run[:max(len(run)-1, 0)])
		case pyNames:
			p.pairs(at(constants, arg), run)
		}
		if !keep {
			run = run[:0]
		}
		arg = 0
	}
}

// pairs gives names to the last of the values.
func (p *pycReader) pairs(names any, values []any) {
	list, _ := names.([]any)
	if len(list) > len(values) {
		list = list[len(list)-len(values):]
	}
	for i, n := range list {
		p.name(n, values[len(values)-len(list)+i])
	}
}

func (p *pycReader) name(name, value any) {
	n, ok := name.(string)
	v, ok2 := value.(string)
	if ok && ok2 && !strings.HasPrefix(n, "__") {
		p.assign(n, v)
	}
}
