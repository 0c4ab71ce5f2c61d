package scalar

import (
	"encoding/json"
	"errors"
	"io"

	"github.com/99designs/gqlgen/graphql"
	"github.com/hexbeat/hexbeat/geo"
)

// ErrNoCell is returned for what is not the hexadecimal index of an H3 cell.
var ErrNoCell = errors.New("a cell is an H3 index in hexadecimal such as 891181b6d53ffff")

// ErrNoObject is returned for GeoJSON that is no object.
var ErrNoObject = errors.New("GeoJSON is an object with a type, such as a Polygon")

// MarshalCell writes the hexadecimal index as a string, since JSON numbers lose its bits.
func MarshalCell(c geo.Cell) graphql.Marshaler { return graphql.MarshalString(c.String()) }

// UnmarshalCell reads the hexadecimal index.
func UnmarshalCell(v any) (geo.Cell, error) {
	s, ok := v.(string)
	if !ok {
		return 0, ErrNoCell
	}
	c, err := geo.ParseCell(s)
	if err != nil {
		return 0, ErrNoCell
	}
	return c, nil
}

// MarshalGeoJSON writes the document as it is.
func MarshalGeoJSON(doc json.RawMessage) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { _, _ = w.Write(doc) })
}

// UnmarshalGeoJSON takes any object; whoever uses it says whether it is the GeoJSON that was wanted.
func UnmarshalGeoJSON(v any) (json.RawMessage, error) {
	if _, object := v.(map[string]any); !object {
		return nil, ErrNoObject
	}
	return json.Marshal(v)
}
