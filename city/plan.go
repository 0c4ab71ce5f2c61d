package city

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// plan is the town before its side streets: water, green, works, railway, main roads and
// districts, all on the drawing board. The centre is at the origin.
type plan struct {
	size     float64 // mean radius of the built-up area, metres
	edge     []float64
	river    river
	brook    river
	parks    []patch
	islands  []line
	works    []patch
	rail     line
	station  vec
	roads    []street
	quarters []quarter
}

// class orders streets by rank.
type class int

const (
	minor class = iota
	medium
	major
)

// street is one named street on the drawing board.
type street struct {
	axis  line
	class class
	kind  streetKind
	name  string
}

// quarter is the seed of a district: what is nearest to it on the same bank belongs to it.
type quarter struct {
	at    vec
	left  bool // bank
	grain float64
	name  string
}

// edges is how many directions the outline of the town is kept for.
const edges = 144

func newPlan(r *rand.Rand, sites int) plan {
	size := 5200 * math.Sqrt(float64(sites)/3000)
	c := plan{size: min(14000, max(1900, size))}
	c.river = newRiver(r, c.size*2.6)
	c.brook = newBrook(r, c.river, c.mouth(), c.size*2.3)
	c.islands = c.river.islands
	c.growOutline(r)
	c.layRail(r)
	c.layRoads(r)
	c.layWorks(r)
	c.layParks(r)
	c.seedQuarters(r)
	return c
}

// mouth is where the brook joins the river: downstream of the islands, still in town.
func (c *plan) mouth() int {
	for i := len(c.river.axis) - 1; i > 0; i-- {
		if c.river.axis[i].length() < c.size*0.5 {
			return i
		}
	}
	return len(c.river.axis) / 2
}

// growOutline lets the town grow along the river and more to some sides than to others.
func (c *plan) growOutline(r *rand.Rand) {
	flow := c.river.axis[len(c.river.axis)-1].sub(c.river.axis[0]).angle()
	var phase [4]float64
	for i := range phase {
		phase[i] = r.Float64() * 2 * math.Pi
	}
	for i := range edges {
		a := float64(i) * 2 * math.Pi / edges
		c.edge = append(c.edge, c.size*(1+0.14*math.Cos(2*(a-flow))+0.09*math.Sin(a+phase[0])+
			0.08*math.Sin(3*a+phase[1])+0.055*math.Sin(7*a+phase[2])+0.035*math.Sin(13*a+phase[3])))
	}
}

// reach is how far the town goes in the direction of p.
func (c *plan) reach(p vec) float64 {
	at := p.angle() / (2 * math.Pi) * edges
	if at < 0 {
		at += edges
	}
	i := int(at)
	k := at - float64(i)
	return c.edge[i%edges]*(1-k) + c.edge[(i+1)%edges]*k
}

func (c *plan) outline() line {
	var l line
	for i, e := range c.edge {
		l = append(l, toward(float64(i)*2*math.Pi/edges).times(e))
	}
	return l
}

// offshore is how far p is from any water, negative on it.
func (c *plan) offshore(p vec) float64 { return min(c.river.offshore(p), c.brook.offshore(p)) }

func (c *plan) inPark(p vec) bool {
	return slices.ContainsFunc(c.parks, func(park patch) bool { return park.holds(p) })
}

func (c *plan) inWorks(p vec) bool {
	return slices.ContainsFunc(c.works, func(w patch) bool { return w.holds(p) })
}

func (c *plan) inTown(p vec) bool { return p.length() < c.reach(p) }

// layRail draws the railway past the centre on the side away from the river's bend, the way
// that needs the fewest bridges.
func (c *plan) layRail(r *rand.Rand) {
	bend, _ := c.river.nearest(vec{})
	inland := c.river.axis[bend].times(-1).angle()
	fewest := math.MaxInt
	for range 16 {
		away := inland + (r.Float64()-0.5)*0.9
		station := toward(away).times(min(1750, c.size*0.36))
		along, phase := away-math.Pi/2+(r.Float64()-0.5)*0.7, r.Float64()*6
		heading := func(s float64) vec { return toward(along + 0.25*(math.Sin(s/2300+phase)-math.Sin(phase))) }
		var back, on line
		wet := 0
		for _, way := range []struct {
			l    *line
			step float64
		}{{&back, -50}, {&on, 50}} {
			for s, p := 0.0, station; p.length() < c.size*2.5; s += way.step {
				*way.l = append(*way.l, p)
				if c.river.offshore(p) < 30 {
					wet++
				}
				p = p.add(heading(s).times(way.step))
			}
		}
		if wet < fewest {
			fewest, c.station, c.rail = wet, station, append(reversed(back), on[1:]...)
		}
	}
}

