package table

import (
	"math"
	"slices"

	"github.com/hexbeat/hexbeat/geo"
)

var (
	swapped = fault{CodeSwapped, "похоже, широта и долгота перепутаны местами", "latitude and longitude look swapped"}
	outside = fault{CodeOutside, "место лежит за границами организации", "the place lies outside the organization's bounds"}
)

// CheckBounds refuses sites outside the organization's bounds, and says so when only their latitude
// and longitude stand in each other's place. Without bounds it refuses a site that lies far from
// where most of the others are while its swapped point lies among them; a file swapped as a whole
// can't be told that way. Sites without a point are kept.
func CheckBounds(rows []CustomerRow, bounds *geo.Bounds) (kept []CustomerRow, rejected []Rejected) {
	wrong := func(p geo.Point) *fault {
		switch {
		case bounds.Contains(p):
			return nil
		case bounds.Contains(turned(p)):
			return &swapped
		}
		return &outside
	}
	if bounds == nil {
		home, reach, enough := crowd(rows)
		if !enough {
			return rows, nil
		}
		wrong = func(p geo.Point) *fault {
			t := turned(p)
			if t.Check() != nil || geo.Distance(t, home) > reach || geo.Distance(p, home) <= 2*reach {
				return nil
			}
			return &swapped
		}
	}
	kept = make([]CustomerRow, 0, len(rows))
	for _, c := range rows {
		if c.Point != nil {
			if why := wrong(*c.Point); why != nil {
				rejected = append(rejected, c.misplaced(*why))
				continue
			}
		}
		kept = append(kept, c)
	}
	if len(rejected) == 0 {
		return rows, nil
	}
	return kept, rejected
}

func turned(p geo.Point) geo.Point { return geo.Point{Lat: p.Lon, Lon: p.Lat} }

func (c CustomerRow) misplaced(why fault) Rejected {
	column := "lat"
	if c.origin.layout != nil {
		column = c.origin.layout.name(siteLat)
	}
	return c.origin.refuse(c.Line, column, "", why)
}

// crowd is the middle of the located sites and how far around it they usually lie. Medians, so
// that the odd ones don't pull it to themselves.
func crowd(rows []CustomerRow) (home geo.Point, reach geo.Metres, enough bool) {
	const least, nearest, spreads = 3, geo.Metres(50_000), 3
	var lats, lons []float64
	var from float64
	for _, c := range rows {
		if c.Point == nil {
			continue
		}
		if lats == nil {
			from = c.Point.Lon
		}
		lats = append(lats, c.Point.Lat)
		lons = append(lons, math.Remainder(c.Point.Lon-from, 360)) // the sites may lie on both sides of the antimeridian
	}
	if len(lats) < least {
		return geo.Point{}, 0, false
	}
	home = geo.Point{Lat: median(lats), Lon: math.Remainder(from+median(lons), 360)}
	away := lats[:0]
	for _, c := range rows {
		if c.Point != nil {
			away = append(away, float64(geo.Distance(*c.Point, home)))
		}
	}
	return home, max(nearest, spreads*geo.Metres(median(away))), true
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}
