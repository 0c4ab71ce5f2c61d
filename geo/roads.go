package geo

import "time"

// Road is how one drives on a kind of ground. It is Travel as people write it down.
type Road struct {
	Detour float64 `json:"detour"` // road length ÷ great circle
	Speed  float64 `json:"speed"`  // km/h from door to door
}

// Roads are how one drives on each kind of ground.
type Roads map[Land]Road

// localReach is how far from each of its ends a way is driven as the ground there has it, along the great circle: half of a short way; what a
// long one has beyond is driven as open country has it. That long ways take through roads is an assumption; twice this reach is
// about what it takes to get out of a city of millions.
const localReach Metres = 10_000

// Distance is the estimated road length between two places.
func (r Roads) Distance(a, b Point, from, to Land) Metres {
	end, middle := parts(a, b)
	return end*Metres(r[from].Detour) + middle*Metres(r[CountryLand].Detour) + end*Metres(r[to].Detour)
}

// Time is the estimated driving time between two places at an even pace.
func (r Roads) Time(a, b Point, from, to Land) time.Duration {
	end, middle := parts(a, b)
	hours := func(length Metres, land Land) float64 { return length.Km() * r[land].Detour / r[land].Speed }
	return time.Duration((hours(end, from) + hours(middle, CountryLand) + hours(end, to)) * float64(time.Hour)).Round(time.Second)
}

// parts are the length of a way at each of its ends and between them.
func parts(a, b Point) (end, middle Metres) {
	d := Distance(a, b)
	end = min(d/2, localReach)
	return end, d - 2*end
}
