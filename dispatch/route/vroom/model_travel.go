package vroom

import (
	"fmt"
	"math"

	"github.com/hexbeat/hexbeat/dispatch/route"
	"github.com/hexbeat/hexbeat/geo"
)

// setTravel makes a table for each profile, of the matrices given or of an estimate.
func (m *Model) setTravel() error {
	for _, profile := range m.profiles {
		given := m.problem.Matrices[profile]
		path := "matrices." + profile
		table := route.Table{Places: len(m.places)}
		var err error
		if given.Durations.Size > 0 {
			if table.Durations, err = m.table(given.Durations, m.ticks, path+".durations"); err != nil {
				return err
			}
		}
		if given.Distances.Size > 0 {
			if table.Distances, err = m.table(given.Distances, 1, path+".distances"); err != nil {
				return err
			}
		}
		if given.Costs.Size > 0 {
			if table.Costs, err = m.table(given.Costs, m.ticks, path+".costs"); err != nil {
				return err
			}
		}
		if table.Durations == nil || table.Distances == nil && m.countsMetres(profile) {
			if err := m.estimate(&table, profile); err != nil {
				return err
			}
		}
		for name, other := range map[string][]int32{"distances": table.Distances, "costs": table.Costs} {
			for k := range other {
				if other[k] < 0 && table.Durations[k] >= 0 {
					from, to := m.places[k/table.Places].Index, m.places[k%table.Places].Index
					return refuse(fmt.Sprintf("%s.%s[%d][%d]", path, name, from, to), "says that there is no way, and durations that there is: let them agree")
				}
			}
		}
		m.engine.Travel = append(m.engine.Travel, table)
	}
	return nil
}

// table is the part of a matrix whose places are used, scaled.
func (m *Model) table(all Matrix, scale int64, path string) ([]int32, error) {
	if len(m.places) == all.Size && scale == 1 {
		return all.Cells, nil
	}
	cells := make([]int32, 0, len(m.places)*len(m.places))
	for _, from := range m.places {
		for _, to := range m.places {
			cell := int64(all.At(int32(from.Index), int32(to.Index)))
			if cell > 0 {
				cell *= scale
			}
			if cell > math.MaxInt32 {
				return nil, refuse(fmt.Sprintf("%s[%d][%d]", path, from.Index, to.Index), "is %d, and beside a speed_factor at most %d can be counted: write null where there is no way",
					cell/scale, math.MaxInt32/scale)
			}
			cells = append(cells, int32(cell))
		}
	}
	return cells, nil
}

// mostEstimated is how many places get a table: it has a cell for each two.
const mostEstimated = 15_000

// countsMetres says whether a vehicle of the profile needs distances.
func (m *Model) countsMetres(profile string) bool {
	for _, v := range m.problem.Vehicles {
		if v.Profile == profile && (v.MaxDistance != nil || v.Costs.PerKm > 0) {
			return true
		}
	}
	return false
}

// estimate fills what no matrix gives, from the coordinates: great circles stretched by a detour, at one speed the
// whole day.
func (m *Model) estimate(table *route.Table, profile string) error {
	travel, known := m.problem.Extra.Travel[profile]
	switch {
	case known:
	case profile == usualProfile:
		travel = geo.CityTravel
	default:
		return refuse("hexbeat.travel", "does not say how fast %q is, and there is no matrix for it: give hexbeat.travel.%s.speed in km/h, or the matrix", profile, profile)
	}
	if len(m.places) > mostEstimated {
		return refuse("matrices."+profile, "is missing, and there are %d places: travel between more than %d is not estimated", len(m.places), mostEstimated)
	}
	points := make([]geo.Point, len(m.places))
	for i, place := range m.places {
		if place.Coordinates == nil {
			return refuse("matrices."+profile, "has no distances, and there are no coordinates to estimate them from: give one or the other")
		}
		points[i] = geo.Point{Lon: place.Coordinates[0], Lat: place.Coordinates[1]}
	}
	durations, metres := travel.Table(points)
	for k := range durations {
		durations[k] *= int32(m.ticks)
	}
	if table.Durations == nil {
		table.Durations = durations
	}
	if table.Distances == nil {
		table.Distances = metres
	}
	return nil
}
