package table

import (
	"fmt"
	"io"
)

// PlacedRow is the territory of one customer in an earlier design.
type PlacedRow struct {
	Line      int
	Customer  string // the site's id
	Territory string // empty: in none
}

const (
	placedCustomer field = iota
	placedTerritory
)

func placedColumns() columns {
	return columns{
		placedCustomer:  {"customer id", "код клиента", "id", "ид", "код"},
		placedTerritory: {"territory", "территория", "rep", "торговый", "торговый представитель"},
	}
}

// ReadPlaced reads who is in which territory: a design written earlier, or any table with customers
// and their territories or reps. It refuses a customer who stands in two territories after the
// first; errors are those of ReadCustomers.
func ReadPlaced(r io.Reader, name string) ([]PlacedRow, []Rejected, error) {
	first := map[string]PlacedRow{}
	return readRows(r, name, placedColumns(), "customer_id and territory", func(lay *layout) bool {
		return lay.has(placedCustomer) && lay.has(placedTerritory)
	}, func(r *row, take func(PlacedRow)) {
		p := PlacedRow{Line: r.line, Customer: r.digits(placedCustomer), Territory: r.text(placedTerritory)}
		before, seen := first[p.Customer]
		switch {
		case p.Customer == "":
			r.refuse(placedCustomer, "", &noCustomer)
		case seen && before.Territory != p.Territory:
			r.refuse(placedCustomer, p.Customer, twice.with(before.Line))
		case !seen && r.fault == nil:
			first[p.Customer] = p
			take(p)
		}
	})
}

var noCustomer = fault{CodeRequired, "нужен код клиента", "the id of a customer is needed"}

// readRows reads a table to its end, as ReadCustomers does. enough says whether the header has what is needed, which needed names.
func readRows[Row any](
	r io.Reader, name string, known columns, needed string, enough func(*layout) bool, read func(*row, func(Row)),
) (rows []Row, rejected []Rejected, err error) {
	src, lay, err := open(r, known)
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", name, err)
	}
	defer src.close()
	if !enough(lay) {
		return nil, nil, fmt.Errorf("read %s: %w: %s are needed", name, ErrHeader, needed)
	}
	rejected, err = each(src, lay, func(r *row) {
		read(r, func(one Row) { rows = append(rows, one) })
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", name, err)
	}
	return rows, rejected, nil
}
