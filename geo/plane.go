package geo

import "math"

// vec is a place on a plane, in kilometres.
type vec struct{ x, y float64 }

func (a vec) minus(b vec) vec              { return vec{a.x - b.x, a.y - b.y} }
func (a vec) dot(b vec) float64            { return a.x*b.x + a.y*b.y }
func (a vec) distance2(b vec) float64      { d := a.minus(b); return d.dot(d) }
func (a vec) distance(b vec) float64       { return math.Sqrt(a.distance2(b)) }
func (a vec) toward(b vec, by float64) vec { return vec{a.x + (b.x-a.x)*by, a.y + (b.y-a.y)*by} }

// plane lays a region of the globe flat: longitudes shrink by the cosine of the mean
// latitude. True to a percent or two for a city or a province, which is what a branch covers.
type plane struct {
	lon    float64 // the middle, so that a region across the antimeridian stays in one piece
	perLat float64 // km per degree
	perLon float64
}

// planeOf suits the given points; there must be one at least.
func planeOf(points []Point) plane {
	const rad = math.Pi / 180
	var lat, sin, cos float64
	for _, p := range points {
		lat += p.Lat / float64(len(points))
		s, c := math.Sincos(p.Lon * rad)
		sin, cos = sin+s, cos+c
	}
	return plane{lon: math.Atan2(sin, cos) / rad, perLat: 110.57, perLon: 111.32 * math.Cos(lat*rad)}
}

func (p plane) at(q Point) vec {
	return vec{math.Remainder(q.Lon-p.lon, 360) * p.perLon, q.Lat * p.perLat}
}

// back is the point that lies at a place.
func (p plane) back(v vec) Point {
	return Point{Lat: v.y / p.perLat, Lon: math.Remainder(v.x/p.perLon+p.lon, 360)}
}
