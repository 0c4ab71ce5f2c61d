package postgres_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/pgtest"
	"github.com/jackc/pgx/v5"
)

func TestPlacesAreReadToTheLastBit(t *testing.T) {
	t.Parallel()
	db := postgres.New(pgtest.New(t))
	want := geo.Point{Lat: 55.7558260000000007, Lon: -179.99999999999997}
	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeSimpleProtocol} {
		var got, none *geo.Point
		err := db.Read(t.Context(), uuid.Must(uuid.NewV7()), func(tx *postgres.Tx) error {
			return tx.QueryRow(t.Context(), "SELECT point($1::float8, $2::float8), point(NULL::float8, $2::float8)", mode, want.Lat, want.Lon).Scan(&got, &none)
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got, &want); diff != "" || none != nil {
			t.Errorf("in mode %s: %v where a coordinate is missing, and\n%s", mode, none, diff)
		}
	}
}
