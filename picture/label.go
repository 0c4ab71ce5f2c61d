package picture

import "math"

// roomiest is the place inside a polygon that is farthest from its border, looked for on a grid, and how far that is. A label stands
// there: the middle of a crescent lies outside of it. The first ring is the border, the others are holes.
func roomiest(rings [][][2]float64) (x, y, room float64) {
	const grid = 24
	low, high := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for _, p := range rings[0] {
		for c := range 2 {
			low[c], high[c] = min(low[c], p[c]), max(high[c], p[c])
		}
	}
	for i := range grid {
		for j := range grid {
			at := [2]float64{
				low[0] + (high[0]-low[0])*(float64(i)+0.5)/grid,
				low[1] + (high[1]-low[1])*(float64(j)+0.5)/grid,
			}
			if free := clearance(rings, at); free > room {
				x, y, room = at[0], at[1], free
			}
		}
	}
	return x, y, room
}

// clearance is how far a place inside lies from the border; 0 outside.
func clearance(rings [][][2]float64, at [2]float64) float64 {
	inside, least := false, math.Inf(1)
	for _, ring := range rings {
		for i := 1; i < len(ring); i++ {
			a, b := ring[i-1], ring[i]
			if (a[1] > at[1]) != (b[1] > at[1]) && at[0] < a[0]+(b[0]-a[0])*(at[1]-a[1])/(b[1]-a[1]) {
				inside = !inside
			}
			least = min(least, apart(at, a, b))
		}
	}
	if !inside {
		return 0
	}
	return least
}

// apart is the distance from a place to a stretch.
func apart(p, a, b [2]float64) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	along := 0.0
	if length := dx*dx + dy*dy; length > 0 {
		along = max(0, min(1, ((p[0]-a[0])*dx+(p[1]-a[1])*dy)/length))
	}
	return math.Hypot(p[0]-a[0]-along*dx, p[1]-a[1]-along*dy)
}
