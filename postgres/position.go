package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/jackc/pgx/v5"
)

const (
	insertPositions = `
INSERT INTO position (organization_id, rep_id, device_time, recorded_at, lat, lon, accuracy, mocked)
SELECT @organization, @rep, given.device_time, @recorded_at, given.lat, given.lon, given.accuracy, given.mocked
FROM   unnest(@times::timestamptz[], @lats::float8[], @lons::float8[], @accuracies::float8[], @mocked::boolean[])
       AS given (device_time, lat, lon, accuracy, mocked)
WHERE  NOT EXISTS (SELECT FROM position AS known
                   WHERE known.organization_id = @organization AND known.rep_id = @rep AND known.device_time = given.device_time)
ON CONFLICT DO NOTHING`

	upsertLastPosition = `
INSERT INTO position_last AS last (organization_id, rep_id, device_time, recorded_at, lat, lon, accuracy, mocked)
VALUES (@organization, @rep, @device_time, @recorded_at, @lat, @lon, @accuracy, @mocked)
ON CONFLICT (organization_id, rep_id) DO UPDATE
SET    device_time = excluded.device_time, recorded_at = excluded.recorded_at, lat = excluded.lat, lon = excluded.lon,
       accuracy = excluded.accuracy, mocked = excluded.mocked
WHERE  last.device_time < excluded.device_time`
)

// AddPositions keeps where a rep was and says how many places were new. All were recorded at the same moment; the newest by the
// phone's clock becomes the last known. A clock that runs ahead does not count: such a place is where the rep is now, and the next one
// must still be able to follow it.
func (tx *Tx) AddPositions(ctx context.Context, rep uuid.UUID, positions []roster.Position) (int, error) {
	if len(positions) == 0 {
		return 0, nil
	}
	newest := positions[0]
	var times, lats, lons, accuracies, mocked []any
	for _, p := range positions {
		times, lats, lons = append(times, p.DeviceTime), append(lats, p.Point.Lat), append(lons, p.Point.Lon)
		accuracies, mocked = append(accuracies, float64(p.Accuracy)), append(mocked, p.Mocked)
		if p.DeviceTime.After(newest.DeviceTime) {
			newest = p
		}
	}
	tag, err := tx.Exec(ctx, insertPositions, pgx.StrictNamedArgs{
		"organization": tx.Organization, "rep": rep, "recorded_at": newest.RecordedAt, "times": times, "lats": lats, "lons": lons,
		"accuracies": accuracies, "mocked": mocked,
	})
	if err != nil {
		return 0, err
	}
	return int(tag.RowsAffected()), tx.exec(ctx, -1, upsertLastPosition, pgx.StrictNamedArgs{
		"organization": tx.Organization, "rep": rep, "device_time": earlier(newest.DeviceTime, newest.RecordedAt), "recorded_at": newest.RecordedAt,
		"lat": newest.Point.Lat, "lon": newest.Point.Lon, "accuracy": newest.Accuracy, "mocked": newest.Mocked,
	})
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
