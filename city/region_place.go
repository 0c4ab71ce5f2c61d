package city

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// survey is what the kinds of region have in common while they are drawn.
type survey struct {
	r     *rand.Rand
	n     float64 // customers
	scale float64 // of lengths: 1 for 200,000 customers
	towns int
}

// zipf gives n places shares of 1 that fall as one over the rank.
func zipf(n int) []float64 {
	shares, sum := make([]float64, n), 0.0
	for i := range shares {
		shares[i] = 1 / float64(i+1)
		sum += shares[i]
	}
	for i := range shares {
		shares[i] /= sum
	}
	return shares
}

// radiusOf is the usual radius in metres of a town with so many customers.
func radiusOf(customers float64) float64 { return 1500 * math.Pow(customers/1000, 0.35) }

// scatter adds places to the given until there are n, on dry land within half of the middle:
// each is the one of eight candidates farthest from all others (Mitchell's best candidate).
func (s survey) scatter(places []vec, n int, half vec, dry func(vec) bool) []vec {
	for len(places) < n {
		var best vec
		most := -1.0
		for found := 0; found < 8; {
			p := vec{half.x * (2*s.r.Float64() - 1), half.y * (2*s.r.Float64() - 1)}
			if !dry(p) {
				continue
			}
			found++
			near := math.Inf(1)
			for _, q := range places {
				near = min(near, p.to(q))
			}
			if near > most {
				best, most = p, near
			}
		}
		places = append(places, best)
	}
	return places
}

// settlements are towns that share the given part of all customers.
func (s survey) settlements(kind string, at []vec, part float64, shares []float64) []spot {
	spots := make([]spot, len(at))
	for i, p := range at {
		spots[i] = s.town(fmt.Sprintf("%s %d", kind, i+1), part*shares[i], p, radiusOf(part*shares[i]*s.n))
	}
	return spots
}

// town is dense in the middle and in a few quarters, and thins out beyond.
func (s survey) town(name string, share float64, at vec, radius float64) spot {
	quarters := make([]vec, 2+int(min(10, radius/1000)))
	for i := range quarters {
		quarters[i] = toward(s.r.Float64() * 2 * math.Pi).times(radius * (0.4 + 1.2*s.r.Float64()))
	}
	return s.onStreets(spot{name, share, 0.06, at, func(r *rand.Rand) vec {
		scatter := func(width float64) vec { return vec{width * r.NormFloat64(), width * r.NormFloat64()} }
		switch dice := r.Float64(); {
		case dice < 0.2:
			return at.add(scatter(0.25 * radius))
		case dice < 0.5:
			return at.add(pick(r, quarters)).add(scatter(0.16 * radius))
		}
		away := -0.75 * math.Log(1-0.99*r.Float64()) // exponential, cut off at 3.5
		return at.add(toward(r.Float64() * 2 * math.Pi).times(radius * away))
	}})
}

// onStreets pulls most of a spot's customers onto streets of one direction and of the one across.
func (s survey) onStreets(p spot) spot {
	const block = 170
	axis := toward(s.r.Float64() * math.Pi)
	free := p.draw
	p.draw = func(r *rand.Rand) vec {
		v := free(r).sub(p.at)
		along, across := v.dot(axis), axis.cross(v)
		switch dice := r.Float64(); {
		case dice < 0.4:
			along = block * math.Round(along/block)
		case dice < 0.8:
			across = block * math.Round(across/block)
		}
		return p.at.add(axis.times(along)).add(axis.left().times(across))
	}
	return p
}

// roads join towns that have no third one nearer to both (the relative neighbourhood graph, which
// leaves none aside), with villages on the way. They share the given part of all customers; a
// road between large towns has more of them.
func (s survey) roads(towns []spot, part float64) []spot {
	var spots []spot
	total := 0.0
	for i, a := range towns {
		for j, b := range towns[:i] {
			length := a.at.to(b.at)
			if overtaken(towns, i, j, length) {
				continue
			}
			road := s.bend(a.at, b.at, 0.12)
			villages := make([]float64, 1+int(road.length()/7000))
			for k := range villages {
				villages[k] = s.r.Float64() * road.length()
			}
			weight := math.Sqrt(length) * math.Pow(a.share*b.share, 0.25)
			total += weight
			spots = append(spots, spot{fmt.Sprintf("road %d", len(spots)+1), weight, 0.02, road[0], func(r *rand.Rand) vec {
				if r.Float64() < 0.6 {
					return road.beside(r, pick(r, villages)+300*r.NormFloat64(), 250)
				}
				return road.beside(r, r.Float64()*road.length(), 120)
			}})
		}
	}
	for i := range spots {
		spots[i].share *= part / total
	}
	return spots
}

// overtaken says whether a third town is nearer to both i and j than they are to each other.
func overtaken(towns []spot, i, j int, length float64) bool {
	for k, c := range towns {
		if k != i && k != j && max(c.at.to(towns[i].at), c.at.to(towns[j].at)) < length {
			return true
		}
	}
	return false
}

// country is what lies anywhere within half of the middle.
func (s survey) country(share float64, at, half vec) spot {
	return spot{"country", share, 0, at, func(r *rand.Rand) vec {
		return vec{half.x * (2*r.Float64() - 1), half.y * (2*r.Float64() - 1)}
	}}
}

// bend is a winding way from a to b: the middle of each piece is pushed aside, four times over.
func (s survey) bend(a, b vec, by float64) line {
	way := line{a, b}
	for range 4 {
		next := line{way[0]}
		for i := 1; i < len(way); i++ {
			piece := way[i].sub(way[i-1])
			middle := mix(way[i-1], way[i], 0.5).add(piece.left().times(by * 0.5 * s.r.NormFloat64()))
			next = append(next, middle, way[i])
		}
		way, by = next, by*0.8
	}
	return way
}

// along is the place so many metres from the beginning of the line; before and beyond it is an end.
func (l line) along(metres float64) vec {
	for i := 1; i < len(l); i++ {
		piece := l[i-1].to(l[i])
		if metres <= piece {
			return mix(l[i-1], l[i], max(0, metres)/max(piece, 1e-9))
		}
		metres -= piece
	}
	return l[len(l)-1]
}

// beside is a place near the line, so many metres from its beginning.
func (l line) beside(r *rand.Rand, metres, spread float64) vec {
	return l.along(metres).add(vec{spread * r.NormFloat64(), spread * r.NormFloat64()})
}

func lengthOf(lines []line) float64 {
	sum := 0.0
	for _, l := range lines {
		sum += l.length()
	}
	return sum
}
