package geo

import (
	"math"
	"slices"
)

// passedOn is the least workload that changes hands until no territory is above its target and tolerance, if work passes
// only between territories that border on each other today. Work that has to pass through others counts at every step:
// each of them hands on what it takes in.
func (g *ground) passedOn() float64 {
	spare := make([]float64, g.territories())
	for t := range spare {
		spare[t] = (1 + g.tolerance) * g.target[t]
	}
	for u, h := range g.held {
		if h.territory != Free {
			spare[h.territory] -= h.work
		}
		for _, h := range g.minor[u] {
			spare[h.territory] -= h.work
		}
	}
	return leastFlow(spare, g.touching(), 1e-9*g.total)
}

// touching lists for each territory those that have ground next to its own today, or share a place with it.
func (g *ground) touching() [][]int32 {
	owner := g.today()
	beside := make([][]int32, g.territories())
	join := func(a, b int32) {
		if a != b && !slices.Contains(beside[a], b) {
			beside[a], beside[b] = append(beside[a], b), append(beside[b], a)
		}
	}
	for u, t := range owner {
		for _, h := range g.minor[u] {
			join(t, h.territory)
		}
		for _, v := range g.near.of(int32(u)) {
			join(t, owner[v])
			for _, h := range g.minor[v] {
				join(t, h.territory)
			}
		}
	}
	for _, list := range beside {
		slices.Sort(list)
	}
	return beside
}

// leastFlow is the least sum over all arcs of a flow that leaves no node below nothing. spare is what each node has room
// for, negative where it has too much; beside are its neighbours, both ways. What is less than a trifle is left where
// it is, and so is what can reach no room. It sends along shortest paths, one after the other (Busacker and Gowen 1960).
func leastFlow(spare []float64, beside [][]int32, trifle float64) (sum float64) {
	spare = slices.Clone(spare)
	sent := make([][]float64, len(spare)) // along beside
	for t := range sent {
		sent[t] = make([]float64, len(beside[t]))
	}
	back := func(a, b int32) *float64 { // what b sends to a
		i, _ := slices.BinarySearch(beside[b], a)
		return &sent[b][i]
	}
	far, from := make([]int, len(spare)), make([]int32, len(spare))
	waiting := make([]bool, len(spare))
	for {
		var queue []int32
		for t := range far {
			far[t], from[t] = math.MaxInt, -1
			if spare[t] < -trifle {
				far[t], waiting[t] = 0, true
				queue = append(queue, int32(t))
			}
		}
		for len(queue) > 0 { // Bellman and Ford's: calling back what was sent costs less than nothing
			a := queue[0]
			queue, waiting[a] = queue[1:], false
			for _, b := range beside[a] {
				cost := 1
				if *back(a, b) > trifle {
					cost = -1
				}
				if far[a]+cost < far[b] {
					far[b], from[b] = far[a]+cost, a
					if !waiting[b] {
						waiting[b] = true
						queue = append(queue, b)
					}
				}
			}
		}
		end := int32(-1)
		for t := range int32(len(far)) {
			if spare[t] > trifle && far[t] < math.MaxInt && (end < 0 || far[t] < far[end]) {
				end = t
			}
		}
		if end < 0 {
			return sum
		}
		amount, start := spare[end], end
		for b := end; from[b] >= 0; b = from[b] {
			if called := *back(from[b], b); called > trifle {
				amount = min(amount, called)
			}
			start = from[b]
		}
		amount = min(amount, -spare[start])
		spare[start], spare[end] = spare[start]+amount, spare[end]-amount
		for b := end; from[b] >= 0; b = from[b] {
			if called := back(from[b], b); *called > trifle {
				*called -= amount
				sum -= amount
			} else {
				*back(b, from[b]) += amount
				sum += amount
			}
		}
	}
}
