package postgres

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/hexbeat/hexbeat/geo"
)

// nested reads rows that travelled as one JSON array (SELECT jsonb_agg(x) FROM (…) AS x), columns by their db tags: what
// RowToStructByName is to a result, for several results in one statement. A missing column is an error.
func nested[T any](doc []byte) ([]T, error) {
	var rows []map[string]json.RawMessage
	if err := json.Unmarshal(orEmpty(doc), &rows); err != nil {
		return nil, fmt.Errorf("read nested rows: %w", err)
	}
	list := make([]T, len(rows))
	for i, row := range rows {
		if err := fill(reflect.ValueOf(&list[i]).Elem(), row); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func orEmpty(doc []byte) []byte {
	if len(doc) == 0 {
		return []byte("[]")
	}
	return doc
}

func fill(v reflect.Value, row map[string]json.RawMessage) error {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.Anonymous && field.Type.Kind() == reflect.Struct {
			if err := fill(v.Field(i), row); err != nil {
				return err
			}
			continue
		}
		column := field.Tag.Get("db")
		if column == "" || column == "-" {
			continue
		}
		value, present := row[column]
		if !present {
			return fmt.Errorf("nested row of %s has no column %q", v.Type(), column)
		}
		if err := set(v.Field(i), value); err != nil {
			return fmt.Errorf("nested column %q: %w", column, err)
		}
	}
	return nil
}

// set reads one value. Durations and places come as PostgreSQL writes intervals and points; what scans itself from a number (a cell) is given one.
func set(v reflect.Value, value json.RawMessage) error {
	if bytes.Equal(value, []byte("null")) {
		return nil
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		return set(v.Elem(), value)
	}
	if v.Type() == reflect.TypeFor[time.Duration]() {
		var text string
		if err := json.Unmarshal(value, &text); err != nil {
			return err
		}
		d, err := parseInterval(text)
		v.SetInt(int64(d))
		return err
	}
	if v.Type() == reflect.TypeFor[geo.Point]() {
		var text string
		if err := json.Unmarshal(value, &text); err != nil {
			return err
		}
		p, err := parsePlace(text)
		v.Set(reflect.ValueOf(p))
		return err
	}
	if scanner, scans := v.Addr().Interface().(sql.Scanner); scans {
		if n, err := strconv.ParseInt(string(value), 10, 64); err == nil {
			return scanner.Scan(n)
		}
	}
	return json.Unmarshal(value, v.Addr().Interface())
}

// parseInterval reads an interval without months and years in PostgreSQL's own style: "1 day 02:30:00.5".
func parseInterval(s string) (time.Duration, error) {
	var total time.Duration
	fields := strings.Fields(s)
	for len(fields) >= 2 && strings.HasPrefix(fields[1], "day") {
		days, err := strconv.Atoi(fields[0])
		if err != nil {
			return 0, fmt.Errorf("interval %q: %w", s, err)
		}
		total += time.Duration(days) * 24 * time.Hour
		fields = fields[2:]
	}
	if len(fields) == 0 {
		return total, nil
	}
	clock, negative := strings.CutPrefix(fields[0], "-")
	parts := strings.SplitN(clock, ":", 3)
	if len(fields) != 1 || len(parts) != 3 {
		return 0, fmt.Errorf("interval %q is not understood", s)
	}
	d, err := time.ParseDuration(parts[0] + "h" + parts[1] + "m" + parts[2] + "s")
	if err != nil {
		return 0, fmt.Errorf("interval %q: %w", s, err)
	}
	if negative {
		d = -d
	}
	return total + d, nil
}
