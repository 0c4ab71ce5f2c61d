package geo

import (
	"errors"
	"fmt"
	"time"

	"github.com/uber/h3-go/v4"
)

// ErrTraffic is returned for figures of traffic that can't be.
var ErrTraffic = errors.New("bad traffic")

// Land is the kind of ground at a place, as far as driving goes.
type Land string

// The kinds of ground.
const (
	CityLand    Land = "CITY"
	TownLand    Land = "TOWN"
	CountryLand Land = "COUNTRY"
)

// Traffic says how driving depends on place and hour. All of it is data of a branch; a branch without it drives by its Travel.
type Traffic struct {
	Roads   Roads         `json:"roads"`
	Sites   Density       `json:"sites"`
	Weekday []float64     `json:"weekday"`         // by hour of the local day, 24: how many times as long driving takes as Roads say
	Weekend []float64     `json:"weekend"`         // the same for Saturdays and Sundays
	Cells   map[Cell]Land `json:"cells,omitempty"` // of LandResolution; what is not named is open country
}

// Density says how many sites around a place make it a city's or a town's ground.
type Density struct {
	City int `json:"CITY"`
	Town int `json:"TOWN"`
}

// LandResolution is the H3 resolution at which kinds of ground are told apart. A cell and its six neighbours, around which sites are
// counted, cover some 36 km².
const LandResolution = 7

// CityTraffic is a city with a morning and an evening rush, for who has no figures of their own. Over a working day from nine to six it takes
// as long as CityTravel.
//
// These are assumptions, to be replaced by measurements. The shape by the hour, two rushes of which the evening's is the worse, is that of
// every published index of congestion. Cities and towns differ as in the degree of urbanisation of Eurostat (urban centres have over
// 1500 people a km², clusters over 300), at one site for every 1700 people.
var CityTraffic = Traffic{
	Roads: Roads{CityLand: {Detour: 1.35, Speed: 24}, TownLand: {Detour: 1.35, Speed: 32}, CountryLand: {Detour: 1.3, Speed: 50}},
	Sites: Density{City: 30, Town: 6},
	Weekday: []float64{
		0.70, 0.70, 0.70, 0.70, 0.70, 0.70, 0.80, 1.00, 1.20, 1.15, 1.00, 0.95,
		0.92, 0.92, 0.93, 0.98, 1.05, 1.20, 1.25, 1.10, 0.90, 0.80, 0.75, 0.70,
	},
	Weekend: []float64{
		0.70, 0.70, 0.70, 0.70, 0.70, 0.70, 0.70, 0.70, 0.75, 0.80, 0.85, 0.90,
		0.92, 0.92, 0.92, 0.92, 0.92, 0.92, 0.92, 0.90, 0.85, 0.80, 0.75, 0.70,
	},
}

// Bounds of what a profile may say.
const (
	leastPace, mostPace     = 0.2, 5.0
	leastSpeed, mostSpeed   = 1.0, 150.0
	leastDetour, mostDetour = 1.0, 10.0
)

// Check refuses figures that can't be with ErrTraffic, in a sentence that says which.
func (t Traffic) Check() error {
	for _, land := range []Land{CityLand, TownLand, CountryLand} {
		road, known := t.Roads[land]
		switch {
		case !known:
			return fmt.Errorf("%w: roads say nothing of %s, give its detour and speed", ErrTraffic, land)
		case !(road.Detour >= leastDetour && road.Detour <= mostDetour):
			return fmt.Errorf("%w: roads.%s.detour must lie between %v and %v, and is %v", ErrTraffic, land, leastDetour, mostDetour, road.Detour)
		case !(road.Speed >= leastSpeed && road.Speed <= mostSpeed):
			return fmt.Errorf("%w: roads.%s.speed must lie between %v and %v km/h, and is %v", ErrTraffic, land, leastSpeed, mostSpeed, road.Speed)
		}
	}
	for land := range t.Roads {
		if land != CityLand && land != TownLand && land != CountryLand {
			return fmt.Errorf("%w: roads name %.40q, ground is CITY, TOWN or COUNTRY", ErrTraffic, land)
		}
	}
	if t.Sites.Town < 1 || t.Sites.City <= t.Sites.Town {
		return fmt.Errorf("%w: sites.TOWN must be at least 1 and sites.CITY more than that, and they are %d and %d", ErrTraffic, t.Sites.Town, t.Sites.City)
	}
	for _, day := range []struct {
		name  string
		times []float64
	}{{"weekday", t.Weekday}, {"weekend", t.Weekend}} {
		if len(day.times) != 24 {
			return fmt.Errorf("%w: %s must have 24 numbers, one for each hour, and has %d", ErrTraffic, day.name, len(day.times))
		}
		for hour, times := range day.times {
			if !(times >= leastPace && times <= mostPace) {
				return fmt.Errorf("%w: %s at %02d:00 must lie between %v and %v, and is %v", ErrTraffic, day.name, hour, leastPace, mostPace, times)
			}
		}
	}
	return nil
}

// Over is the traffic with the kinds of ground that these sites make: a cell is a city's where it and its six neighbours hold Sites.City of
// them or more, a town's from Sites.Town on.
func (t Traffic) Over(sites []Point) (Traffic, error) {
	around := map[Cell]int{}
	for _, p := range sites {
		cell, err := CellAt(p, LandResolution)
		if err != nil {
			return Traffic{}, err
		}
		disk, err := h3.GridDisk(h3.Cell(cell), 1)
		if err != nil {
			return Traffic{}, fmt.Errorf("cells around %s: %w", cell, err)
		}
		for _, c := range disk {
			around[Cell(c)]++
		}
	}
	t.Cells = map[Cell]Land{}
	for cell, n := range around {
		switch {
		case n >= t.Sites.City:
			t.Cells[cell] = CityLand
		case n >= t.Sites.Town:
			t.Cells[cell] = TownLand
		}
	}
	return t, nil
}

// Land is the kind of ground at a place.
func (t Traffic) Land(p Point) Land {
	cell, err := CellAt(p, LandResolution)
	if err != nil {
		return CountryLand
	}
	if land, known := t.Cells[cell]; known {
		return land
	}
	return CountryLand
}

// Pace is how fast traffic flows from the hour of one moment until the hour of another, in the zone of the first.
func (t Traffic) Pace(from, to time.Time) Pace {
	zone := from.Location()
	_, offset := from.Zone()
	begun := (from.Unix() + int64(offset)) % 3600 // seconds of the hour on the clocks there: some zones lie parts of an hour apart
	from = time.Unix(from.Unix()-(begun+3600)%3600, 0)
	p := Pace{From: from.Unix()}
	for at := from; !at.After(to); at = at.Add(time.Hour) {
		local := at.In(zone)
		times := t.Weekday
		if day := local.Weekday(); day == time.Saturday || day == time.Sunday {
			times = t.Weekend
		}
		p.Times = append(p.Times, times[local.Hour()])
	}
	return p
}

// Time is the driving time between two places for who leaves then; the zone of the moment says which hour it is.
func (t Traffic) Time(a, b Point, depart time.Time) time.Duration {
	even := t.Roads.Time(a, b, t.Land(a), t.Land(b))
	pace := t.Pace(depart, depart.Add(24*time.Hour))
	return time.Duration(pace.Arrive(depart.Unix(), int64(even/time.Second))-depart.Unix()) * time.Second
}
