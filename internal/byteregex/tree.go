package byteregex

// kind is what a node of a regex's tree stands for.
type kind uint8

const (
	isEmpty kind = iota
	isText       // two bytes or more
	isSet        // one byte of a set
	isAssert
	isGroup
	isConcat
	isAlternate
	isRepeat
)

// node is one node of a regex's tree. Trees live in slices that the next regex takes over.
type node struct {
	kind   kind
	assert operation
	fold   bool // isText: the text is lower case and stands for either
	lazy   bool // isRepeat
	empty  bool // what it matches may be empty

	least, most int32 // isRepeat; most -1: any number
	at, count   int32 // isText: bytes of texts; isSet: which of classes; isGroup: its number; otherwise children in kids
	times       int32 // how often repeats of it, one in the other, may repeat what they hold
}

// tree holds the nodes of one regex.
type tree struct {
	nodes   []node
	kids    []int32 // children of nodes, in a row each
	stack   []int32 // nodes that wait for their parent
	texts   []byte
	classes []byteSet
	groups  int32 // so many were opened
}

func (t *tree) reset() {
	t.nodes, t.kids, t.stack = t.nodes[:0], t.kids[:0], t.stack[:0]
	t.texts, t.classes, t.groups = t.texts[:0], t.classes[:0], 0
}

func (t *tree) add(n node) int32 {
	n.times = max(n.times, 1)
	t.nodes = append(t.nodes, n)
	return int32(len(t.nodes) - 1)
}

func (t *tree) set(s byteSet) int32 {
	t.classes = append(t.classes, s)
	return t.add(node{kind: isSet, at: int32(len(t.classes) - 1)})
}

// children returns the children of a node.
func (t *tree) children(n *node) []int32 { return t.kids[n.at : n.at+n.count] }

// join makes one node of those on the stack from base on.
func (t *tree) join(k kind, base int) int32 {
	kids := t.stack[base:]
	t.stack = t.stack[:base]
	switch len(kids) {
	case 0:
		return t.add(node{kind: isEmpty, empty: true})
	case 1:
		return kids[0]
	}
	n := node{kind: k, at: int32(len(t.kids)), count: int32(len(kids)), empty: k == isConcat}
	t.kids = append(t.kids, kids...)
	for _, kid := range kids {
		n.times = max(n.times, t.nodes[kid].times)
		if k == isConcat {
			n.empty = n.empty && t.nodes[kid].empty
		} else {
			n.empty = n.empty || t.nodes[kid].empty
		}
	}
	return t.add(n)
}

// alternative pushes one more of the alternatives that stand on the stack from base on. Neighbours that each take one
// byte are one set.
func (t *tree) alternative(base int, at int32) {
	if n := &t.nodes[at]; n.kind == isSet && len(t.stack) > base {
		if last := &t.nodes[t.stack[len(t.stack)-1]]; last.kind == isSet {
			both := t.classes[last.at]
			both.join(&t.classes[n.at])
			t.stack[len(t.stack)-1] = t.set(both)
			return
		}
	}
	t.stack = append(t.stack, at)
}

// group makes a node for group number k.
func (t *tree) group(k, sub int32) int32 {
	n := &t.nodes[sub]
	t.kids = append(t.kids, sub)
	return t.add(node{kind: isGroup, least: k, at: int32(len(t.kids) - 1), count: 1, empty: n.empty, times: n.times})
}

// repeat makes a node for a repeat.
func (t *tree) repeat(sub, least, most int32, lazy bool) int32 {
	n := &t.nodes[sub]
	t.kids = append(t.kids, sub)
	return t.add(node{kind: isRepeat, least: least, most: most, lazy: lazy, at: int32(len(t.kids) - 1), count: 1,
		empty: least == 0 || n.empty, times: n.times * max(1, least, most)})
}
