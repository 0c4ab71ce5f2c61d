// Package geo knows the ground: points, H3 cells, territories made of them, their design
// (partition), outlines and estimated travel. It is the only importer of h3.
//
// It takes values and returns values: no clock, no database, no randomness but a seed.
//
//	cell, err := geo.CellAt(geo.Point{Lat: 55.75, Lon: 37.62}, geo.SiteResolution)
package geo
