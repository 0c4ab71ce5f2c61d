package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/jackc/pgx/v5"
)

const insertShift = `
INSERT INTO shift (organization_id, id, rep_id, date, starts_at, ends_at, start_lat, start_lon, end_lat, end_lon, time_zone)
VALUES (@organization, @id, @rep, @date, @starts_at, @ends_at, @start_lat, @start_lon, @end_lat, @end_lon, @time_zone)
ON CONFLICT (organization_id, rep_id, date) DO NOTHING`

// AddShift writes a rep's working time on a day, unless that day has one already; then it says false.
func (tx *Tx) AddShift(ctx context.Context, s roster.Shift) (bool, error) {
	args := pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": s.ID, "rep": s.RepID, "date": s.Date, "starts_at": s.StartsAt, "ends_at": s.EndsAt,
		"start_lat": nil, "start_lon": nil, "end_lat": nil, "end_lon": nil, "time_zone": s.TimeZone,
	}
	if s.Start != nil {
		args["start_lat"], args["start_lon"] = s.Start.Lat, s.Start.Lon
	}
	if s.End != nil {
		args["end_lat"], args["end_lon"] = s.End.Lat, s.End.Lon
	}
	tag, err := tx.Exec(ctx, insertShift, args)
	return tag.RowsAffected() == 1, err
}

const insertEngagement = `
INSERT INTO engagement (organization_id, id, rep_id, date, kind, title, starts_at, ends_at, length, flexible, time_zone)
VALUES (@organization, @id, @rep, @date, @kind, @title, @starts_at, @ends_at, @length, @flexible, @time_zone)`

// AddEngagement writes time of a rep that is no visit; its day is the shift's it belongs to.
func (tx *Tx) AddEngagement(ctx context.Context, e roster.Engagement, day hours.Date) error {
	return tx.exec(ctx, -1, insertEngagement, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": e.ID, "rep": e.RepID, "date": day, "kind": e.Kind, "title": e.Title,
		"starts_at": e.StartsAt, "ends_at": e.EndsAt, "length": e.Length, "flexible": e.Flexible, "time_zone": e.TimeZone,
	})
}

const repsOnShift = `
SELECT sh.rep_id
FROM   shift AS sh
JOIN   rep AS r ON r.organization_id = sh.organization_id AND r.id = sh.rep_id
WHERE  sh.organization_id = @organization AND r.branch_id = @branch AND sh.date = @date
ORDER  BY sh.rep_id`

// RepsOnShift lists a branch's reps who work on a day.
func (tx *Tx) RepsOnShift(ctx context.Context, branch uuid.UUID, date hours.Date) ([]uuid.UUID, error) {
	return values[uuid.UUID](ctx, tx, repsOnShift, pgx.StrictNamedArgs{
		"organization": tx.Organization, "branch": branch, "date": date,
	})
}

const extendShifts = `
UPDATE shift AS sh
SET    ends_at = least(@to::timestamptz, sh.starts_at + interval '24 hours')
FROM   rep AS r
WHERE  sh.organization_id = @organization AND r.organization_id = sh.organization_id AND r.id = sh.rep_id AND r.branch_id = @branch
AND    sh.date = @date AND sh.ends_at < @before AND sh.ends_at < @to`

// ExtendShifts lets a branch's shifts of a day that end before a moment end later, and says how many there were.
func (tx *Tx) ExtendShifts(ctx context.Context, branch uuid.UUID, date hours.Date, to, before time.Time) (int, error) {
	tag, err := tx.Exec(ctx, extendShifts, pgx.StrictNamedArgs{
		"organization": tx.Organization, "branch": branch, "date": date, "to": to, "before": before,
	})
	return int(tag.RowsAffected()), err
}
