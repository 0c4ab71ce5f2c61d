package postgres

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/hexbeat/hexbeat/geo"
	"github.com/jackc/pgx/v5/pgtype"
)

// speakPlaces lets a connection read point(lat, lon) as a geo.Point: sixteen bytes, where a JSON document made the server print two
// numbers and us read them. Without coordinates the point is null by itself.
func speakPlaces(types *pgtype.Map) {
	known, found := types.TypeForOID(pgtype.PointOID)
	if !found {
		return
	}
	if _, done := known.Codec.(placeCodec); !done {
		types.RegisterType(&pgtype.Type{Name: known.Name, OID: known.OID, Codec: placeCodec{}})
	}
}

// placeCodec is pgx's codec, and knows geo.Point as well.
type placeCodec struct{ pgtype.PointCodec }

// PlanScan says how a value comes from the server.
func (c placeCodec) PlanScan(m *pgtype.Map, oid uint32, format int16, target any) pgtype.ScanPlan {
	if _, ours := target.(*geo.Point); !ours {
		return c.PointCodec.PlanScan(m, oid, format, target)
	}
	if format == pgtype.BinaryFormatCode {
		return scanPlace{}
	}
	return scanPrintedPlace{}
}

type scanPlace struct{}

// Scan reads a place that is there; pgx itself has dealt with null where the target may be missing.
func (scanPlace) Scan(src []byte, target any) error {
	if len(src) != 16 {
		return fmt.Errorf("read place: %d bytes instead of 16", len(src))
	}
	*target.(*geo.Point) = geo.Point{
		Lat: math.Float64frombits(binary.BigEndian.Uint64(src)), Lon: math.Float64frombits(binary.BigEndian.Uint64(src[8:])),
	}
	return nil
}

type scanPrintedPlace struct{}

// Scan reads a place from a connection that speaks in texts.
func (scanPrintedPlace) Scan(src []byte, target any) (err error) {
	*target.(*geo.Point), err = parsePlace(string(src))
	return err
}

// parsePlace reads a place as the server prints it: "(55.75,37.62)".
func parsePlace(s string) (geo.Point, error) {
	lat, lon, two := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(s, "("), ")"), ",")
	if !two {
		return geo.Point{}, fmt.Errorf("place %q is not understood", s)
	}
	var p geo.Point
	var err error
	if p.Lat, err = strconv.ParseFloat(lat, 64); err != nil {
		return p, fmt.Errorf("place %q: %w", s, err)
	}
	if p.Lon, err = strconv.ParseFloat(lon, 64); err != nil {
		return p, fmt.Errorf("place %q: %w", s, err)
	}
	return p, nil
}
