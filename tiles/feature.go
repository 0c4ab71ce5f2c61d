package tiles

import "github.com/paulmach/orb"

// Kind says what a feature of the ground is. It decides the tile layer and, on the page, the colour.
type Kind string

// The kinds of ground a map shows.
const (
	Residential Kind = "residential" // area
	Industrial  Kind = "industrial"  // area
	Park        Kind = "park"        // area
	Water       Kind = "water"       // area
	Waterway    Kind = "waterway"    // line, for the river's name
	Building    Kind = "building"    // area
	Rail        Kind = "rail"        // line
	RoadMajor   Kind = "road_major"  // line: avenues, rings, ways out of town
	RoadMedium  Kind = "road_medium" // line: the main streets of a district
	RoadMinor   Kind = "road_minor"  // line
	District    Kind = "district"    // area; drawn as its border and its name
	Place       Kind = "place"       // point with a name
)

// Feature is one thing on the ground, in longitudes and latitudes. Its four fields are all
// there is to store.
type Feature struct {
	Kind     Kind
	Name     string // "" where it has none
	Geometry orb.Geometry
	MinZoom  int // the zoom from which it is worth showing
}

// layers is the order in which layers stand in a tile, and which kinds each one holds.
var layers = []struct {
	name  string
	kinds []Kind
}{
	{"land", []Kind{Residential, Industrial}},
	{"park", []Kind{Park}},
	{"water", []Kind{Water}},
	{"waterway", []Kind{Waterway}},
	{"building", []Kind{Building}},
	{"rail", []Kind{Rail}},
	{"road", []Kind{RoadMinor, RoadMedium, RoadMajor}}, // the wide ones last, on top
	{"district", []Kind{District}},
	{"place", []Kind{Place}},
}

// named says whether an area's name is written at a point of its own.
func (k Kind) named() bool {
	return k == District || k == Park || k == Industrial
}
