package scalar

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
)

// What may be wrong with a number.
var (
	ErrNoInt   = errors.New("a whole number between -2147483648 and 2147483647 is expected")
	ErrNoFloat = errors.New("a finite number is expected")
)

// MarshalInt writes a whole number.
func MarshalInt(n int) graphql.Marshaler { return graphql.MarshalInt(n) }

// UnmarshalInt reads a whole number of 32 bits, as GraphQL's Int is.
func UnmarshalInt(v any) (int, error) {
	var n int64
	switch v := v.(type) {
	case json.Number:
		parsed, err := strconv.ParseInt(v.String(), 10, 64)
		if err != nil {
			return 0, ErrNoInt
		}
		n = parsed
	case int64:
		n = v
	case int:
		n = int64(v)
	default:
		return 0, ErrNoInt
	}
	if n < math.MinInt32 || n > math.MaxInt32 {
		return 0, ErrNoInt
	}
	return int(n), nil
}

// MarshalFloat writes a number; what JSON can't say becomes null.
func MarshalFloat(f float64) graphql.Marshaler {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return graphql.Null
	}
	return graphql.WriterFunc(func(w io.Writer) { _, _ = w.Write(strconv.AppendFloat(nil, f, 'g', -1, 64)) })
}

// UnmarshalFloat reads a finite number.
func UnmarshalFloat(v any) (float64, error) {
	var f float64
	switch v := v.(type) {
	case json.Number:
		parsed, err := strconv.ParseFloat(v.String(), 64)
		if err != nil {
			return 0, ErrNoFloat
		}
		f = parsed
	case float64:
		f = v
	case int64:
		f = float64(v)
	case int:
		f = float64(v)
	default:
		return 0, ErrNoFloat
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, ErrNoFloat
	}
	return f, nil
}
