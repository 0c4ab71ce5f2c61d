package city

import (
	"github.com/hexbeat/hexbeat/tiles"
	"github.com/paulmach/orb"
)

// ground is the plan as features of a map, what lies below first.
func ground(b board, c *plan, streets []street) []tiles.Feature {
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
		area(tiles.Industrial, "", 10, w)
	}
	for _, p := range c.parks {
		area(tiles.Park, "", 10, p)
	}
	for _, i := range c.islands {
		area(tiles.Park, "", 10, i)
	}
	area(tiles.Water, riverName, 4, append([]line{c.river.shores()}, c.islands...)...)
	area(tiles.Water, brookName, 11, c.brook.shores())
	path(tiles.Waterway, riverName, 10, c.river.axis)
	path(tiles.Waterway, brookName, 12, c.brook.axis)
	path(tiles.Rail, "", 9, c.rail)
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
	return all
}
