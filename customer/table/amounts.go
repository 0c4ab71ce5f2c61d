package table

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hexbeat/hexbeat/customer"
)

// ErrColumn is returned for a column that a file does not have, or that holds what it must not.
var ErrColumn = errors.New("column")

// counted is what can be told of every row without a column of its own: each site as one, its calls
// in four weeks, the minutes of these, and its weight.
var counted = map[string]func(CustomerRow) float64{
	"count":    func(CustomerRow) float64 { return 1 },
	"visits":   func(c CustomerRow) float64 { return 28 / float64(max(1, c.Every)) },
	"minutes":  func(c CustomerRow) float64 { return customer.Workload(c.Service, c.Every) },
	"workload": func(c CustomerRow) float64 { return c.Workload },
}

// Amounts are the numbers that the rows of one file have in a column: one that is kept as an
// attribute, or else count, visits, minutes or workload. An empty cell is 0; missing says how many are.
// It refuses with ErrColumn a column that is not there and a cell that holds no number or one below 0.
func Amounts(rows []CustomerRow, column string) (amounts []float64, missing int, err error) {
	own := ownColumn(rows, column)
	count, known := counted[key(column)]
	if own == "" && !known {
		return nil, 0, fmt.Errorf("%w %q is not there", ErrColumn, column)
	}
	amounts = make([]float64, len(rows))
	for i, c := range rows {
		if own == "" {
			amounts[i] = count(c)
			continue
		}
		text := c.Attributes[own]
		if text == "" {
			missing++
			continue
		}
		n, ok := parseNumber(strings.ReplaceAll(text, " ", "")) // digits in groups: 1 200 000
		if !ok || n < 0 {
			return nil, 0, fmt.Errorf("%w %q holds %q on line %d; a number of 0 or more is needed", ErrColumn, column, short(text), c.Line)
		}
		amounts[i] = n
	}
	return amounts, missing, nil
}

// Texts are what the rows of one file have in a column that is kept as an attribute, under any
// spelling of one of the names; nil where the file has no such column.
func Texts(rows []CustomerRow, names ...string) []string {
	for _, name := range names {
		own := ownColumn(rows, name)
		if own == "" {
			continue
		}
		texts := make([]string, len(rows))
		for i, c := range rows {
			texts[i] = c.Attributes[own]
		}
		return texts
	}
	return nil
}

// ownColumn is a column kept as an attribute, as the rows' file spells it; empty where there is none.
func ownColumn(rows []CustomerRow, name string) string {
	for _, own := range Columns(rows) {
		if key(own) == key(name) {
			return own
		}
	}
	return ""
}

// Columns are those that the file of the rows has beside the known ones.
func Columns(rows []CustomerRow) []string {
	var names []string
	if len(rows) > 0 && rows[0].origin.layout != nil {
		for _, i := range rows[0].origin.layout.extra {
			names = append(names, rows[0].origin.layout.header[i])
		}
	}
	return names
}
