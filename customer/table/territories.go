package table

import (
	"io"

	"github.com/hexbeat/hexbeat/geo"
)

// TerritoryRow is one territory that a design is to have.
type TerritoryRow struct {
	Line     int
	Name     string
	Capacity float64    // share of the work, 1 is one full-time rep; 0: a vacancy
	Home     *geo.Point // where its rep starts from; nil: the territory may lie anywhere
}

const (
	territoryName field = iota
	territoryCapacity
	territoryLat
	territoryLon
)

func territoryColumns() columns {
	return columns{
		territoryName:     {"territory", "территория", "rep", "торговый", "торговый представитель", "name", "название", "фио", "имя"},
		territoryCapacity: {"capacity", "ставка", "fte", "мощность", "доля"},
		territoryLat:      {"lat", "широта", "latitude", "start lat"},
		territoryLon:      {"lon", "долгота", "lng", "long", "longitude", "start lon"},
	}
}

var (
	noTerritory    = fault{CodeRequired, "нужна территория", "a territory is needed"}
	territoryTwice = fault{CodeDuplicate, "эта территория уже стоит в строке %d", "the territory already stands on line %d"}
)

// ReadTerritories reads the territories a design is to have: territory and, where they are not all
// alike, capacity (default 1) and lat with lon of the rep's home. Each territory stands once; errors are
// those of ReadCustomers.
func ReadTerritories(r io.Reader, name string) ([]TerritoryRow, []Rejected, error) {
	first := map[string]int{}
	return readRows(r, name, territoryColumns(), "territory, and capacity or lat with lon,", func(lay *layout) bool {
		return lay.has(territoryName)
	}, func(r *row, take func(TerritoryRow)) {
		t := TerritoryRow{
			Line:     r.line,
			Name:     r.text(territoryName),
			Capacity: r.number(territoryCapacity, 0, 1e6, 1),
			Home:     r.point(territoryLat, territoryLon),
		}
		line, seen := first[t.Name]
		switch {
		case t.Name == "":
			r.refuse(territoryName, "", &noTerritory)
		case seen:
			r.refuse(territoryName, t.Name, territoryTwice.with(line))
		case r.fault == nil:
			first[t.Name] = t.Line
			take(t)
		}
	})
}
