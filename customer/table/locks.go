package table

import (
	"io"

	"github.com/hexbeat/hexbeat/geo"
)

// LockRow keeps a customer, or all ground of a cell, in a territory. One of Customer and Cell is given.
type LockRow struct {
	Line      int
	Customer  string // the site's id
	Cell      geo.Cell
	Territory string
}

const (
	lockCustomer field = iota
	lockCell
	lockTerritory
)

func lockColumns() columns {
	return columns{
		lockCustomer:  {"customer id", "код клиента", "id", "ид", "код"},
		lockCell:      {"cell", "ячейка", "unit"},
		lockTerritory: {"territory", "территория", "rep", "торговый", "торговый представитель"},
	}
}

var (
	noLock = fault{CodeRequired, "нужен код клиента или ячейка", "the id of a customer or a cell is needed"}
	noCell = fault{CodeText, "«%s» не ячейка H3", "%q is not an H3 cell"}
)

// ReadLocks reads what a design must leave where it is: customer_id or cell, and territory. Errors are those of ReadCustomers.
func ReadLocks(r io.Reader, name string) ([]LockRow, []Rejected, error) {
	return readRows(r, name, lockColumns(), "customer_id or cell, and territory,", func(lay *layout) bool {
		return (lay.has(lockCustomer) || lay.has(lockCell)) && lay.has(lockTerritory)
	}, func(r *row, take func(LockRow)) {
		l := LockRow{Line: r.line, Customer: r.digits(lockCustomer), Territory: r.text(lockTerritory)}
		cell := ""
		if l.Customer == "" {
			cell = r.text(lockCell)
		}
		switch {
		case l.Territory == "":
			r.refuse(lockTerritory, "", &noTerritory)
		case l.Customer == "" && cell == "":
			r.refuse(lockCustomer, "", &noLock)
		case cell != "":
			var err error
			if l.Cell, err = geo.ParseCell(cell); err != nil {
				r.refuse(lockCell, cell, noCell.with(short(cell)))
			}
		}
		if r.fault == nil {
			take(l)
		}
	})
}

// MarkedRow names one customer.
type MarkedRow struct {
	Line     int
	Customer string
}

// ReadMarked reads a list of customers: customer_id; other columns are not looked at. Errors are those of ReadCustomers.
func ReadMarked(r io.Reader, name string) ([]MarkedRow, []Rejected, error) {
	return readRows(r, name, placedColumns()[:placedTerritory], "ids under customer_id", func(lay *layout) bool {
		return lay.has(placedCustomer)
	}, func(r *row, take func(MarkedRow)) {
		m := MarkedRow{Line: r.line, Customer: r.digits(placedCustomer)}
		if m.Customer == "" {
			r.refuse(placedCustomer, "", &noCustomer)
		}
		if r.fault == nil {
			take(m)
		}
	})
}
