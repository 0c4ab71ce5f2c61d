package scalar_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/hexbeat/hexbeat/graph/scalar"
)

// TestScalarsAreStrict: what is not in the one form is refused with the scalar's own sentence.
func TestScalarsAreStrict(t *testing.T) {
	t.Parallel()
	read := func(name string, v any) (err error) {
		switch name {
		case "ID":
			_, err = scalar.UnmarshalID(v)
		case "UUID":
			_, err = scalar.UnmarshalUUID(v)
		case "DateTime":
			_, err = scalar.UnmarshalDateTime(v)
		case "Date":
			_, err = scalar.UnmarshalDate(v)
		case "Cell":
			_, err = scalar.UnmarshalCell(v)
		case "Int":
			_, err = scalar.UnmarshalInt(v)
		case "String":
			_, err = scalar.UnmarshalString(v)
		case "Float":
			_, err = scalar.UnmarshalFloat(v)
		}
		return err
	}
	for _, c := range []struct {
		name  string
		value any
		want  error
	}{
		{"ID", "019a9b3c-5f10-7cc2-8b0f-0d3c6a1e2f4b", nil},
		{"ID", "{019a9b3c-5f10-7cc2-8b0f-0d3c6a1e2f4b}", scalar.ErrNoID},
		{"ID", "019a9b3c5f107cc28b0f0d3c6a1e2f4b", scalar.ErrNoID},
		{"ID", 1, scalar.ErrNoID},
		{"UUID", "00000000-0000-0000-0000-000000000000", scalar.ErrNoID},
		{"DateTime", "2026-11-23T09:00:00+03:00", nil},
		{"DateTime", "2026-11-23T09:00:00", scalar.ErrNoMoment},
		{"DateTime", "9999-11-23T09:00:00Z", scalar.ErrNoMoment},
		{"DateTime", "0001-01-01T00:00:00Z", scalar.ErrNoMoment},
		{"Date", "2028-02-29", nil},
		{"Date", "2026-02-29", scalar.ErrNoDate},
		{"Date", "23.11.2026", scalar.ErrNoDate},
		{"Cell", "891181b6d53ffff", nil},
		{"Cell", "0", scalar.ErrNoCell},
		{"Cell", "617700169958293503", scalar.ErrNoCell},
		{"Cell", "ffffffffffffffff", scalar.ErrNoCell},
		{"Int", json.Number("2147483647"), nil},
		{"Int", json.Number("2147483648"), scalar.ErrNoInt},
		{"Int", json.Number("1.5"), scalar.ErrNoInt},
		{"Int", "1", scalar.ErrNoInt},
		{"String", "Привет, \u202eмир", nil},
		{"String", "a\x00b", scalar.ErrNoText},
		{"String", "\xff", scalar.ErrNoText},
		{"String", 1, scalar.ErrNoText},
		{"Float", json.Number("-0"), nil},
		{"Float", json.Number("1e400"), scalar.ErrNoFloat},
		{"Float", math.NaN(), scalar.ErrNoFloat},
		{"Float", "55,75", scalar.ErrNoFloat},
	} {
		if got := read(c.name, c.value); !errors.Is(got, c.want) {
			t.Errorf("%s of %v: %v, want %v", c.name, c.value, got, c.want)
		}
	}
}

func TestMomentsKeepTheirOffset(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.FixedZone("", 3*3600))
	scalar.MarshalDateTime(at).MarshalGQL(&b)
	if got, want := b.String(), `"2026-11-23T09:00:00+03:00"`; got != want {
		t.Errorf("%v is written %s, want %s", at, got, want)
	}
}
