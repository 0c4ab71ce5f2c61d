package geo

import "time"

// Travel estimates driving without a road network: the great circle stretched by a detour
// factor, at a mean speed. Both are data of a branch. Estimates are marked as such wherever shown.
type Travel struct {
	Detour float64 // road length ÷ great circle; 1.28 to 1.42 were measured in cities
	Speed  float64 // km/h from door to door
}

// CityTravel is the default for a branch without figures of its own.
var CityTravel = Travel{Detour: 1.35, Speed: 24}

// Distance is the estimated road length between two points.
func (t Travel) Distance(a, b Point) Metres { return Distance(a, b) * Metres(t.Detour) }

// Time is the estimated driving time between two points.
func (t Travel) Time(a, b Point) time.Duration {
	return time.Duration(t.Distance(a, b).Km() / t.Speed * float64(time.Hour)).Round(time.Second)
}
