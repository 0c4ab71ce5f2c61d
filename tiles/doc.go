// Package tiles turns the features of the ground (rivers, parks, streets, districts) into
// Mapbox vector tiles for the map page. It keeps them in memory under a spatial index and
// cuts a tile when it is asked for; who stores the features, and who caches tiles, is not
// its business.
//
//	set := tiles.NewSet(features)
//	body, err := set.Tile(14, 10212, 5120) // gzipped, ready to be served
//
// The layers of a tile are land, park, water, waterway, building, rail, road, district and
// place; a layer without features is left out. Every feature carries its kind and, where it
// has one, its name. The layer place holds points only: where to write the names of areas.
package tiles
