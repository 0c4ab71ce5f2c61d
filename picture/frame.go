package picture

import (
	"math"

	"github.com/hexbeat/hexbeat/geo"
	"github.com/paulmach/orb"
)

// frame lays the ground of all panels on paper: a flat map, north up, true to scale in the middle.
type frame struct {
	west, north   float64 // degrees; longitudes are told from home
	home          float64
	perLat        float64 // pixels to a degree
	perLon        float64
	width, height float64 // pixels
}

const kmPerDegree = 111.195

// newFrame fits everything that the panels show into a square of the side, in pixels.
func newFrame(panels []Panel, side float64) frame {
	f := frame{home: math.NaN()}
	south, east := math.Inf(1), math.Inf(-1)
	f.north, f.west = math.Inf(-1), math.Inf(1)
	see := func(lat, lon float64) {
		if math.IsNaN(f.home) {
			f.home = lon
		}
		x := math.Remainder(lon-f.home, 360)
		south, f.north = min(south, lat), max(f.north, lat)
		f.west, east = min(f.west, x), max(east, x)
	}
	for _, p := range panels {
		for _, t := range p.Territories {
			for _, polygon := range t.Outline {
				for _, at := range polygon[0] {
					see(at.Lat(), at.Lon())
				}
			}
		}
		for _, at := range p.Sites {
			see(at.Lat, at.Lon)
		}
	}
	if math.IsNaN(f.home) {
		f.home, south, f.north, f.west, east = 0, 0, 0, 0, 0
	}
	shrink := max(0.05, math.Cos((south+f.north)/2*math.Pi/180))
	tall, wide := max(f.north-south, 1e-4), max((east-f.west)*shrink, 1e-4)
	f.perLat = side / max(tall, wide)
	f.perLon = f.perLat * shrink
	f.width, f.height = wide*f.perLat, tall*f.perLat
	return f
}

func (f frame) at(lat, lon float64) (x, y float64) {
	return (math.Remainder(lon-f.home, 360) - f.west) * f.perLon, (f.north - lat) * f.perLat
}

func (f frame) point(p geo.Point) (x, y float64) { return f.at(p.Lat, p.Lon) }

func (f frame) ring(r orb.Ring) [][2]float64 {
	flat := make([][2]float64, len(r))
	for i, p := range r {
		flat[i][0], flat[i][1] = f.at(p.Lat(), p.Lon())
	}
	return flat
}

// rule is the round number of kilometres nearest to the wanted length, and its pixels.
func (f frame) rule(wanted float64) (km, pixels float64) {
	perKm := f.perLat / kmPerDegree
	power := math.Pow(10, math.Floor(math.Log10(wanted/perKm)))
	km = power
	for _, step := range []float64{2, 5, 10} {
		if step*power*perKm <= wanted {
			km = step * power
		}
	}
	return km, km * perKm
}
