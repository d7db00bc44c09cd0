package generic

import (
	_ "embed"
	"encoding/binary"
	"math"
	"sync"
)

// data/model.bin holds the boosted trees, little-endian: the number of trees (uint32), the bias (float32), the number
// of nodes (uint32), the root of each tree (uint32), then the nodes: feature (uint16; leafMark for a leaf), the right
// child's distance (uint16; the left child follows its parent), threshold or leaf value (float32).
//
//go:embed data/model.bin
var modelData string

const leafMark = 0xffff

type node struct {
	feature uint16
	right   uint16
	value   float32
}

type model struct {
	bias  float32
	roots []uint32
	nodes []node
	most  []float32 // the most that the trees from the i-th on can add
}

var loadModel = sync.OnceValue(func() *model { return DecodeModel([]byte(modelData)) })

// DecodeModel reads a model in the format of data/model.bin. Bytes that are no model give one without trees.
func DecodeModel(b []byte) *model {
	m := &model{}
	if len(b) < 12 {
		return m
	}
	le := binary.LittleEndian
	trees, nodes := int(le.Uint32(b)), int(le.Uint32(b[8:]))
	m.bias = math.Float32frombits(le.Uint32(b[4:]))
	b = b[12:]
	if trees > len(b)/4 || nodes > (len(b)-4*trees)/8 {
		return m
	}
	for i := range trees {
		m.roots = append(m.roots, le.Uint32(b[4*i:]))
	}
	b = b[4*trees:]
	for i := range nodes {
		m.nodes = append(m.nodes, node{le.Uint16(b[8*i:]), le.Uint16(b[8*i+2:]), math.Float32frombits(le.Uint32(b[8*i+4:]))})
	}
	m.bound()
	return m
}

// bound fills most.
func (m *model) bound() {
	m.most = make([]float32, len(m.roots)+1)
	for t := len(m.roots) - 1; t >= 0; t-- {
		end := len(m.nodes)
		if t+1 < len(m.roots) {
			end = int(m.roots[t+1])
		}
		best := float32(math.Inf(-1))
		for _, n := range m.nodes[m.roots[t]:end] {
			if n.feature == leafMark {
				best = max(best, n.value)
			}
		}
		m.most[t] = m.most[t+1] + best
	}
}

// stride is how many trees are asked between two looks at whether the candidate can still reach Floor.
const stride = 8

// logit returns the trees' sum. Where that cannot reach Floor any more, the rest of the trees is not asked.
func (m *model) logit(f *Features) float32 {
	sum := m.bias
	for t, root := range m.roots {
		if t%stride == 0 && sum+m.most[t] < floorLogit {
			return sum + m.most[t]
		}
		sum += m.leaf(root, f)
	}
	return sum
}

// sum returns the sum of all trees.
func (m *model) sum(f *Features) float32 {
	sum := m.bias
	for _, root := range m.roots {
		sum += m.leaf(root, f)
	}
	return sum
}

// leaf returns the value of the leaf that f falls into.
func (m *model) leaf(i uint32, f *Features) float32 {
	for {
		n := &m.nodes[i]
		if n.feature == leafMark {
			return n.value
		}
		step := uint32(n.right)
		if f[n.feature] <= n.value {
			step = 1
		}
		i += step
	}
}

// floorLogit is the logit of Floor.
var floorLogit = float32(math.Log(Floor / (1 - Floor)))

func (m *model) probability(f *Features) float64 {
	return 1 / (1 + math.Exp(-float64(m.logit(f))))
}
