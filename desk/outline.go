package desk

import (
	"encoding/json"
	"fmt"

	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/postgres"
)

// outlineZooms are the zooms of the map for which simpler outlines are kept: the last two go along hexagons of resolution 9 and 10.
var outlineZooms = []float64{4, 6, 8, 10, 12, 13.5}

// outline draws the borders of territories that have their cells, together, so that neighbours' outlines fit.
func outline(territories []postgres.AlignedTerritory) error {
	cells := make([][]geo.Cell, len(territories))
	for i, t := range territories {
		cells[i] = t.Cells
	}
	borders, err := geo.Outlines(cells)
	if err != nil {
		return fmt.Errorf("draw the territories' borders: %w", err)
	}
	for i, exact := range borders.Exact() {
		if territories[i].Outline, err = json.Marshal(geo.GeoJSON(exact)); err != nil {
			return err
		}
	}
	for _, zoom := range outlineZooms {
		for i, simple := range borders.At(zoom) {
			geometry, err := json.Marshal(geo.GeoJSON(simple))
			if err != nil {
				return err
			}
			territories[i].Simpler = append(territories[i].Simpler, postgres.SimplerOutline{Zoom: zoom, Outline: geometry})
		}
	}
	return nil
}
