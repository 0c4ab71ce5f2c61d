package tiles

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// fanout is how many children a node of the index has.
const fanout = 16

// index is a packed R-tree: built once, never changed, searched without allocation of nodes.
// Levels lie one behind the other, leaves first; the last node is the root.
type index struct {
	nodes  []node
	leaves int
}

// node bounds an item or a run of children. Knowing the least zoom below it lets a search
// for a small zoom pass by whole quarters of side streets.
type node struct {
	bound   orb.Bound
	minZoom int
	first   int // leaf: position of the item; else: position of the first child
	count   int // children; 0 in a leaf
}

func newIndex(items []item) index {
	level := make([]node, 0, len(items))
	for i, it := range items {
		level = append(level, node{bound: it.Geometry.Bound(), minZoom: it.MinZoom, first: i})
	}
	pack(level)
	t := index{nodes: level, leaves: len(level)}
	for from, n := 0, len(level); n > 1; {
		for i := 0; i < n; i += fanout {
			parent := node{bound: t.nodes[from+i].bound, minZoom: math.MaxInt, first: from + i, count: min(fanout, n-i)}
			for _, child := range t.nodes[from+i : from+i+parent.count] {
				parent.bound = parent.bound.Union(child.bound)
				parent.minZoom = min(parent.minZoom, child.minZoom)
			}
			t.nodes = append(t.nodes, parent)
		}
		from, n = from+n, len(t.nodes)-from-n
	}
	return t
}

// pack sorts leaves into vertical strips and each strip from south to north, so that
// neighbours on the ground become neighbours in the slice.
func pack(leaves []node) {
	middle := func(axis int) func(a, b node) int {
		return func(a, b node) int {
			return cmp.Or(
				cmp.Compare(a.bound.Min[axis]+a.bound.Max[axis], b.bound.Min[axis]+b.bound.Max[axis]),
				cmp.Compare(a.first, b.first))
		}
	}
	slices.SortFunc(leaves, middle(0))
	strip := fanout * int(math.Ceil(math.Sqrt(float64(len(leaves))/fanout)))
	for from := 0; from < len(leaves); from += strip {
		slices.SortFunc(leaves[from:min(from+strip, len(leaves))], middle(1))
	}
}

// search is the positions of the items that touch the box and show at the zoom, ascending.
func (t index) search(box orb.Bound, zoom int) []int {
	if len(t.nodes) == 0 {
		return nil
	}
	var found []int
	stack := []int{len(t.nodes) - 1}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		n := t.nodes[at]
		if n.minZoom > zoom || !n.bound.Intersects(box) {
			continue
		}
		if at < t.leaves {
			found = append(found, n.first)
			continue
		}
		for child := range n.count {
			stack = append(stack, n.first+child)
		}
	}
	slices.Sort(found)
	return found
}
