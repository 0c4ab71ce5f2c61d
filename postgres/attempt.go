package postgres

import (
	"context"

	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/jackc/pgx/v5"
)

const insertAttempt = `
INSERT INTO attempt (organization_id, id, visit_id, rep_id, fact, device_time, recorded_at, clock_offset, lat, lon, accuracy, mocked,
       outcome, note, credited, door)
VALUES (@organization, @id, @visit, @rep, @fact, @device_time, @recorded_at, @clock_offset, @lat, @lon, @accuracy, @mocked,
       @outcome, @note, @credited, @door)`

// AddAttempt appends a fact about a visit.
func (tx *Tx) AddAttempt(ctx context.Context, a dispatch.Attempt) error {
	return tx.exec(ctx, -1, insertAttempt, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": a.ID, "visit": a.VisitID, "rep": a.RepID, "fact": a.Fact, "device_time": a.DeviceTime,
		"recorded_at": a.RecordedAt, "clock_offset": a.Offset, "lat": a.Lat, "lon": a.Lon, "accuracy": a.Accuracy, "mocked": a.Mocked,
		"outcome": a.Outcome, "note": a.Note, "credited": a.Credited, "door": a.Door,
	})
}
