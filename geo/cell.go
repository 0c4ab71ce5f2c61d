package geo

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/uber/h3-go/v4"
)

// ErrNoCell is returned for what is not the index of an H3 cell.
var ErrNoCell = errors.New("not an H3 cell")

// SiteResolution is the H3 resolution at which sites are indexed: hexagons of about 0.1 km²,
// a few city blocks.
const SiteResolution = 9

// FinestResolution is that of the smallest units, of some 40 m²: two sites in one of them share a
// door, and no design parts them.
const FinestResolution = 13

// deepest is the finest resolution H3 has. The cells a point lies in are the parents of this one.
const deepest = 15

// Cell is one H3 hexagon (or pentagon) of any resolution. It travels as a hexadecimal
// string, since JSON numbers lose its bits, and is stored as a bigint.
type Cell uint64

// CellAt is the cell of the given resolution (0 to 15) that holds the point.
func CellAt(p Point, resolution int) (Cell, error) {
	if err := p.Check(); err != nil {
		return 0, err
	}
	c, err := h3.LatLngToCell(h3.NewLatLng(p.Lat, p.Lon), resolution)
	if err != nil {
		return 0, fmt.Errorf("cell of %v at resolution %d: %w", p, resolution, err)
	}
	return Cell(c), nil
}

// ParseCell reads the hexadecimal form and refuses anything that is no valid cell.
func ParseCell(s string) (Cell, error) {
	n, err := strconv.ParseUint(s, 16, 64)
	if err != nil || !h3.Cell(n).IsValid() {
		return 0, fmt.Errorf("%.32q: %w", s, ErrNoCell)
	}
	return Cell(n), nil
}

// String is the hexadecimal form, as H3 prints it everywhere.
func (c Cell) String() string { return strconv.FormatUint(uint64(c), 16) }

// Resolution is the cell's H3 resolution, 0 (continents) to 15 (a square metre).
func (c Cell) Resolution() int { return h3.Cell(c).Resolution() }

// Center is the middle of the cell.
func (c Cell) Center() (Point, error) {
	ll, err := h3.Cell(c).LatLng()
	if err != nil {
		return Point{}, fmt.Errorf("centre of %s: %w", c, err)
	}
	return Point{Lat: ll.Lat, Lon: ll.Lng}, nil
}

// Parent is the coarser cell that holds this one.
func (c Cell) Parent(resolution int) (Cell, error) {
	p, err := h3.Cell(c).Parent(resolution)
	if err != nil {
		return 0, fmt.Errorf("parent of %s at resolution %d: %w", c, resolution, err)
	}
	return Cell(p), nil
}

// Ancestors are the cells of all resolutions from coarsest to finest that hold the point: the
// one of them that is a territory's cell says whose the point is. Each lies in the one before,
// which is why CellAt at each resolution is no substitute: a hexagon does not fill its parent to
// the metre, so near a border the cell at a point need not be a child of the coarser cell there.
func Ancestors(p Point, coarsest, finest int) ([]Cell, error) {
	if coarsest > finest {
		return nil, fmt.Errorf("cells from resolution %d to %d: the coarsest comes first", coarsest, finest)
	}
	last, err := CellAt(p, deepest)
	if err != nil {
		return nil, err
	}
	cells := make([]Cell, 0, finest-coarsest+1)
	for r := coarsest; r <= finest; r++ {
		c, err := last.Parent(r)
		if err != nil {
			return nil, err
		}
		cells = append(cells, c)
	}
	return cells, nil
}

// ResolutionForZoom is the resolution whose hexagons are 15 to 40 pixels wide on a web map (tiles
// of 512 pixels) at the latitudes of Russia, at most 11.
func ResolutionForZoom(zoom float64) int {
	const (
		fits = 10.8  // the zoom at which cells of SiteResolution become wide enough
		step = 1.404 // zooms per resolution: the binary logarithm of the square root of 7
	)
	return max(0, min(11, SiteResolution+int(math.Floor((zoom-fits)/step))))
}

// MarshalText writes the hexadecimal form, in JSON and CSV alike.
func (c Cell) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads the hexadecimal form.
func (c *Cell) UnmarshalText(b []byte) (err error) { *c, err = ParseCell(string(b)); return err }

// Value stores the cell as a bigint.
func (c Cell) Value() (driver.Value, error) { return int64(c), nil }

// Scan reads a bigint.
func (c *Cell) Scan(src any) error {
	n, ok := src.(int64)
	if !ok {
		return fmt.Errorf("scan %T: %w", src, ErrNoCell)
	}
	*c = Cell(n)
	return nil
}
