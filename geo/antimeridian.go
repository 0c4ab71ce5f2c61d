package geo

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// cutAtAntimeridian turns an area whose longitudes run on past ±180 into areas within it.
func cutAtAntimeridian(area orb.Polygon) []orb.Polygon {
	bound := area.Bound()
	if bound.Min.Lon() >= -180 && bound.Max.Lon() <= 180 {
		return []orb.Polygon{area}
	}
	meridian := 360*math.Floor((bound.Max.Lon()-180)/360) + 180 // the last one at or below the eastern end
	if meridian >= bound.Max.Lon() {
		meridian -= 360
	}
	if meridian <= bound.Min.Lon() { // whole, only named a turn off
		return []orb.Polygon{shifted(area, -(meridian + 180))}
	}
	west, east := cut(area, meridian)
	var out []orb.Polygon
	for _, p := range west {
		out = append(out, cutAtAntimeridian(p)...)
	}
	for _, p := range east {
		out = append(out, cutAtAntimeridian(p)...)
	}
	return out
}

func shifted(area orb.Polygon, by float64) orb.Polygon {
	for _, ring := range area {
		for i := range ring {
			ring[i][0] += by
		}
	}
	return area
}

// cut divides an area along a meridian. Rings that cross it fall into chains; sorted by
// latitude, each two crossings in turn bound a stretch inside the area, which closes a chain.
func cut(area orb.Polygon, meridian float64) (west, east []orb.Polygon) {
	return half(area, meridian, -1), half(area, meridian, 1)
}

// half is the part of the area on one side of the meridian: -1 west, 1 east.
func half(area orb.Polygon, meridian, hand float64) []orb.Polygon {
	var whole, chains []orb.Ring
	for _, ring := range area {
		if parts, crosses := chainsOf(ring, meridian, hand); crosses {
			chains = append(chains, parts...)
		} else if len(parts) > 0 {
			whole = append(whole, parts[0])
		}
	}
	type end struct {
		lat   float64
		chain int
		start bool
	}
	ends := make([]end, 0, 2*len(chains))
	for i, c := range chains {
		ends = append(ends, end{c[0][1], i, true}, end{c[len(c)-1][1], i, false})
	}
	slices.SortStableFunc(ends, func(a, b end) int { return cmp.Compare(a.lat, b.lat) })
	follow := make([]int, len(chains)) // the chain that goes on where this one ends
	for i := 0; i+1 < len(ends); i += 2 {
		a, b := ends[i], ends[i+1]
		if a.start {
			a, b = b, a
		}
		follow[a.chain] = b.chain
	}
	var out []orb.Polygon
	used := make([]bool, len(chains))
	for i := range chains {
		var ring orb.Ring
		for j := i; !used[j]; j = follow[j] {
			used[j] = true
			ring = append(ring, chains[j]...)
		}
		if ring != nil {
			out = append(out, orb.Polygon{append(ring, ring[0])})
		}
	}
	for _, ring := range whole {
		if ring.Orientation() == orb.CCW {
			out = append(out, orb.Polygon{ring})
		}
	}
	for _, hole := range whole {
		if hole.Orientation() == orb.CCW {
			continue
		}
		for i := range out {
			if planar.RingContains(out[i][0], hole[0]) {
				out[i] = append(out[i], hole)
				break
			}
		}
	}
	return out
}

// chainsOf is what a ring has on one side of the meridian: the ring itself if it does not
// cross, else open chains from crossing to crossing.
func chainsOf(ring orb.Ring, meridian, hand float64) (chains []orb.Ring, crosses bool) {
	inside := func(p orb.Point) bool { return (p[0]-meridian)*hand > 0 }
	entry := -1
	in := false
	for i, p := range ring[:len(ring)-1] {
		in = in || inside(p)
		if !inside(p) && inside(ring[i+1]) {
			entry = i
		}
	}
	if entry < 0 {
		if in {
			return []orb.Ring{ring}, false
		}
		return nil, false
	}
	n := len(ring) - 1
	var chain orb.Ring
	for i := range n {
		a, b := ring[(entry+i)%n], ring[(entry+i+1)%n]
		if inside(a) {
			chain = append(chain, a)
		}
		if inside(a) == inside(b) {
			continue
		}
		by := (meridian - a[0]) / (b[0] - a[0])
		chain = append(chain, orb.Point{meridian, a[1] + (b[1]-a[1])*by})
		if inside(a) {
			chains = append(chains, chain)
			chain = nil
		}
	}
	return chains, true
}
