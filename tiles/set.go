package tiles

import (
	"errors"
	"fmt"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/maptile"
	"github.com/paulmach/orb/simplify"
)

// MaxZoom is the deepest zoom a Set cuts; a map page enlarges from there.
const MaxZoom = 16

// ErrNoTile is returned for a zoom, column or row that is not on the map.
var ErrNoTile = errors.New("no such tile")

const (
	buffer    = 64.0 / mvt.DefaultExtent // how far a tile reaches over its edge, so that wide lines meet
	tolerance = 3                        // how far a line may be straightened, in 4096ths of a tile
	smallest  = 4                        // twice the area below which a ring is not drawn, in the same unit squared
)

// Set is the ground of a region, ready to be cut into tiles. It is never changed, so any
// number of requests may read it at once. A nil Set is empty ground.
type Set struct {
	items []item
	index index
	bound orb.Bound
}

// item is a feature as it stands in a tile: an area with a name makes two, itself and the
// name among the places.
type item struct {
	Feature
	layer Kind
}

// NewSet indexes the features. It keeps their geometries and expects them to stay as they are;
// features without geometry are passed over. Among features of one kind the later is drawn on top.
func NewSet(features []Feature) *Set {
	s := &Set{}
	for _, f := range features {
		if f.Geometry == nil || f.Geometry.Bound().IsEmpty() {
			continue
		}
		if len(s.items) == 0 {
			s.bound = f.Geometry.Bound()
		}
		s.bound = s.bound.Union(f.Geometry.Bound())
		s.items = append(s.items, item{f, f.Kind})
		if f.Name != "" && f.Kind.named() {
			f.Geometry = inside(f.Geometry)
			s.items = append(s.items, item{f, Place})
		}
	}
	s.index = newIndex(s.items)
	return s
}

// Bound is the box around all features, in longitudes and latitudes. It is the zero Bound for
// empty ground.
func (s *Set) Bound() orb.Bound {
	if s == nil {
		return orb.Bound{}
	}
	return s.bound
}

// Tile cuts the tile of a zoom, column and row (counted from the north-west, as on the web)
// and returns it gzipped. Ground without features makes a valid tile without layers.
// It refuses with ErrNoTile what is not on the map at zooms 0 to MaxZoom.
func (s *Set) Tile(z, x, y int) ([]byte, error) {
	if z < 0 || z > MaxZoom {
		return nil, fmt.Errorf("zoom %d is not between 0 and %d: %w", z, MaxZoom, ErrNoTile)
	}
	if side := 1 << z; x < 0 || y < 0 || x >= side || y >= side {
		return nil, fmt.Errorf("zoom %d has columns and rows 0 to %d, not %d/%d: %w", z, side-1, x, y, ErrNoTile)
	}
	tile := maptile.New(uint32(x), uint32(y), maptile.Zoom(z))
	body, err := mvt.MarshalGzipped(s.cut(tile))
	if err != nil {
		return nil, fmt.Errorf("encode tile %d/%d/%d: %w", z, x, y, err)
	}
	return body, nil
}

// cut sorts the features in sight into their layers, clipped, projected and simplified.
func (s *Set) cut(tile maptile.Tile) mvt.Layers {
	if s == nil {
		return nil
	}
	box := tile.Bound(buffer)
	byKind := map[Kind][]*geojson.Feature{}
	for _, i := range s.index.search(box, int(tile.Z)) {
		it := s.items[i]
		geometry := clipped(box, it.layer, it.Geometry)
		if geometry == nil {
			continue
		}
		f := geojson.NewFeature(geometry)
		f.Properties["kind"] = string(it.Kind)
		if it.Name != "" {
			f.Properties["name"] = it.Name
		}
		byKind[it.layer] = append(byKind[it.layer], f)
	}
	var cut mvt.Layers
	for _, l := range layers {
		layer := &mvt.Layer{Name: l.name, Version: 2, Extent: mvt.DefaultExtent}
		for _, kind := range l.kinds {
			layer.Features = append(layer.Features, byKind[kind]...)
		}
		layer.ProjectToTile(tile)
		layer.Simplify(simplify.DouglasPeucker(tolerance))
		layer.Features = drawable(layer.Features)
		if len(layer.Features) > 0 {
			cut = append(cut, layer)
		}
	}
	return cut
}