// layWorks puts industry along the railway, out of the centre.
func (c *plan) layWorks(r *rand.Rand) {
	for _, share := range []float64{0.47, -0.55, 0.8} {
		var at int
		for i, p := range c.rail {
			if p.length() < c.size*math.Abs(share) && (share > 0) == (i > len(c.rail)/2) {
				at = i
				if share < 0 {
					break
				}
			}
		}
		along := c.rail.heading(at)
		side := along.left()
		if r.IntN(2) == 0 {
			side = side.times(-1)
		}
		long, deep := 520+r.Float64()*380, 480+r.Float64()*260
		var w line
		for _, q := range []vec{{-1, 0.1}, {-0.3, 0.07}, {0.4, 0.07}, {1, 0.1}, {1.05, 0.6}, {0.7, 1}, {-0.2, 1.08}, {-0.9, 0.95}, {-1.1, 0.5}} {
			jitter := 1 + (r.Float64()-0.5)*0.15
			w = append(w, c.rail[at].add(along.times(q.x*long*jitter)).add(side.times(q.y*deep*jitter)))
		}
		if c.dry(w, 40) {
			c.works = append(c.works, newPatch(w))
		}
	}
}

// dry says whether the area stays off the water.
func (c *plan) dry(area line, margin float64) bool {
	for _, p := range area.dense(60) {
		if c.offshore(p) < margin {
			return false
		}
	}
	return true
}

// layParks fits parks between the main roads: a small one in the centre, some in the
// districts, forests at the edge.
func (c *plan) layParks(r *rand.Rand) {
	marks := newMarks(c.size * 2)
	for i, s := range c.roads {
		marks.add(s.axis, i)
	}
	place := func(n int, from, to, small, large float64) {
		for tries := 0; n > 0 && tries < 400; tries++ {
			at := toward(r.Float64() * 2 * math.Pi).times(c.size * (from + (to-from)*math.Sqrt(r.Float64())))
			park := newPatch(blob(r, at, small+(large-small)*r.Float64()))
			if c.free(park, marks) {
				c.parks = append(c.parks, park)
				n--
			}
		}
	}
	if garden := newPatch(blob(r, vec{}, squareRadius*0.5)); c.free(garden, marks) {
		c.parks = append(c.parks, garden)
	}
	place(1, 0.06, 0.16, 150, 220)
	place(3, 0.12, 0.4, 180, 300)
	place(10, 0.3, 0.9, 200, 460)
	place(4, 0.8, 1.15, 700, 1300)
}

// free says whether a park may lie here: dry, off works and other parks, no main road through it.
func (c *plan) free(park patch, roads *marks) bool {
	if !c.dry(park.edge, 25) || c.offshore(park.middle) < 0 {
		return false
	}
	for _, other := range c.parks {
		if other.middle.to(park.middle) < other.radius+park.radius {
			return false
		}
	}
	for _, p := range append(park.edge.dense(60), park.middle) {
		if c.inWorks(p) || roads.any(p, 25, always) {
			return false
		}
	}
	for _, s := range c.roads {
		if slices.ContainsFunc(s.axis, park.holds) {
			return false
		}
	}
	return !slices.ContainsFunc(c.rail, park.holds)
}

// blob is a round area with an uneven edge, longer one way than the other.
func blob(r *rand.Rand, at vec, radius float64) line {
	turn, stretch := r.Float64()*math.Pi, 1+r.Float64()*0.5
	var phase [3]float64
	for i := range phase {
		phase[i] = r.Float64() * 2 * math.Pi
	}
	var l line
	n := 28
	for i := range n {
		a := float64(i) * 2 * math.Pi / float64(n)
		d := radius * (1 + 0.13*math.Sin(2*a+phase[0]) + 0.1*math.Sin(3*a+phase[1]) + 0.05*math.Sin(6*a+phase[2]))
		x, y := d*math.Cos(a)*stretch, d*math.Sin(a)/stretch
		l = append(l, at.add(toward(turn).times(x)).add(toward(turn).left().times(y)))
	}
	return l
}

