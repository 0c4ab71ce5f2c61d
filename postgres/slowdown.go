package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
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
	return tx.exec(ctx, -1, insertSlowdown, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": s.ID, "branch": s.BranchID, "date": s.Date, "area": area, "from": s.Window.From,
		"to": s.Window.To, "factor": s.Factor, "version": s.Version, "at": at,
	})
}

// ErrNoSlowdown is returned for a slowdown that does not exist.
var ErrNoSlowdown = errors.New("no such slowdown")

const slowdowns = `
SELECT ` + slowdownJSON + `
FROM   slowdown AS sl
WHERE  sl.organization_id = @organization AND sl.branch_id = @branch AND sl.withdrawn_at IS NULL
AND   (sl.date = @date OR sl.date BETWEEN @date - 1 AND @date AND sl.starts_at < @to AND sl.ends_at > @from)
ORDER  BY sl.starts_at, sl.id
LIMIT  @most`

// Slowdowns lists at most so many slowdowns in force on a branch's day, which takes from midnight to midnight, the earliest first.
func (tx *Tx) Slowdowns(ctx context.Context, branch uuid.UUID, date hours.Date, day hours.Window, most int) ([]dispatch.Slowdown, error) {
	return values[dispatch.Slowdown](ctx, tx, slowdowns, pgx.StrictNamedArgs{
		"organization": tx.Organization, "branch": branch, "date": date, "from": day.From, "to": day.To, "most": most,
	})
}

const lockSlowdown = `
SELECT ` + slowdownJSON + ` AS slowdown, sl.withdrawn_at IS NOT NULL AS withdrawn
FROM   slowdown AS sl
WHERE  sl.organization_id = @organization AND sl.id = @id
FOR NO KEY UPDATE`

// LockSlowdown reads a slowdown that nobody else can withdraw until the transaction ends, and says whether it is withdrawn.
func (tx *Tx) LockSlowdown(ctx context.Context, id uuid.UUID) (s dispatch.Slowdown, withdrawn bool, err error) {
	row, err := one[struct {
		Slowdown  dispatch.Slowdown `db:"slowdown"`
		Withdrawn bool              `db:"withdrawn"`
	}](ctx, tx, ErrNoSlowdown, lockSlowdown, pgx.StrictNamedArgs{"organization": tx.Organization, "id": id})
	return row.Slowdown, row.Withdrawn, err
}

const withdrawSlowdown = `
UPDATE slowdown SET withdrawn_at = @at, version = version + 1 WHERE organization_id = @organization AND id = @id`

// WithdrawSlowdown ends a slowdown from now on; without a moment it is in force again.
func (tx *Tx) WithdrawSlowdown(ctx context.Context, id uuid.UUID, at *time.Time) error {
	return tx.exec(ctx, 1, withdrawSlowdown, pgx.StrictNamedArgs{"organization": tx.Organization, "id": id, "at": at})
}
