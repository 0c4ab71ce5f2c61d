package graph

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/graph/model"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/paulmach/orb"
)

// The map's limits. A box that holds more cells than fit is answered with coarser ones.
const (
	mostCells = 3000
	mostPins  = 20000
	farthest  = 22.0 // the greatest zoom of a web map
	nearZoom  = 13.0 // from here on a cell with a single site names it
)

func mapCells(ctx context.Context, box geo.Bounds, zoom float64) ([]model.MapCell, error) {
	if err := checkBox(box, zoom); err != nil {
		return nil, err
	}
	l := reading(ctx)
	sums, err := l.sums(ctx, box, geo.ResolutionForZoom(zoom))
	if err != nil {
		return nil, err
	}
	cells := make([]model.MapCell, len(sums))
	for i, sum := range sums {
		center, err := sum.Cell.Center()
		if err != nil {
			return nil, err
		}
		cells[i] = model.MapCell{Cell: sum.Cell, Center: center, Sites: sum.Sites, Visits: sum.Visits, Load: sum.Load}
	}
	if err := l.ownTerritories(ctx, cells); err != nil {
		return nil, err
	}
	if zoom >= nearZoom {
		return cells, l.nameSites(ctx, cells, sums)
	}
	return cells, nil
}

func checkBox(box geo.Bounds, zoom float64) error {
	southWest, northEast := geo.Point{Lat: box.South, Lon: box.West}, geo.Point{Lat: box.North, Lon: box.East}
	switch {
	case southWest.Check() != nil || northEast.Check() != nil:
		return noPlace("bounds")
	case box.South > box.North:
		return badInput{path: "bounds", words: words{
			"Поле bounds: юг (south) не может быть севернее севера (north).", "Field bounds: south can't lie north of north.",
		}}
	case zoom < 0 || zoom > farthest:
		return badInput{path: "zoom", words: words{"Поле zoom: от 0 до 22.", "Field zoom: from 0 to 22."}}
	}
	return nil
}

// sums adds up what a box holds by cells of the resolution, or of a coarser one where there are too many.
func (l *loaders) sums(ctx context.Context, box geo.Bounds, resolution int) (sums []postgres.MapSum, err error) {
	err = l.read(ctx, func(tx *postgres.Tx) error {
		if resolution > geo.SiteResolution {
			pins, err := tx.MapPins(ctx, l.caller, box, l.now, mostPins+1)
			if err != nil {
				return err
			}
			if sums, err = byCell(pins, resolution); err != nil || len(pins) <= mostPins && len(sums) <= mostCells {
				return err
			}
			resolution = geo.SiteResolution
		}
		for ; ; resolution-- {
			if sums, err = tx.MapSums(ctx, l.caller, box, resolution, l.now, mostCells+1); err != nil || len(sums) <= mostCells || resolution == 0 {
				return err
			}
		}
	})
	return sums, err
}

// byCell adds sites up by cells finer than the record keeps.
func byCell(pins []postgres.MapPin, resolution int) ([]postgres.MapSum, error) {
	sums := map[geo.Cell]postgres.MapSum{}
	var order []geo.Cell
	for _, pin := range pins {
		cell, err := geo.CellAt(pin.Point, resolution)
		if err != nil {
			return nil, err
		}
		sum, known := sums[cell]
		if !known {
			order = append(order, cell)
			sum = postgres.MapSum{Cell: cell, Only: pin.Site}
		}
		sum.Sites, sum.Visits, sum.Load = sum.Sites+1, sum.Visits+pin.Visits, sum.Load+pin.Minutes
		sums[cell] = sum
	}
	slices.Sort(order)
	list := make([]postgres.MapSum, len(order))
	for i, cell := range order {
		list[i] = sums[cell]
	}
	return list, nil
}

// ownTerritories says of each cell in whose territory its middle lies, in one statement.
func (l *loaders) ownTerritories(ctx context.Context, cells []model.MapCell) error {
	above := make([][]geo.Cell, len(cells))
	wanted := map[geo.Cell]bool{}
	for i, c := range cells {
		ancestors, err := geo.Ancestors(c.Center, coarsestGround, finestGround)
		if err != nil {
			return err
		}
		above[i] = ancestors
		for _, a := range ancestors {
			wanted[a] = true
		}
	}
	asked := make([]geo.Cell, 0, len(wanted))
	for cell := range wanted {
		asked = append(asked, cell)
	}
	var held []postgres.TerritoryOfCell
	err := l.read(ctx, func(tx *postgres.Tx) (err error) {
		held, err = tx.TerritoriesOf(ctx, l.caller, asked, nil, nil, l.now)
		return err
	})
	if err != nil {
		return err
	}
	of := map[geo.Cell]*geo.Territory{}
	for i, t := range held {
		if of[t.Cell] == nil {
			of[t.Cell] = &held[i].Territory
		}
		l.expectTerritories(t.Territory)
	}
	for i := range cells {
		for _, cell := range above[i] {
			if cells[i].Territory == nil {
				cells[i].Territory = of[cell]
			}
		}
	}
	return nil
}

// nameSites gives the site to each cell that holds one only.
func (l *loaders) nameSites(ctx context.Context, cells []model.MapCell, sums []postgres.MapSum) error {
	var alone []uuid.UUID
	for _, sum := range sums {
		if sum.Sites == 1 {
			alone = append(alone, sum.Only)
		}
	}
	l.site.expect(alone...)
	for i, sum := range sums {
		if sum.Sites != 1 {
			continue
		}
		site, err := must[customer.Site](customer.ErrNoSite)(l.site.load(ctx, sum.Only))
		if err != nil {
			return err
		}
		cells[i].Site = &site
	}
	return nil
}

// boundary is a cell's edge as GeoJSON: a polygon, or several where the antimeridian cuts it.
func boundary(cell geo.Cell) (json.RawMessage, error) {
	edge, err := geo.Hexagon(cell)
	if err != nil {
		return nil, err
	}
	if len(edge) != 1 {
		return json.Marshal(geo.GeoJSON(edge))
	}
	return json.Marshal(struct {
		Type        string      `json:"type"`
		Coordinates orb.Polygon `json:"coordinates"`
	}{"Polygon", edge[0]})
}