// seedQuarters spreads the hearts of the districts: one in the centre, the others apart from each other.
func (c *plan) seedQuarters(r *rand.Rand) {
	c.quarters = []quarter{{left: c.river.onLeft(vec{}), grain: r.Float64() * math.Pi / 2}}
	apart := c.size * 0.62
	for tries := 0; tries < 600 && len(c.quarters) < 11; tries++ {
		at := toward(r.Float64() * 2 * math.Pi).times(c.size * 0.85 * math.Sqrt(r.Float64()))
		if tries%60 == 59 {
			apart *= 0.93
		}
		crowded := slices.ContainsFunc(c.quarters, func(q quarter) bool { return q.at.to(at) < apart })
		if !crowded && c.river.offshore(at) > 250 && c.inTown(at) {
			c.quarters = append(c.quarters, quarter{at: at, left: c.river.onLeft(at), grain: r.Float64() * math.Pi / 2})
		}
	}
	c.nameQuarters(r)
}

// quarterOf is the index of the district p belongs to.
func (c *plan) quarterOf(p vec) int {
	left := c.river.onLeft(p)
	best, least := 0, math.Inf(1)
	for i, q := range c.quarters {
		if d := q.at.to(p); q.left == left && d < least {
			best, least = i, d
		}
	}
	return best
}

// nameQuarters gives names that fit the place, as far as there are such.
func (c *plan) nameQuarters(r *rand.Rand) {
	c.quarters[0].name = "Центральный"
	give := func(name string, score func(q quarter) float64) {
		best := -1
		for i, q := range c.quarters {
			if q.name == "" && !math.IsInf(score(q), 1) && (best < 0 || score(q) < score(c.quarters[best])) {
				best = i
			}
		}
		if best >= 0 {
			c.quarters[best].name = name
		}
	}
	near := func(p vec) func(quarter) float64 { return func(q quarter) float64 { return q.at.to(p) } }
	give("Заречный", func(q quarter) float64 {
		if q.left == c.quarters[0].left {
			return math.Inf(1)
		}
		return q.at.length()
	})
	give("Вокзальный", near(c.station))
	for i, w := range c.works {
		if i < 1 {
			give("Заводской", near(w.middle))
		}
	}
	give("Северный", near(vec{0, c.size}))
	give("Южный", near(vec{0, -c.size}))
	give("Восточный", near(vec{c.size, 0}))
	rest := []string{"Садовый", "Луговой", "Сосновый", "Нагорный", "Ключевой", "Полевой", "Озёрный"}
	shuffle(r, rest)
	for i := range c.quarters {
		if c.quarters[i].name == "" {
			c.quarters[i].name, rest = rest[0], rest[1:]
		}
	}
}

// ground is the area of a bank within the town limits: the limits are a rounded polygon
// somewhat outside the last houses, the border between banks is the middle of the river.
func (c *plan) ground(left bool) line {
	flow := c.river.axis[len(c.river.axis)-1].sub(c.river.axis[0]).unit()
	aside := flow.left().times(c.size * 4)
	if !left {
		aside = aside.times(-1)
	}
	first, last := c.river.axis[0], c.river.axis[len(c.river.axis)-1]
	area := slices.Clone(c.river.axis)
	area = append(area, last.add(flow.times(c.size*4)).add(aside), first.sub(flow.times(c.size*4)).add(aside))
	limit := slices.Max(c.edge)
	for i := range 48 {
		out := toward(float64(i) * 2 * math.Pi / 48)
		far := limit * (0.9 + 0.12*math.Abs(out.dot(flow)))
		area = area.cut(out.times(far), out.left())
	}
	return area
}

// quarterArea is the district's ground.
func (c *plan) quarterArea(i int) line {
	q := c.quarters[i]
	area := c.ground(q.left)
	for k, other := range c.quarters {
		if k != i && other.left == q.left {
			area = area.cut(mix(q.at, other.at, 0.5), other.at.sub(q.at).left())
		}
	}
	return area
}

// byDistance sorts places outward from the centre.
func byDistance(a, b vec) int {
	return cmp.Or(cmp.Compare(a.length(), b.length()), cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y))
}
