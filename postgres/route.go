package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/jackc/pgx/v5"
)

// routeColumns are dispatch.Route's, of a route called ro; its stops come apart.
const routeColumns = `ro.id, ro.rep_id, ro.date, ro.version, ro.travel, ro.distance`

// stopColumns are dispatch.Stop's, of a stop called st.
const stopColumns = `st.position, st.visit_id, st.engagement_id, st.travel, st.arrival, st.departure, st.told`

const upsertRoute = `
INSERT INTO route (organization_id, id, rep_id, date, version, travel, distance)
VALUES (@organization, @id, @rep, @date, @version, @travel, @distance)
ON CONFLICT (organization_id, id) DO UPDATE
SET    version = excluded.version, travel = excluded.travel, distance = excluded.distance
WHERE  route.version = excluded.version - 1`

const clearStops = `
DELETE FROM stop WHERE organization_id = @organization AND route_id = ANY(@routes)`

// SaveRoutes writes whole routes, each over the version before it. The rep-days must be locked by this transaction.
// All old stops go before any new one comes: a visit stands in one route at most.
func (tx *Tx) SaveRoutes(ctx context.Context, routes ...dispatch.Route) error {
	var ids []uuid.UUID
	for _, r := range routes {
		ids = append(ids, r.ID)
		if err := tx.exec(ctx, 1, upsertRoute, pgx.StrictNamedArgs{
			"organization": tx.Organization, "id": r.ID, "rep": r.RepID, "date": r.Date, "version": r.Version,
			"travel": r.Travel, "distance": r.Distance,
		}); err != nil {
			return err
		}
	}
	if err := tx.exec(ctx, -1, clearStops, pgx.StrictNamedArgs{"organization": tx.Organization, "routes": ids}); err != nil {
		return err
	}
	var rows [][]any
	for _, r := range routes {
		for _, s := range r.Stops {
			rows = append(rows, []any{
				tx.Organization, r.ID, s.Position, s.VisitID, s.EngagementID, s.Travel, s.Arrival, s.Departure, s.Told,
			})
		}
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"stop"}, []string{
		"organization_id", "route_id", "position", "visit_id", "engagement_id", "travel", "arrival", "departure", "told",
	}, pgx.CopyFromRows(rows))
	return err
}
