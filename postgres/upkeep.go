package postgres

import (
	"context"
	"fmt"
	"time"
)

// monthly are the tables kept in a partition for each month of a moment.
var monthly = []struct{ table, moment string }{{"event", "recorded_at"}, {"audit", "at"}, {"feed", "recorded_at"}, {"position", "recorded_at"}}

// monthsAhead is how many months are open, this one included.
const monthsAhead = 3

// OpenMonths makes the partitions of this month and the next few, with the rights of the tables' owner.
func (db *DB) OpenMonths(ctx context.Context, now time.Time) error {
	now = now.UTC()
	for _, ledger := range monthly {
		for i := range monthsAhead {
			month := time.Date(now.Year(), now.Month()+time.Month(i), 1, 0, 0, 0, 0, time.UTC)
			if _, err := db.pool.Exec(ctx, `SELECT open_month($1, $2, $3)`, ledger.table, ledger.moment, month); err != nil {
				return unavailable(ctx, fmt.Errorf("open month of %s: %w", ledger.table, err))
			}
		}
	}
	return nil
}

// Analyze tells the planner what the tables of customers, territories and visits hold. Without it a query over a record that was
// filled a moment ago is planned for a handful of rows, and takes minutes instead of a second; the server's own upkeep comes within
// a minute, which is too late for who imports and plans in one go. It runs with the rights of the tables' owner.
func (db *DB) Analyze(ctx context.Context) error {
	_, err := db.pool.Exec(ctx, `
ANALYZE customer, site, cadence, external_ref, alignment, alignment_territory, alignment_site, territory_cell, responsibility, visit, assignment, stop`)
	return unavailable(ctx, err)
}
