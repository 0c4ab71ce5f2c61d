package vroom

import (
	"cmp"
	"math"
	"slices"

	"github.com/hexbeat/hexbeat/dispatch/route"
)

// Model is a Problem in numbers, and the way back. Visits are the jobs, then pickup and delivery of each shipment.
//
// Where a vehicle has a speed factor, the engine counts in hundredths of a second, as VROOM does: travel is scaled
// without an error that would add up along a route. Its hours are a hundred times as long then, and so the costs that
// don't come by the hour are made a hundred times as high.
type Model struct {
	problem  *Problem
	engine   route.Problem
	ticks    int64 // in a second: 1 or 100
	places   []Place
	placed   map[placeKey]int32
	profiles []string
	types    []string
	vehicles map[uint64]int32
	jobs     map[uint64]int32
}

// centi is how many of VROOM's units of time make a second.
const centi = 100

// Model translates the problem. What can't be is an *Error.
func (p *Problem) Model() (*Model, error) {
	m := &Model{
		problem: p, ticks: 1, types: []string{""},
		placed: map[placeKey]int32{}, vehicles: map[uint64]int32{}, jobs: map[uint64]int32{},
	}
	for i, v := range p.Vehicles {
		m.vehicles[v.ID] = int32(i)
		if factor(v.SpeedFactor) != centi || v.MaxTravelTime != nil && *v.MaxTravelTime == 0 {
			m.ticks = centi
		}
		if !slices.Contains(m.profiles, v.Profile) {
			m.profiles = append(m.profiles, v.Profile)
		}
		if !slices.Contains(m.types, v.Type) {
			m.types = append(m.types, v.Type)
		}
	}
	for i, j := range p.Jobs {
		m.jobs[j.ID] = int32(i)
	}
	m.setPlaces()
	for _, set := range []func() error{m.setTravel, m.setVisits, m.setVehicles, m.setWishes} {
		if err := set(); err != nil {
			return nil, err
		}
	}
	if err := m.engine.Check(); err != nil {
		return nil, refuse("", "%v", err)
	}
	return m, nil
}

// Problem is what the engine is asked.
func (m *Model) Problem() route.Problem { return m.engine }

// factor is what VROOM multiplies travel by, in hundredths: the inverse of the speed.
func factor(speed float64) int64 { return int64(math.Round(centi / speed)) }

// placeKey is what makes two places one: the index, or else the coordinates.
type placeKey struct {
	index    int
	lon, lat float64
}

func keyOf(p Place) placeKey {
	if p.Index >= 0 {
		return placeKey{index: p.Index}
	}
	return placeKey{-1, p.Coordinates[0], p.Coordinates[1]}
}

// setPlaces numbers the places that are used, in the order of their indices: a matrix with no place unused needs no copy.
func (m *Model) setPlaces() {
	_ = m.problem.eachPlace(func(place Place, _, _, _ string) error {
		if _, seen := m.placed[keyOf(place)]; !seen {
			m.placed[keyOf(place)] = -1
			m.places = append(m.places, place)
		}
		return nil
	})
	slices.SortStableFunc(m.places, func(a, b Place) int { return cmp.Compare(a.Index, b.Index) })
	for i, place := range m.places {
		m.placed[keyOf(place)] = int32(i)
	}
}

// at is the number of a place; Nowhere if it was not given.
func (m *Model) at(p Place) int32 {
	if !p.given() {
		return route.Nowhere
	}
	return m.placed[keyOf(p)]
}
