package city

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// house is an address: a number on a street and the place of its door.
type house struct {
	at     vec
	along  vec // direction of the street
	street int
	number int
	weight float64 // how likely a business settles here, relative to others
	busy   float64 // 0 on a quiet street, 1 on a shopping street or square
}

// layHouses numbers the streets: from the end nearer to the centre outwards, odd numbers on the
// left, even ones on the right, none on crossings, on the water, in parks or on the railway.
func layHouses(r *rand.Rand, c *plan, streets []street) []house {
	m := newMarks(c.size * 2)
	for i, s := range streets {
		m.add(s.axis, i)
	}
	rail := newMarks(c.size * 2)
	rail.add(c.rail, 0)
	var all []house
	for i, s := range streets {
		axis := s.axis
		if axis[0].length() > axis[len(axis)-1].length() {
			axis = reversed(axis)
		}
		axis = axis.dense(3)
		setback := map[class]float64{minor: 17, medium: 22, major: 27}[s.class]
		next := 14 + 8*r.Float64()
		walked, pair := 0.0, 0
		for k := 1; k < len(axis); k++ {
			walked += axis[k-1].to(axis[k])
			if walked < next {
				continue
			}
			p, along := axis[k], axis.heading(k)
			next = walked + 23 + 16*min(1, p.length()/c.size) + 6*r.Float64()
			if !c.inTown(p) {
				break
			}
			for side, across := range []vec{along.left(), along.left().times(-1)} {
				at := p.add(across.times(setback * (0.9 + 0.2*r.Float64())))
				if c.buildable(at) && !rail.any(at, 32, always) && !m.any(at, setback*0.8, func(k mark) bool { return k.street != i }) {
					all = append(all, house{at: at, along: along, street: i, number: 2*pair + 1 + side})
				}
			}
			pair++
		}
	}
	return all
}

// buildable says whether a door may be here.
func (c *plan) buildable(p vec) bool {
	return c.offshore(p) > 12 && !c.inPark(p)
}

// walls is the house as seen from above: large and close to its neighbours in the centre,
// a cottage at the edge of town.
func (h house) walls(r *rand.Rand, size float64) line {
	urban := math.Exp(-h.at.length() / (0.45 * size))
	wide := (9 + 14*urban) * (0.8 + 0.5*r.Float64()) / 2
	deep := (8 + 6*urban) * (0.9 + 0.3*r.Float64()) / 2
	a, b := h.along.times(wide), h.along.left().times(deep)
	return line{h.at.add(a).add(b), h.at.sub(a).add(b), h.at.sub(a).sub(b), h.at.add(a).sub(b)}
}

// hub is a place where shops crowd: a square, a market, a shopping centre.
type hub struct {
	at       vec
	radius   float64 // metres
	strength float64
}

// weigh says where business goes: to shopping streets and hubs, less and less outwards.
func weigh(r *rand.Rand, c *plan, streets []street, houses []house) {
	shopping := make([]float64, len(streets))
	for i, s := range streets {
		share := map[class]float64{minor: 0.03, medium: 0.3, major: 0.25}[s.class]
		if s.kind == embankment || s.kind == highway {
			share = 0.05
		}
		if s.class > minor && s.axis[0].length() < c.size*0.4 {
			share *= 2
		}
		shopping[i] = map[class]float64{minor: 0.25, medium: 0.9, major: 0.8}[s.class]
		if s.kind == highway {
			shopping[i] = 0.4
		}
		if r.Float64() < share {
			shopping[i] *= 5
		}
	}
	hubs := hubs(r, c, houses, streets)
	for i := range houses {
		h := &houses[i]
		crowd := 0.0
		for _, hub := range hubs {
			if d := hub.at.to(h.at); d < 3*hub.radius {
				crowd += hub.strength * bell(d, hub.radius)
			}
		}
		density := 0.16 + math.Exp(-h.at.length()/(0.5*c.size))
		if c.inWorks(h.at) {
			density *= 0.5
		}
		h.weight = density*shopping[h.street] + crowd
		h.busy = min(1, (shopping[h.street]*density+crowd)/5)
	}
}

// hubs chooses places on main streets, some distance from one another, more in the centre.
func hubs(r *rand.Rand, c *plan, houses []house, streets []street) []hub {
	all := []hub{{c.station.times(0.96), 190, 9}, {vec{60, 40}, 320, 7}}
	for tries := 0; tries < 3000 && len(all) < 34; tries++ {
		h := houses[r.IntN(len(houses))]
		if streets[h.street].class == minor || r.Float64() > 0.25+math.Exp(-h.at.length()/(0.5*c.size)) {
			continue
		}
		near := slices.ContainsFunc(all, func(o hub) bool { return o.at.to(h.at) < 520 })
		if !near {
			all = append(all, hub{h.at, 90 + 130*r.Float64(), 3 + 12*r.Float64()*r.Float64()})
		}
	}
	return all
}

// settle draws n addresses by weight, no house twice before every house has one
// (exponential keys, after Efraimidis and Spirakis). The result is in the order of streets.
func settle(r *rand.Rand, houses []house, n int) []house {
	type ticket struct {
		key   float64
		house int
	}
	tickets := make([]ticket, len(houses))
	for i, h := range houses {
		tickets[i] = ticket{r.ExpFloat64() / h.weight, i}
	}
	slices.SortFunc(tickets, func(a, b ticket) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.house, b.house))
	})
	chosen := make([]int, n)
	for i := range chosen {
		chosen[i] = tickets[i%len(tickets)].house
	}
	slices.Sort(chosen)
	out := make([]house, n)
	for i, k := range chosen {
		out[i] = houses[k]
	}
	return out
}
