package route

import "slices"

// member is a plan of a population.
type member struct {
	visits     []int32 // route after route
	ends       []int32 // of each route that has visits
	next, prev []int32 // of each visit; -1
	cost       int64   // travel
	back, over int64
	penalized  int64
}

// herd is members that compete with each other.
type herd struct {
	alive []int32
	free  []int32
	worth []float64 // by member
	ranks []int32
}

// apart is the share of ways that two members do not share (broken pairs).
func (b *breeder) apart(x, y *member) float32 {
	differ := 0
	for v := range x.next {
		if x.next[v] != y.next[v] && x.next[v] != y.prev[v] {
			differ++
		}
		if x.prev[v] < 0 && y.prev[v] >= 0 && y.next[v] >= 0 {
			differ++
		}
	}
	return float32(differ) / float32(b.n)
}

// admit makes the routes as they are a member, and culls its herd when it is full.
func (b *breeder) admit() {
	cost, back, over := b.sums()
	h := &b.unsound
	if back == 0 && over == 0 {
		h = &b.sound
	}
	i := h.free[len(h.free)-1]
	h.free = h.free[:len(h.free)-1]
	x := &b.members[i]
	b.take(x)
	for _, j := range h.alive {
		d := b.apart(x, &b.members[j])
		b.far[int(i)*len(b.members)+int(j)], b.far[int(j)*len(b.members)+int(i)] = d, d
	}
	h.alive = append(h.alive, i)
	if len(h.free) == 0 {
		for len(h.alive) > herdLeast {
			b.cull(h)
		}
	}
	if h == &b.sound && cost < b.best {
		b.best, b.idle = cost, 0
	}
}

// judge rates the members of a herd by the rank of their cost and the rank of their difference.
func (b *breeder) judge(h *herd) {
	n := len(h.alive)
	slices.SortFunc(h.alive, func(x, y int32) int {
		if p, q := b.members[x].penalized, b.members[y].penalized; p != q {
			if p < q {
				return -1
			}
			return 1
		}
		return int(x - y)
	})
	if n == 1 {
		h.worth[h.alive[0]] = 0
		return
	}
	h.ranks = append(h.ranks[:0], h.alive...)
	for _, i := range h.alive {
		h.worth[i] = -float64(b.strange(h, i))
	}
	slices.SortFunc(h.ranks, func(x, y int32) int {
		if p, q := h.worth[x], h.worth[y]; p != q {
			if p < q {
				return -1
			}
			return 1
		}
		return int(x - y)
	})
	for rank, i := range h.ranks {
		h.worth[i] = float64(rank) / float64(n-1) * (1 - float64(herdElite)/float64(max(n, herdElite)))
	}
	for rank, i := range h.alive {
		h.worth[i] += float64(rank) / float64(n-1)
	}
}

// strange is how far a member is from those nearest to it.
func (b *breeder) strange(h *herd, i int32) float32 {
	var near [herdClose]float32
	n := 0
	for _, j := range h.alive {
		if j == i {
			continue
		}
		d := b.far[int(i)*len(b.members)+int(j)]
		k := n
		if n == herdClose {
			if d >= near[n-1] {
				continue
			}
			k--
		} else {
			n++
		}
		for ; k > 0 && near[k-1] > d; k-- {
			near[k] = near[k-1]
		}
		near[k] = d
	}
	sum := float32(0)
	for _, d := range near[:n] {
		sum += d
	}
	return sum / float32(max(1, n))
}

// cull takes the least worthy member out of a herd: a double if there is one. The cheapest stays.
func (b *breeder) cull(h *herd) {
	b.judge(h)
	worst, double := 1, false
	for k := 1; k < len(h.alive); k++ {
		i := h.alive[k]
		twin := false
		for _, j := range h.alive {
			twin = twin || j != i && b.far[int(i)*len(b.members)+int(j)] == 0
		}
		if twin && !double || twin == double && h.worth[i] > h.worth[h.alive[worst]] {
			worst, double = k, twin
		}
	}
	h.free = append(h.free, h.alive[worst])
	h.alive = slices.Delete(h.alive, worst, worst+1)
}

// parent is the better of two members drawn by chance.
func (b *breeder) parent() *member {
	draw := func() (int32, float64) {
		k := b.rng.below(len(b.sound.alive) + len(b.unsound.alive))
		if k < len(b.sound.alive) {
			i := b.sound.alive[k]
			return i, b.sound.worth[i]
		}
		i := b.unsound.alive[k-len(b.sound.alive)]
		return i, b.unsound.worth[i]
	}
	i, x := draw()
	j, y := draw()
	if y < x {
		i = j
	}
	return &b.members[i]
}
