package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/jackc/pgx/v5"
)

// slowdownJSON is a dispatch.Slowdown, of a slowdown called sl.
const slowdownJSON = `jsonb_build_object('id', sl.id, 'branchId', sl.branch_id, 'date', sl.date, 'area', sl.area,
    'window', jsonb_build_object('from', sl.starts_at, 'to', sl.ends_at), 'factor', sl.factor, 'version', sl.version)`

// slowdownsOf reads what rows of reps say of their branches' slow areas; each branch is read once.
func slowdownsOf(people []dayRep) (map[uuid.UUID][]dispatch.Slowdown, error) {
	slow := map[uuid.UUID][]dispatch.Slowdown{}
	for _, p := range people {
		if _, known := slow[p.BranchID]; known || len(p.Slow) == 0 {
			continue
		}
		var list []dispatch.Slowdown
		if err := json.Unmarshal(p.Slow, &list); err != nil {
			return nil, fmt.Errorf("read slow areas of branch %s: %w", p.BranchID, err)
		}
		slow[p.BranchID] = list
	}
	return slow, nil
}

const insertSlowdown = `
INSERT INTO slowdown (organization_id, id, branch_id, date, area, starts_at, ends_at, factor, version, created_at)
VALUES (@organization, @id, @branch, @date, @area, @from, @to, @factor, @version, @at)`

// AddSlowdown writes where and when driving is slow.
func (tx *Tx) AddSlowdown(ctx context.Context, s dispatch.Slowdown, at time.Time) error {
	area, err := json.Marshal(s.Area)
	if err != nil {
		return fmt.Errorf("write slow area: %w", err)
	}
	return tx.exec(ctx, 1, insertSlowdown, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": s.ID, "branch": s.BranchID, "date": s.Date, "area": area, "from": s.Window.From,
		"to": s.Window.To, "factor": s.Factor, "version": s.Version, "at": at,
	})
}

const withdrawSlowdown = `
UPDATE slowdown SET withdrawn_at = @at, version = version + 1 WHERE organization_id = @organization AND id = @id`

// WithdrawSlowdown ends a slowdown from now on; without a moment it is in force again.
func (tx *Tx) WithdrawSlowdown(ctx context.Context, id uuid.UUID, at *time.Time) error {
	return tx.exec(ctx, 1, withdrawSlowdown, pgx.StrictNamedArgs{"organization": tx.Organization, "id": id, "at": at})
}
