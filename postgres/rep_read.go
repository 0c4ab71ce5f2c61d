package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/jackc/pgx/v5"
)

const repsByID = `
SELECT ` + repColumns + repFrom + `
WHERE  r.organization_id = @organization AND r.id = ANY(@ids)
ORDER  BY r.id`

// Reps reads reps that something the caller may see refers to.
func (tx *Tx) Reps(ctx context.Context, ids []uuid.UUID) ([]roster.Rep, error) {
	return all[roster.Rep](ctx, tx, repsByID, pgx.StrictNamedArgs{"organization": tx.Organization, "ids": ids})
}

// NameKey is where a list by name goes on: after this one.
type NameKey struct {
	Name string
	ID   uuid.UUID
}

const repPage = `
SELECT ` + repColumns + repFrom + `
WHERE  r.organization_id = @organization AND ` + repVisible + `
AND    (@branch::uuid IS NULL OR r.branch_id = @branch)
AND    (@after_id::uuid IS NULL OR (pd.name, r.id) > (@after_name, @after_id))
ORDER  BY pd.name, r.id
LIMIT  @limit`

// RepPage lists the reps the caller may see by name, after a key where one is given.
func (tx *Tx) RepPage(ctx context.Context, c auth.Caller, branch *uuid.UUID, after *NameKey, limit int) ([]roster.Rep, error) {
	args := scope(c, pgx.StrictNamedArgs{
		"organization": tx.Organization, "branch": branch, "after_name": "", "after_id": nil, "limit": limit,
	})
	if after != nil {
		args["after_name"], args["after_id"] = after.Name, after.ID
	}
	return all[roster.Rep](ctx, tx, repPage, args)
}

const positionsOf = `
SELECT p.rep_id, point(p.lat, p.lon) AS point, p.accuracy, p.device_time, p.recorded_at, p.mocked
FROM   position_last AS p
WHERE  p.organization_id = @organization AND p.rep_id = ANY(@reps)
ORDER  BY p.rep_id`

type positionOf struct {
	roster.Position
	RepID uuid.UUID `db:"rep_id"`
}

// Positions reads where reps' phones last said they were, by rep.
func (tx *Tx) Positions(ctx context.Context, reps []uuid.UUID) (map[uuid.UUID]roster.Position, error) {
	rows, err := all[positionOf](ctx, tx, positionsOf, pgx.StrictNamedArgs{"organization": tx.Organization, "reps": reps})
	if err != nil {
		return nil, err
	}
	at := make(map[uuid.UUID]roster.Position, len(rows))
	for _, p := range rows {
		at[p.RepID] = p.Position
	}
	return at, nil
}

const engagementsByID = `
SELECT ` + engagementColumns + `
FROM   engagement AS e
WHERE  e.organization_id = @organization AND e.id = ANY(@ids)
ORDER  BY e.id`

// Engagements reads engagements that something the caller may see refers to.
func (tx *Tx) Engagements(ctx context.Context, ids []uuid.UUID) ([]roster.Engagement, error) {
	return all[roster.Engagement](ctx, tx, engagementsByID, pgx.StrictNamedArgs{"organization": tx.Organization, "ids": ids})
}

const shiftByID = `
SELECT ` + shiftColumns + `
FROM   shift AS sh
WHERE  sh.organization_id = @organization AND sh.id = @id`

// Shift reads a shift.
func (tx *Tx) Shift(ctx context.Context, id uuid.UUID) (roster.Shift, error) {
	return one[roster.Shift](ctx, tx, ErrNoNode, shiftByID, pgx.StrictNamedArgs{"organization": tx.Organization, "id": id})
}

// RouteDay is whose day a route orders.
type RouteDay struct {
	RouteID uuid.UUID  `db:"id"`
	RepID   uuid.UUID  `db:"rep_id"`
	Date    hours.Date `db:"date"`
}

const routeDays = `
SELECT ro.id, ro.rep_id, ro.date
FROM   route AS ro
JOIN   rep AS r ON r.organization_id = ro.organization_id AND r.id = ro.rep_id
WHERE  ro.organization_id = @organization AND ro.id = ANY(@ids) AND ` + repVisible + `
ORDER  BY ro.id`

// RouteDays says whose days those of the routes order that the caller may see.
func (tx *Tx) RouteDays(ctx context.Context, c auth.Caller, ids []uuid.UUID) ([]RouteDay, error) {
	return all[RouteDay](ctx, tx, routeDays, scope(c, pgx.StrictNamedArgs{"organization": tx.Organization, "ids": ids}))
}
