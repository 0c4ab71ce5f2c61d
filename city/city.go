package city

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/tiles"
	"github.com/paulmach/orb"
)

// The town and its waters are on no map.
const (
	cityName  = "Речегорск"
	riverName = "Светлынь"
	brookName = "Каменка"
	cityZone  = "Europe/Moscow"
)

// Options say how large the city is and where it lies. Zero fields take their defaults.
type Options struct {
	Sites  int       // 3,000; the built-up area grows with it
	Reps   int       // 12
	Center geo.Point // 56.1 N 44.5 E; the city reaches some 10 km around it
}

// City is a town with a company's customers and people in it.
type City struct {
	Name      string
	Zone      string // IANA time zone
	Bounds    geo.Bounds
	Branches  []Branch
	Districts []District
	Sites     []Site
	Reps      []Person
	Staff     []Person // a dispatcher, a manager, an admin
	Ground    []tiles.Feature
}

// Branch is one bank of the river. The branch of the city's centre comes first.
type Branch struct {
	Name string
	Area orb.Polygon // longitudes and latitudes
}

// District is a part of the city with a name.
type District struct {
	Name, Branch string
	Area         orb.Polygon
}

// Generate draws a city. The same seed and options give the same city, to the byte.
func Generate(seed uint64, o Options) City {
	o.Sites = cmp.Or(max(0, o.Sites), 3000)
	o.Reps = cmp.Or(max(0, o.Reps), 12)
	if o.Center == (geo.Point{}) {
		o.Center = geo.Point{Lat: 56.1, Lon: 44.5}
	}
	// Every subject has dice of its own: a change in one leaves the others as they were.
	dice := func(subject uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, subject)) }
	b := board{o.Center}
	p := newPlan(dice(1), o.Sites)
	streets := layStreets(dice(2), &p)
	nameStreets(dice(3), streets)
	houses := layHouses(dice(4), &p, streets)
	weigh(dice(5), &p, streets, houses)
	doors := settle(dice(6), houses, o.Sites)

	c := City{Name: cityName, Zone: cityZone, Ground: ground(dice(9), b, &p, streets, houses)}
	c.Sites = openSites(dice(7), b, &p, streets, doors, newRegister())
	for _, left := range []bool{true, false} {
		c.Branches = append(c.Branches, Branch{branchName(left), orb.Polygon{b.ring(p.ground(left))}})
	}
	for i, q := range p.quarters {
		c.Districts = append(c.Districts, District{q.name, branchName(q.left), orb.Polygon{b.ring(p.quarterArea(i))}})
	}
	c.Reps, c.Staff = employ(dice(8), b, &p, houses, c.Sites, o.Reps)
	c.Bounds = bounds(b, &p)
	return c
}

func branchName(left bool) string {
	if left {
		return "Левобережный"
	}
	return "Правобережный"
}

// bounds is the box around the built-up area.
func bounds(b board, p *plan) geo.Bounds {
	box := geo.Bounds{South: math.Inf(1), West: math.Inf(1), North: math.Inf(-1), East: math.Inf(-1)}
	for _, v := range p.outline() {
		at := b.point(v)
		box.South, box.North = min(box.South, at.Lat), max(box.North, at.Lat)
		box.West, box.East = min(box.West, at.Lon), max(box.East, at.Lon)
	}
	return box
}

// employ hires reps for the branches in proportion to their workload, and the staff. Some reps
// start from home, the others from the branch's office, which is near the middle of its work.
func employ(r *rand.Rand, b board, p *plan, houses []house, sites []Site, n int) (reps, staff []Person) {
	var work [2]float64
	for _, s := range sites {
		if s.Branch == branchName(true) {
			work[0] += s.Workload
		} else {
			work[1] += s.Workload
		}
	}
	onLeft := int(math.Round(float64(n) * work[0] / (work[0] + work[1])))
	if n > 1 {
		onLeft = min(n-1, max(1, onLeft))
	}
	people := crew{map[string]bool{}}
	banks := map[bool][]house{}
	for _, h := range houses {
		left := p.river.onLeft(h.at)
		banks[left] = append(banks[left], h)
	}
	for i := range n {
		left := i < onLeft
		rep := people.hire(r, "REP", branchName(left))
		bank := banks[left]
		rep.Start = b.point(slices.MaxFunc(bank, func(a, b house) int { return cmp.Compare(a.weight, b.weight) }).at)
		if rep.Home = r.IntN(5) < 3; rep.Home {
			rep.Start = b.point(pick(r, bank).at)
		}
		reps = append(reps, rep)
	}
	staff = []Person{
		people.hire(r, "DISPATCHER", branchName(true)),
		people.hire(r, "MANAGER", ""),
		people.hire(r, "ADMIN", ""),
	}
	return reps, staff
}
