package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/hexbeat/hexbeat/geo"
)

// maxBarriers is how large a file of barriers may be, in bytes: the rivers and railways of a whole country.
const maxBarriers = 256 << 20

// readBarriers reads the lines of a GeoJSON file: LineString and MultiLineString, and the borders of polygons, such as lakes, alone,
// in features or in collections. Points are passed over.
func readBarriers(name string) ([][]geo.Point, error) {
	if info, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no file %s: check --barriers", name)
	} else if err == nil && (info.IsDir() || info.Size() > maxBarriers) {
		return nil, fmt.Errorf("%s is no file of at most %d MB: check --barriers", name, maxBarriers>>20)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var object geoJSONObject
	if err := json.Unmarshal(data, &object); errors.As(err, new(*json.UnmarshalTypeError)) {
		return nil, fmt.Errorf("%s is no GeoJSON, whose objects have a type, and coordinates, a geometry or features: --barriers takes lines as GeoJSON", name)
	} else if err != nil {
		return nil, fmt.Errorf("%s is no GeoJSON (%w): --barriers takes lines as GeoJSON", name, err)
	}
	lines, err := object.lines(0)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("%s has no lines: --barriers takes GeoJSON with LineString, MultiLineString or polygons", name)
	}
	return lines, nil
}

// geoJSONObject is any object of RFC 7946.
type geoJSONObject struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
	Geometry    *geoJSONObject  `json:"geometry"`
	Geometries  []geoJSONObject `json:"geometries"`
	Features    []geoJSONObject `json:"features"`
}

// maxNested is how deep collections may lie in one another; nobody writes more than two.
const maxNested = 8

var errBarrier = errors.New("a barrier can't be read")

func (o geoJSONObject) lines(depth int) (lines [][]geo.Point, err error) {
	if depth > maxNested {
		return nil, fmt.Errorf("%w: collections lie more than %d deep in one another", errBarrier, maxNested)
	}
	inner := slices.Concat(o.Features, o.Geometries)
	if o.Geometry != nil {
		inner = append(inner, *o.Geometry)
	}
	for i, part := range inner {
		more, err := part.lines(depth + 1)
		if err != nil {
			if o.Type == "FeatureCollection" {
				err = fmt.Errorf("feature %d: %w", i+1, err)
			}
			return nil, err
		}
		lines = append(lines, more...)
	}
	var rings [][][]float64
	switch o.Type {
	case "LineString":
		var line [][]float64
		err = json.Unmarshal(o.Coordinates, &line)
		rings = append(rings, line)
	case "MultiLineString", "Polygon":
		err = json.Unmarshal(o.Coordinates, &rings)
	case "MultiPolygon":
		var polygons [][][][]float64
		err = json.Unmarshal(o.Coordinates, &polygons)
		for _, p := range polygons {
			rings = append(rings, p...)
		}
	case "FeatureCollection", "Feature", "GeometryCollection", "Point", "MultiPoint":
	default:
		return nil, fmt.Errorf("%w: %q is no type of GeoJSON", errBarrier, o.Type)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: the coordinates of a %s are not pairs of longitude and latitude", errBarrier, o.Type)
	}
	for _, ring := range rings {
		line := make([]geo.Point, len(ring))
		for i, p := range ring {
			if len(p) < 2 {
				return nil, fmt.Errorf("%w: a position of a %s has %d numbers instead of longitude and latitude", errBarrier, o.Type, len(p))
			}
			line[i] = geo.Point{Lat: p[1], Lon: p[0]}
			if err := line[i].Check(); err != nil {
				return nil, fmt.Errorf("%w: %w; GeoJSON puts the longitude first", errBarrier, err)
			}
		}
		if len(line) > 1 {
			lines = append(lines, line)
		}
	}
	return lines, nil
}
