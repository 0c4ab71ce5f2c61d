package scalar

import (
	"errors"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/hexbeat/hexbeat/hours"
)

// ErrNoMoment is returned for what is not an RFC 3339 moment with an offset, of the years 1970 to 2199.
var ErrNoMoment = errors.New("a moment is written like 2026-11-23T09:00:00+03:00")

// ErrNoDate is returned for what is not a day of the calendar.
var ErrNoDate = errors.New("a day is written like 2026-11-23")

// MarshalDateTime writes RFC 3339 with the offset of the time's own location.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	return graphql.MarshalString(t.Format(time.RFC3339Nano))
}

// UnmarshalDateTime reads RFC 3339.
func UnmarshalDateTime(v any) (time.Time, error) {
	s, ok := v.(string)
	if !ok {
		return time.Time{}, ErrNoMoment
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || t.Year() < 1970 || t.Year() > 2199 {
		return time.Time{}, ErrNoMoment
	}
	return t, nil
}

// MarshalDate writes the ISO form.
func MarshalDate(d hours.Date) graphql.Marshaler { return graphql.MarshalString(d.String()) }

// UnmarshalDate reads the ISO form.
func UnmarshalDate(v any) (hours.Date, error) {
	s, ok := v.(string)
	if !ok {
		return 0, ErrNoDate
	}
	d, err := hours.ParseDate(s)
	if err != nil {
		return 0, ErrNoDate
	}
	return d, nil
}
