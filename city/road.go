package city

import (
	"math"
	"math/rand/v2"
	"slices"
)

// squareRadius is the size of the square in the middle of the town, metres.
const squareRadius = 150.0

// layRoads draws the main roads: the square, two rings and a bypass, avenues out of the centre that leave
// town as highways, and embankments. Where a road meets the river it becomes a bridge if the
// way over is short, and ends on the embankment if not. No name goes on for ever: long roads
// are cut into sections.
func (c *plan) layRoads(r *rand.Rand) {
	var bridges []vec
	lay := func(l line, k streetKind, longest float64) {
		for _, part := range c.bridged(l, &bridges) {
			if !c.inTown(part[0]) {
				continue // the river has cut it off from the town
			}
			for _, section := range part.sections(longest) {
				c.roads = append(c.roads, street{axis: section, class: major, kind: k})
			}
		}
	}
	lay(c.ring(r, squareRadius, 0), square, 2000)
	lay(c.ring(r, min(1050, c.size*0.24), 0.05), boulevard, 1900)
	lay(c.ring(r, c.size*0.5, 0.08), avenue, 3200)
	var bypass line
	for _, p := range c.outline().dense(60) {
		bypass = append(bypass, p.times(0.9))
	}
	lay(smooth(append(bypass, bypass[0]), 12), highway, 5000)
	n, turn := 8, r.Float64()*2*math.Pi
	for i := range n {
		a := turn + (float64(i)+(r.Float64()-0.5)*0.4)*2*math.Pi/float64(n)
		phase, sway := r.Float64()*6, 0.05+r.Float64()*0.09
		var in, out line
		for d := squareRadius; d < c.size*2.4; d += 40 {
			p := toward(a + sway*(math.Sin(d/2100+phase)-math.Sin(phase))).times(d)
			if d < c.reach(p)*0.8 {
				in = append(in, p)
			} else {
				out = append(out, p)
			}
		}
		if i%4 == 3 { // some avenues stop at the bypass
			out = out[:min(len(out), 8)]
		}
		lay(in, avenue, 6000)
		lay(append(line{in[len(in)-1]}, out...), highway, 12000)
	}
	c.layEmbankments(true)
	c.layEmbankments(false)
}

// ring is a closed way around the centre at a mean radius, uneven by a share of it.
func (c *plan) ring(r *rand.Rand, radius, uneven float64) line {
	p1, p2 := r.Float64()*6, r.Float64()*6
	var l line
	for i := 0; i <= 180; i++ {
		a := float64(i) * 2 * math.Pi / 180
		l = append(l, toward(a).times(radius*(1+uneven*math.Sin(2*a+p1)+uneven*0.6*math.Sin(3*a+p2))))
	}
	return l
}

// shore is how far from the water embankments run, in metres. A road without a bridge ends there.
const shore = 55.0

// bridged cuts a road where the river is too wide to cross, and remembers the bridges it needs.
// No two bridges stand within 700 m of each other.
func (c *plan) bridged(l line, bridges *[]vec) []line {
	const step = 15.0
	l = l.dense(step)
	var parts []line
	from := 0
	for i := 0; i < len(l); i++ {
		if c.river.offshore(l[i]) > 0 {
			continue
		}
		end := i
		for end < len(l) && c.river.offshore(l[end]) <= 0 {
			end++
		}
		at, _ := c.river.nearest(l[(i+end-1)/2])
		middle, width := c.river.axis[at], 2*c.river.half[at]
		taken := slices.ContainsFunc(*bridges, func(b vec) bool { return b.to(middle) < 700 })
		across := i > 0 && end < len(l) && c.river.onLeft(l[i-1]) != c.river.onLeft(l[end])
		if across && !taken && float64(end-i)*step < 1.5*width+60 {
			*bridges = append(*bridges, middle)
		} else {
			parts = append(parts, c.ashore(l[from:i]))
			from = end
		}
		i = end
	}
	parts = append(parts, c.ashore(l[min(from, len(l)):]))
	return slices.DeleteFunc(parts, func(p line) bool { return p.length() < 200 })
}

// ashore takes from both ends of a road what leads to the water and not over it.
func (c *plan) ashore(l line) line {
	for len(l) > 0 && c.river.offshore(l[0]) < shore {
		l = l[1:]
	}
	for len(l) > 0 && c.river.offshore(l[len(l)-1]) < shore {
		l = l[:len(l)-1]
	}
	return l
}

// layEmbankments draws the streets along one shore, as far as the town is dense.
func (c *plan) layEmbankments(left bool) {
	var l line
	flush := func() {
		if smoothed := smooth(l, 3); smoothed.length() > 500 {
			for _, section := range smoothed.sections(3200) {
				c.roads = append(c.roads, street{axis: section, class: major, kind: embankment})
			}
		}
		l = nil
	}
	for _, p := range c.river.bank(0, len(c.river.axis), left, shore) {
		if p.length() < c.reach(p)*0.72 && c.river.offshore(p) > 35 {
			l = append(l, p)
		} else {
			flush()
		}
	}
	flush()
}

// sections cuts a line into equal parts no longer than the given length, each beginning where
// the one before ends.
func (l line) sections(longest float64) []line {
	n := int(math.Ceil(l.length() / longest))
	var parts []line
	for i := range n {
		from, to := i*(len(l)-1)/n, (i+1)*(len(l)-1)/n
		parts = append(parts, l[from:to+1:to+1])
	}
	return parts
}

// smooth averages every point with its n neighbours on both sides; ends stay where they are,
// and a closed line stays closed.
func smooth(l line, n int) line {
	closed := len(l) > 2 && l[0] == l[len(l)-1]
	out := slices.Clone(l)
	for i := range l {
		reach := min(n, i, len(l)-1-i)
		if closed {
			reach = n
		}
		var sum vec
		for k := i - reach; k <= i+reach; k++ {
			at := k
			if closed {
				m := len(l) - 1
				at = ((k % m) + m) % m
			}
			sum = sum.add(l[at])
		}
		out[i] = sum.times(1 / float64(2*reach+1))
	}
	return out
}
