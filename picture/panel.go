package picture

import (
	"math"

	"github.com/hexbeat/hexbeat/geo"
	"github.com/paulmach/orb"
)

// Panel is one map: a design, or the territories as they are.
type Panel struct {
	Title       string
	Figures     []string // a line each, under the title
	Territories []Territory
	Sites       []geo.Point
	Moved       []geo.Point // sites that change hands, drawn over the others
}

// Territory is an area with the load it carries.
type Territory struct {
	Name    string
	Load    float64 // against its target: 0.12 is 12 % too much, -1 nothing at all
	Vacant  bool    // it has no target: nobody is meant to work there
	Outline orb.MultiPolygon
}

// zoomZero is what a degree takes on a web map of zoom 0, in pixels: 512 go around the Earth.
const zoomZero = 512.0 / 360

// Areas outlines the ground of each territory, as simple as the drawing is small: neighbours share their borders.
func Areas(units []geo.Unit, territory []int) ([]orb.MultiPolygon, error) {
	cells, err := geo.Cover(units, territory, geo.DefaultRings)
	if err != nil {
		return nil, err
	}
	borders, err := geo.Outlines(cells)
	if err != nil {
		return nil, err
	}
	var places Panel
	for _, u := range units {
		places.Sites = append(places.Sites, u.Center)
	}
	drawn := newFrame([]Panel{places}, side)
	return borders.At(math.Log2(sharp * drawn.perLon / zoomZero)), nil
}

// sharp is how many pixels of an outline go to one of the drawing, which people enlarge.
const sharp = 2
