package model

import (
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/geo"
)

// MapCell is what a hexagon of the map holds.
type MapCell struct {
	Cell      geo.Cell
	Center    geo.Point
	Territory *geo.Territory
	Sites     int
	Visits    int
	Load      float64 // minutes
	Site      *customer.Site
}
