package geo

import (
	"errors"
	"fmt"
	"math"
)

// ErrNoPlace is returned for coordinates that are not a place on Earth.
var ErrNoPlace = errors.New("not a place on Earth")

// Metres is a length on the ground.
type Metres float64

// Km is the length in kilometres.
func (m Metres) Km() float64 { return float64(m) / 1000 }

// earthRadius is the mean radius of the IUGG, in metres.
const earthRadius = 6371008.8

// Point is a place on Earth in WGS84 degrees.
type Point struct {
	Lat float64 `json:"lat" db:"lat"`
	Lon float64 `json:"lon" db:"lon"`
}

// Check refuses what is no place: NaN, infinity, latitude beyond ±90, longitude beyond ±180.
// H3 itself does not: it answers latitude 91 with a cell and no error.
func (p Point) Check() error {
	if math.IsNaN(p.Lat) || math.Abs(p.Lat) > 90 {
		return fmt.Errorf("latitude %v must lie between -90 and 90: %w", p.Lat, ErrNoPlace)
	}
	if math.IsNaN(p.Lon) || math.Abs(p.Lon) > 180 {
		return fmt.Errorf("longitude %v must lie between -180 and 180: %w", p.Lon, ErrNoPlace)
	}
	return nil
}

// Distance is the great-circle length between two points (haversine formula).
func Distance(a, b Point) Metres {
	const rad = math.Pi / 180
	lat := math.Sin((b.Lat - a.Lat) * rad / 2)
	lon := math.Sin((b.Lon - a.Lon) * rad / 2)
	h := lat*lat + math.Cos(a.Lat*rad)*math.Cos(b.Lat*rad)*lon*lon
	return Metres(2 * earthRadius * math.Asin(math.Min(1, math.Sqrt(h))))
}

// Bounds is a box of latitudes and longitudes. West may be greater than East:
// then the box crosses the antimeridian.
type Bounds struct {
	South, West, North, East float64
}

// Contains says whether the point lies in the box, edges included.
func (b Bounds) Contains(p Point) bool {
	if p.Lat < b.South || p.Lat > b.North {
		return false
	}
	if b.West <= b.East {
		return p.Lon >= b.West && p.Lon <= b.East
	}
	return p.Lon >= b.West || p.Lon <= b.East
}
