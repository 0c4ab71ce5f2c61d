package geo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"github.com/paulmach/orb"
)

const (
	maxBytes   = 128 << 20 // a million points with heights, written to every digit a number has
	maxNesting = 16        // collections in collections
)

// ReadGeoJSON reads a region from a GeoJSON document (RFC 7946): a Polygon, a MultiPolygon, a
// Feature or a collection of these. Properties and heights are passed over. What bounds no area
// is refused with ErrRegion and a sentence that says where.
func ReadGeoJSON(from io.Reader) (Region, error) {
	text, err := io.ReadAll(io.LimitReader(from, maxBytes+1))
	if err != nil {
		return Region{}, fmt.Errorf("read GeoJSON: %w", err)
	}
	var r Region
	return r, r.UnmarshalJSON(bytes.TrimPrefix(text, []byte("\uFEFF")))
}

// UnmarshalJSON is ReadGeoJSON for a document in memory.
func (r *Region) UnmarshalJSON(text []byte) error {
	if len(text) > maxBytes {
		return fmt.Errorf("%w: the document is larger than %d MB", ErrRegion, maxBytes>>20)
	}
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return fmt.Errorf("%w: this is no GeoJSON: %w", ErrRegion, err)
	}
	var g gathering
	if err := g.add(&d, 1); err != nil {
		return err
	}
	region, err := RegionOf(g.polygons)
	if err != nil {
		return err
	}
	*r = region
	return nil
}

// MarshalJSON writes the region as a MultiPolygon.
func (r Region) MarshalJSON() ([]byte, error) { return GeoJSON(r.Outline()).MarshalJSON() }

// document is any GeoJSON object.
type document struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
	Geometry    *document       `json:"geometry"`
	Geometries  []document      `json:"geometries"`
	Features    []document      `json:"features"`
}

// gathering is what has been read of a document.
type gathering struct {
	polygons orb.MultiPolygon
	points   int
}

func (g *gathering) add(d *document, depth int) error {
	if depth > maxNesting {
		return fmt.Errorf("%w: collections stand in each other more than %d deep", ErrRegion, maxNesting)
	}
	switch d.Type {
	case "Polygon", "MultiPolygon":
		return g.addPolygons(d)
	case "Feature":
		if d.Geometry == nil {
			return nil // RFC 7946 allows a feature without a place
		}
		return g.add(d.Geometry, depth+1)
	case "FeatureCollection":
		return g.addAll(d.Features, depth)
	case "GeometryCollection":
		return g.addAll(d.Geometries, depth)
	case "Point", "MultiPoint", "LineString", "MultiLineString":
		return fmt.Errorf("%w: a %s encloses nothing; give a Polygon or a MultiPolygon", ErrRegion, d.Type)
	case "":
		return fmt.Errorf(`%w: this is no GeoJSON: an object has no "type"`, ErrRegion)
	default:
		return fmt.Errorf("%w: GeoJSON has no type %.40q", ErrRegion, d.Type)
	}
}

func (g *gathering) addAll(members []document, depth int) error {
	for i := range members {
		if err := g.add(&members[i], depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (g *gathering) addPolygons(d *document) error {
	if bytes.Equal(d.Coordinates, []byte("null")) || len(d.Coordinates) == 0 {
		return fmt.Errorf(`%w: a %s has no "coordinates"`, ErrRegion, d.Type)
	}
	c := coordinates{rest: d.Coordinates, points: &g.points}
	var err error
	if d.Type == "Polygon" {
		err = g.addPolygon(&c)
	} else {
		err = c.list("polygons", func() error { return g.addPolygon(&c) })
	}
	if err != nil {
		return fmt.Errorf("%w: polygon %d: %w", ErrRegion, len(g.polygons)+1, err)
	}
	if g.points > MaxPoints {
		return tooManyPoints()
	}
	return nil
}

func (g *gathering) addPolygon(c *coordinates) error {
	polygon, err := c.polygon()
	if err == nil {
		g.polygons = append(g.polygons, polygon)
	}
	return err
}

// coordinates reads nested lists of numbers out of text that is known to be JSON.
type coordinates struct {
	rest   []byte
	points *int
}

func (c *coordinates) polygon() (orb.Polygon, error) {
	var polygon orb.Polygon
	err := c.list("rings", func() error {
		var ring orb.Ring
		err := c.list("points", func() error {
			p, err := c.position()
			if err != nil {
				return fmt.Errorf("point %d: %w", len(ring)+1, err)
			}
			if *c.points++; *c.points <= MaxPoints {
				ring = append(ring, p)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("ring %d: %w", len(polygon)+1, err)
		}
		polygon = append(polygon, ring)
		return nil
	})
	return polygon, err
}

// position reads longitude and latitude and passes over what follows.
func (c *coordinates) position() (orb.Point, error) {
	var p orb.Point
	n := 0
	err := c.list("numbers", func() error {
		x, err := c.number()
		if n < len(p) {
			p[n] = x
		}
		n++
		return err
	})
	if err == nil && n < len(p) {
		err = fmt.Errorf("it has %d numbers; give longitude and latitude", n)
	}
	return p, err
}

// list calls for each member of a list.
func (c *coordinates) list(of string, member func() error) error {
	if !c.skip('[') {
		return fmt.Errorf("a list of %s must stand where %.20q begins", of, c.rest)
	}
	if c.skip(']') {
		return nil
	}
	for {
		if err := member(); err != nil {
			return err
		}
		if c.skip(']') {
			return nil
		}
		if !c.skip(',') {
			return fmt.Errorf("a list of %s breaks off before %.20q", of, c.rest)
		}
	}
}

func (c *coordinates) skip(mark byte) bool {
	c.rest = bytes.TrimLeft(c.rest, " \t\r\n")
	if len(c.rest) == 0 || c.rest[0] != mark {
		return false
	}
	c.rest = c.rest[1:]
	return true
}

func (c *coordinates) number() (float64, error) {
	c.rest = bytes.TrimLeft(c.rest, " \t\r\n")
	n := 0
	for n < len(c.rest) && (c.rest[n] >= '0' && c.rest[n] <= '9' || bytes.IndexByte([]byte("+-.eE"), c.rest[n]) >= 0) {
		n++
	}
	x, err := strconv.ParseFloat(string(c.rest[:n]), 64)
	if err != nil {
		return 0, fmt.Errorf("a number must stand where %.20q begins: %w", c.rest, ErrNoPlace)
	}
	c.rest = c.rest[n:]
	return x, nil
}
