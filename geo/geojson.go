package geo

import (
	"encoding/json"
	"math"

	"github.com/paulmach/orb"
)

// GeoJSON is an outline as it travels: a MultiPolygon geometry, coordinates to the centimetre.
// (orb/geojson would bring the driver of a database we do not use.)
type GeoJSON orb.MultiPolygon

// MarshalJSON writes the geometry object.
func (g GeoJSON) MarshalJSON() ([]byte, error) {
	const perDegree = 1e7
	rounded := orb.MultiPolygon(g).Clone()
	if rounded == nil {
		rounded = orb.MultiPolygon{}
	}
	for _, polygon := range rounded {
		for _, ring := range polygon {
			for i := range ring {
				ring[i][0] = math.Round(ring[i][0]*perDegree) / perDegree
				ring[i][1] = math.Round(ring[i][1]*perDegree) / perDegree
			}
		}
	}
	return json.Marshal(struct {
		Type        string           `json:"type"`
		Coordinates orb.MultiPolygon `json:"coordinates"`
	}{"MultiPolygon", rounded})
}
