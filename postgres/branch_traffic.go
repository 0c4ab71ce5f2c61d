package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/jackc/pgx/v5"
)

// BranchTraffic is how driving in a branch depends on place and hour.
type BranchTraffic struct {
	Version int          `db:"version"` // 0: nobody has said
	Traffic *geo.Traffic `db:"traffic"` // nil: one speed
}

// trafficNow is what is in force for a branch called b.
const trafficNow = `(SELECT bt.traffic FROM branch_traffic AS bt
        WHERE  bt.organization_id = b.organization_id AND bt.branch_id = b.id ORDER BY bt.version DESC LIMIT 1)`

const branchTraffic = `
SELECT bt.version, bt.traffic
FROM   branch_traffic AS bt
WHERE  bt.organization_id = @organization AND bt.branch_id = @branch
ORDER  BY bt.version DESC
LIMIT  1`

// BranchTraffic reads what is in force for a branch: the zero value where nobody has said.
func (tx *Tx) BranchTraffic(ctx context.Context, branch uuid.UUID) (BranchTraffic, error) {
	rows, err := all[BranchTraffic](ctx, tx, branchTraffic, pgx.StrictNamedArgs{"organization": tx.Organization, "branch": branch})
	if err != nil || len(rows) == 0 {
		return BranchTraffic{}, err
	}
	return rows[0], nil
}

const insertBranchTraffic = `
INSERT INTO branch_traffic (organization_id, branch_id, version, traffic, set_by, set_at)
VALUES (@organization, @branch, @version, @traffic, @by, @at)`

// AddBranchTraffic keeps the next version of a branch's traffic. The branch must be locked by this transaction.
func (tx *Tx) AddBranchTraffic(ctx context.Context, branch uuid.UUID, t BranchTraffic, by uuid.UUID, at time.Time) error {
	return tx.exec(ctx, -1, insertBranchTraffic, pgx.StrictNamedArgs{
		"organization": tx.Organization, "branch": branch, "version": t.Version, "traffic": t.Traffic, "by": orNull(by), "at": at,
	})
}

const sitePoints = `
SELECT s.lat, s.lon
FROM   site AS s
WHERE  s.organization_id = @organization AND s.branch_id = @branch AND s.status IN ('PROSPECT', 'ACTIVE') AND s.lat IS NOT NULL
ORDER  BY s.id`

// SitePoints lists where the sites of a branch are.
func (tx *Tx) SitePoints(ctx context.Context, branch uuid.UUID) ([]geo.Point, error) {
	return all[geo.Point](ctx, tx, sitePoints, pgx.StrictNamedArgs{"organization": tx.Organization, "branch": branch})
}

// trafficOf reads what rows of reps say of their branches' traffic; each branch says it once.
func trafficOf(people []dayRep) (map[uuid.UUID]*geo.Traffic, error) {
	traffic := map[uuid.UUID]*geo.Traffic{}
	for _, p := range people {
		if len(p.Traffic) == 0 || traffic[p.BranchID] != nil {
			continue
		}
		var t *geo.Traffic
		if err := json.Unmarshal(p.Traffic, &t); err != nil {
			return nil, fmt.Errorf("read traffic of branch %s: %w", p.BranchID, err)
		}
		traffic[p.BranchID] = t
	}
	return traffic, nil
}
