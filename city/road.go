package city

import (
	"math"
	"math/rand/v2"
	"slices"
)

// layRoads draws the main roads: two rings and a bypass, avenues out of the centre that leave
// town as highways, and embankments. Where a road meets the river it becomes a bridge if the
// way over is short, and ends on the embankment if not.
func (c *plan) layRoads(r *rand.Rand) {
	var bridges []vec
	lay := func(l line, k streetKind) {
		for _, part := range c.bridged(l, &bridges) {
			c.roads = append(c.roads, street{axis: part, class: major, kind: k})
		}
	}
	lay(c.ring(r, min(1050, c.size*0.24), 0.05), ring)
	lay(c.ring(r, c.size*0.5, 0.08), ring)
	var bypass line
	for _, p := range c.outline().dense(60) {
		bypass = append(bypass, p.times(0.9))
	}
	lay(smooth(append(bypass, bypass[0]), 12), ring)
	n, turn := 8, r.Float64()*2*math.Pi
	for i := range n {
		a := turn + (float64(i)+(r.Float64()-0.5)*0.45)*2*math.Pi/float64(n)
		phase, sway := r.Float64()*6, 0.1+r.Float64()*0.12
		var in, out line
		for d := 170.0; d < c.size*1.7; d += 40 {
			p := toward(a + sway*math.Sin(d/2100+phase) - sway*math.Sin(phase)).times(d)
			if d < c.reach(p)*0.8 {
				in = append(in, p)
			} else {
				out = append(out, p)
			}
		}
		if i%4 == 3 { // some avenues stop at the bypass
			out = out[:min(len(out), 8)]
		}
		lay(in, avenue)
		lay(append(line{in[len(in)-1]}, out...), highway)
	}
	for _, left := range []bool{true, false} {
		c.layEmbankments(left)
	}
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

// bridged cuts a road where the river is too wide to cross, and remembers the bridges it needs.
// No two bridges stand within 700 m of each other.
func (c *plan) bridged(l line, bridges *[]vec) []line {
	l = l.dense(15)
	var parts []line
	part := line{}
	for i := 0; i < len(l); i++ {
		if c.river.offshore(l[i]) > 0 {
			part = append(part, l[i])
			continue
		}
		end := i
		for end < len(l) && c.river.offshore(l[end]) <= 0 {
			end++
		}
		at, _ := c.river.nearest(l[(i+end)/2-min(1, (i+end)/2)])
		middle := c.river.axis[at]
		width := 2 * c.river.half[at]
		taken := slices.ContainsFunc(*bridges, func(b vec) bool { return b.to(middle) < 700 })
		across := i > 0 && end < len(l) && c.river.onLeft(l[i-1]) != c.river.onLeft(l[end])
		if across && !taken && float64(end-i)*15 < 1.5*width+60 {
			*bridges = append(*bridges, middle)
			part = append(part, l[i:end]...)
		} else {
			parts, part = append(parts, part), line{}
		}
		i = end - 1
	}
	return slices.DeleteFunc(append(parts, part), func(p line) bool { return p.length() < 200 })
}

// layEmbankments draws the streets along one shore, as far as the town is dense.
func (c *plan) layEmbankments(left bool) {
	var l line
	flush := func() {
		if l = smooth(l, 3); l.length() > 500 {
			c.roads = append(c.roads, street{axis: l, class: major, kind: embankment})
		}
		l = nil
	}
	for _, p := range c.river.bank(0, len(c.river.axis), left, 55) {
		inTown := p.length() < c.reach(p)*0.72
		if inTown && c.river.offshore(p) > 35 && (c.brook.offshore(p) > 0 || len(l) > 0) {
			l = append(l, p)
			if l.length() > 3200 { // a name does not go on for ever
				last := l[len(l)-1]
				flush()
				l = line{last}
			}
			continue
		}
		flush()
	}
	flush()
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
