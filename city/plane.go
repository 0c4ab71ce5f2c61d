package city

import (
	"math"

	"github.com/hexbeat/hexbeat/geo"
	"github.com/paulmach/orb"
)

// vec is a place or a direction on the flat drawing board: metres east and north of the centre.
type vec struct{ x, y float64 }

func (a vec) add(b vec) vec            { return vec{a.x + b.x, a.y + b.y} }
func (a vec) sub(b vec) vec            { return vec{a.x - b.x, a.y - b.y} }
func (a vec) times(k float64) vec      { return vec{a.x * k, a.y * k} }
func (a vec) dot(b vec) float64        { return a.x*b.x + a.y*b.y }
func (a vec) cross(b vec) float64      { return a.x*b.y - a.y*b.x }
func (a vec) length() float64          { return math.Sqrt(a.x*a.x + a.y*a.y) }
func (a vec) left() vec                { return vec{-a.y, a.x} }
func (a vec) angle() float64           { return math.Atan2(a.y, a.x) }
func (a vec) to(b vec) float64         { return b.sub(a).length() }
func (a vec) unit() vec                { return a.times(1 / max(a.length(), 1e-9)) }
func toward(angle float64) vec         { return vec{math.Cos(angle), math.Sin(angle)} }
func mix(a, b vec, k float64) vec      { return a.add(b.sub(a).times(k)) }
func bell(distance, w float64) float64 { return math.Exp(-distance * distance / (w * w)) }

// board lays the plane on the Earth. Over the 20 km of a city the error is a few metres, and
// since everything is drawn on the same board nothing comes apart.
type board struct{ center geo.Point }

const degree = 6371008.8 * math.Pi / 180 // metres of a degree of latitude

func (b board) point(v vec) geo.Point {
	return geo.Point{
		Lat: micro(b.center.Lat + v.y/degree),
		Lon: micro(b.center.Lon + v.x/(degree*math.Cos(b.center.Lat*math.Pi/180))),
	}
}

// micro rounds to the sixth decimal, some 10 cm.
func micro(deg float64) float64 { return math.Round(deg*1e6) / 1e6 }

func (b board) orb(v vec) orb.Point {
	p := b.point(v)
	return orb.Point{p.Lon, p.Lat}
}

func (b board) line(l line) orb.LineString {
	out := make(orb.LineString, len(l))
	for i, v := range l {
		out[i] = b.orb(v)
	}
	return out
}

// ring closes the line and turns it against the clock.
func (b board) ring(l line) orb.Ring {
	out := orb.Ring(b.line(l))
	if out[0] != out[len(out)-1] {
		out = append(out, out[0])
	}
	if out.Orientation() == orb.CW {
		out.Reverse()
	}
	return out
}

// line is a polyline on the drawing board; as an area its last point is joined to its first.
type line []vec

func (l line) length() float64 {
	var sum float64
	for i := 1; i < len(l); i++ {
		sum += l[i-1].to(l[i])
	}
	return sum
}

// dense is the line with a point at least every step metres, the old points kept.
func (l line) dense(step float64) line {
	if len(l) == 0 {
		return nil
	}
	out := line{l[0]}
	for i := 1; i < len(l); i++ {
		n := int(math.Ceil(l[i-1].to(l[i]) / step))
		for k := 1; k <= n; k++ {
			out = append(out, mix(l[i-1], l[i], float64(k)/float64(n)))
		}
	}
	return out
}

// heading is the direction of travel at point i.
func (l line) heading(i int) vec {
	return l[min(i+1, len(l)-1)].sub(l[max(i-1, 0)]).unit()
}

// holds says whether the area contains the point (crossings to the east are odd).
func (l line) holds(p vec) bool {
	in := false
	for i, a := range l {
		b := l[(i+1)%len(l)]
		if (a.y > p.y) != (b.y > p.y) && p.x < a.x+(p.y-a.y)/(b.y-a.y)*(b.x-a.x) {
			in = !in
		}
	}
	return in
}

// patch is an area that is asked often what it holds.
type patch struct {
	edge   line
	middle vec
	radius float64 // no point of the edge is farther from the middle
}

func newPatch(edge line) patch {
	a := patch{edge: edge}
	for _, p := range edge {
		a.middle = a.middle.add(p.times(1 / float64(len(edge))))
	}
	for _, p := range edge {
		a.radius = max(a.radius, a.middle.to(p))
	}
	return a
}

func (a patch) holds(p vec) bool { return a.middle.to(p) <= a.radius && a.edge.holds(p) }

// cut keeps the part of the area on the left of the line through p in the given direction
// (Sutherland and Hodgman).
func (l line) cut(p, direction vec) line {
	var out line
	for i, a := range l {
		b := l[(i+1)%len(l)]
		da, db := direction.cross(a.sub(p)), direction.cross(b.sub(p))
		if da >= 0 {
			out = append(out, a)
		}
		if (da >= 0) != (db >= 0) {
			out = append(out, mix(a, b, da/(da-db)))
		}
	}
	return out
}

// crossing is where the segments ab and cd meet, as the share of the way from a to b.
func crossing(a, b, c, d vec) (float64, bool) {
	r, s := b.sub(a), d.sub(c)
	den := r.cross(s)
	if math.Abs(den) < 1e-9 {
		return 0, false
	}
	t, u := c.sub(a).cross(s)/den, c.sub(a).cross(r)/den
	return t, t >= 0 && t <= 1 && u >= 0 && u <= 1
}
