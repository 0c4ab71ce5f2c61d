package city

import (
	"math/rand/v2"
	"slices"

	"github.com/hexbeat/hexbeat/tiles"
	"github.com/paulmach/orb"
)

// ground is the plan as features of a map, what lies below first.
func ground(r *rand.Rand, b board, c *plan, streets []street, houses []house) []tiles.Feature {
	var all []tiles.Feature
	area := func(k tiles.Kind, name string, zoom int, rings ...line) {
		var polygon orb.Polygon
		for i, l := range rings {
			ring := b.ring(l)
			if i > 0 {
				ring.Reverse() // holes run the other way
			}
			polygon = append(polygon, ring)
		}
		all = append(all, tiles.Feature{Kind: k, Name: name, Geometry: polygon, MinZoom: zoom})
	}
	path := func(k tiles.Kind, name string, zoom int, l line) {
		all = append(all, tiles.Feature{Kind: k, Name: name, Geometry: b.line(l), MinZoom: zoom})
	}

	area(tiles.Residential, "", 5, smooth(c.outline().dense(80), 2))
	for _, w := range c.works {
		area(tiles.Industrial, "", 10, w.edge)
	}
	names := [2][]string{slices.Clone(parks), slices.Clone(woods)}
	for _, p := range c.parks {
		name, size := "Соборный сквер", 0
		if p.radius > 600 {
			size = 1
		}
		if p.middle.length() > squareRadius && len(names[size]) > 0 {
			name, names[size] = names[size][0], names[size][1:]
		}
		area(tiles.Park, name, 11-size, p.edge)
	}
	for _, i := range c.islands {
		area(tiles.Park, "", 10, i)
	}
	area(tiles.Water, riverName, 4, append([]line{c.river.shores()}, c.islands...)...)
	area(tiles.Water, brookName, 11, c.brook.shores())
	path(tiles.Waterway, riverName, 10, c.river.axis)
	path(tiles.Waterway, brookName, 12, c.brook.axis)
	path(tiles.Rail, "", 9, c.rail)
	all = append(all, buildings(r, b, c, houses)...)
	for _, s := range streets {
		kind, zoom := tiles.RoadMinor, 12
		switch s.class {
		case major:
			kind, zoom = tiles.RoadMajor, 7
		case medium:
			kind, zoom = tiles.RoadMedium, 11
		}
		path(kind, s.name, zoom, s.axis)
	}
	for i, q := range c.quarters {
		area(tiles.District, q.name, 10, c.quarterArea(i))
	}
	all = append(all,
		tiles.Feature{Kind: tiles.Place, Name: cityName, Geometry: b.orb(vec{}), MinZoom: 4},
		tiles.Feature{Kind: tiles.Place, Name: "Вокзал", Geometry: b.orb(c.station), MinZoom: 13})
	return all
}

// buildings are the houses, one feature for all of a street.
func buildings(r *rand.Rand, b board, c *plan, houses []house) []tiles.Feature {
	var all []tiles.Feature
	var row orb.MultiPolygon
	for i, h := range houses {
		row = append(row, orb.Polygon{b.ring(h.walls(r, c.size))})
		if i == len(houses)-1 || houses[i+1].street != h.street {
			all = append(all, tiles.Feature{Kind: tiles.Building, Geometry: row, MinZoom: 14})
			row = nil
		}
	}
	return all
}
