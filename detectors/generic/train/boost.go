package main

import (
	"math"
	"slices"
	"sync"
)

const (
	featureCount = len(sample{}.x)
	maxBins      = 96
)

// binned is the training data, each feature cut into bins of about the same number of samples.
type binned struct {
	edges [featureCount][]float32 // bin i holds values up to edges[i]
	cols  [featureCount][]uint8
	y     []float32
	w     []float32
}

func bin(rows []*sample) *binned {
	b := &binned{}
	for _, r := range rows {
		b.y, b.w = append(b.y, r.y), append(b.w, r.weight)
	}
	parallel(featureCount, func(f int) {
		values := make([]float32, len(rows))
		for i, r := range rows {
			values[i] = r.x[f]
		}
		sorted := slices.Clone(values)
		slices.Sort(sorted)
		unique := slices.Compact(slices.Clone(sorted))
		if len(unique) > maxBins {
			unique = unique[:0]
			for k := 1; k <= maxBins; k++ {
				v := sorted[k*(len(sorted)-1)/maxBins]
				if len(unique) == 0 || unique[len(unique)-1] != v {
					unique = append(unique, v)
				}
			}
		}
		b.edges[f] = unique
		col := make([]uint8, len(values))
		for i, v := range values {
			k, _ := slices.BinarySearch(unique, v)
			col[i] = uint8(min(k, len(unique)-1))
		}
		b.cols[f] = col
	})
	return b
}

func parallel(n int, do func(int)) {
	var wg sync.WaitGroup
	const workers = 2
	for w := range workers {
		wg.Go(func() {
			for i := w; i < n; i += workers {
				do(i)
			}
		})
	}
	wg.Wait()
}

type treeNode struct {
	feature     int // -1: leaf
	bin         uint8
	threshold   float32
	value       float32
	left, right int
}

type forest struct {
	bias  float64
	trees [][]treeNode
}

type cell struct{ g, h float64 }

type part struct {
	rows    []int32
	hist    *[featureCount][maxBins]cell
	node    int
	gain    float64
	feature int
	bin     uint8
	g, h    float64
}

const (
	ridge     = 4.0 // on leaf values
	minWeight = 2.0 // Hessian a leaf must hold
	minGain   = 0.5
)

// grow fits boosted trees with the logistic loss.
func grow(b *binned, trees, leaves int, rate float64) *forest {
	var pos, sum float64
	for i, y := range b.y {
		pos += float64(y * b.w[i])
		sum += float64(b.w[i])
	}
	f := &forest{bias: math.Log(pos / (sum - pos))}
	raw := make([]float64, len(b.y))
	for i := range raw {
		raw[i] = f.bias
	}
	g, h := make([]float64, len(raw)), make([]float64, len(raw))
	for range trees {
		for i := range raw {
			p := 1 / (1 + math.Exp(-raw[i]))
			w := float64(b.w[i])
			g[i], h[i] = w*(p-float64(b.y[i])), w*p*(1-p)
		}
		f.trees = append(f.trees, growTree(b, g, h, leaves, rate, raw))
	}
	return f
}

func growTree(b *binned, g, h []float64, leaves int, rate float64, raw []float64) []treeNode {
	root := part{rows: make([]int32, 0, len(g))}
	for i := range g {
		if b.w[i] > 0 {
			root.rows = append(root.rows, int32(i))
		}
	}
	tree := []treeNode{{feature: -1}}
	root.hist = histogram(b, g, h, root.rows)
	split(b, &root)
	open := []part{root}
	for len(open) < leaves {
		best := 0
		for i := range open {
			if open[i].gain > open[best].gain {
				best = i
			}
		}
		p := open[best]
		if p.gain < minGain {
			break
		}
		l, r := divide(b, g, h, p)
		l.node, r.node = len(tree), len(tree)+1
		tree = append(tree, treeNode{feature: -1}, treeNode{feature: -1})
		tree[p.node] = treeNode{feature: p.feature, bin: p.bin, threshold: b.edges[p.feature][p.bin], left: l.node, right: r.node}
		open[best] = l
		open = append(open, r)
	}
	for _, p := range open {
		v := -rate * p.g / (p.h + ridge)
		tree[p.node].value = float32(v)
		for _, i := range p.rows {
			raw[i] += v
		}
	}
	return tree
}

func histogram(b *binned, g, h []float64, rows []int32) *[featureCount][maxBins]cell {
	out := new([featureCount][maxBins]cell)
	parallel(featureCount, func(f int) {
		col, cells := b.cols[f], &out[f]
		if len(b.edges[f]) < 2 {
			return
		}
		for _, i := range rows {
			c := &cells[col[i]]
			c.g += g[i]
			c.h += h[i]
		}
	})
	return out
}

// split finds the best cut of a part.
func split(b *binned, p *part) {
	p.gain, p.g, p.h = 0, 0, 0
	first := true
	for f := range p.hist {
		n := len(b.edges[f])
		if n < 2 {
			continue
		}
		var tg, th float64
		for k := range n {
			tg += p.hist[f][k].g
			th += p.hist[f][k].h
		}
		if first {
			p.g, p.h, first = tg, th, false
		}
		base := tg * tg / (th + ridge)
		var lg, lh float64
		for k := range n - 1 {
			lg += p.hist[f][k].g
			lh += p.hist[f][k].h
			if lh < minWeight || th-lh < minWeight {
				continue
			}
			gain := lg*lg/(lh+ridge) + (tg-lg)*(tg-lg)/(th-lh+ridge) - base
			if gain > p.gain {
				p.gain, p.feature, p.bin = gain, f, uint8(k)
			}
		}
	}
}

func divide(b *binned, g, h []float64, p part) (l, r part) {
	for _, i := range p.rows {
		if b.cols[p.feature][i] <= p.bin {
			l.rows = append(l.rows, i)
		} else {
			r.rows = append(r.rows, i)
		}
	}
	small, large := &l, &r
	if len(l.rows) > len(r.rows) {
		small, large = &r, &l
	}
	small.hist = histogram(b, g, h, small.rows)
	large.hist = p.hist
	for f := range large.hist {
		for k := range len(b.edges[f]) {
			large.hist[f][k].g -= small.hist[f][k].g
			large.hist[f][k].h -= small.hist[f][k].h
		}
	}
	split(b, &l)
	split(b, &r)
	return l, r
}

func (f *forest) probability(x *[featureCount]float32) float64 {
	sum := f.bias
	for _, t := range f.trees {
		n := 0
		for t[n].feature >= 0 {
			if x[t[n].feature] <= t[n].threshold {
				n = t[n].left
			} else {
				n = t[n].right
			}
		}
		sum += float64(t[n].value)
	}
	return 1 / (1 + math.Exp(-sum))
}
