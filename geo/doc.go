// Package geo knows the ground: points, H3 cells, territories made of them, their design
// (partition), outlines, areas read from GeoJSON, and estimated travel. It is the only importer
// of h3.
//
// It takes values and returns values: no clock, no database, no randomness but a seed.
//
//	draft, err := geo.Design(geo.Brief{Sites: sites, Territories: 50, Seed: 1})
//	cells, err := geo.Cover(draft.Units, draft.Territory, geo.DefaultRings)
//	borders, err := geo.Outlines(cells)
//	outlines := borders.At(zoom) // or borders.Exact()
package geo
