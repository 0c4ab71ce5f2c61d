package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/jackc/pgx/v5"
)

// routeColumns are dispatch.Route's, of a route called ro; its stops come apart.
const routeColumns = `ro.id, ro.rep_id, ro.date, ro.version, ro.travel, ro.distance`

// stopColumns are dispatch.Stop's, of a stop called st.
const stopColumns = `st.position, st.visit_id, st.engagement_id, st.travel, st.arrival, st.departure, st.told`

const upsertRoutes = `
INSERT INTO route (organization_id, id, rep_id, date, version, travel, distance)
SELECT @organization, x.id, x.rep, x.date, x.version, x.travel, x.distance
FROM   unnest(@ids::uuid[], @reps::uuid[], @dates::date[], @versions::integer[], @travels::interval[], @distances::double precision[])
       AS x (id, rep, date, version, travel, distance)
ON CONFLICT (organization_id, id) DO UPDATE
SET    version = excluded.version, travel = excluded.travel, distance = excluded.distance
WHERE  route.version = excluded.version - 1`

const (
	clearStops = `
DELETE FROM stop WHERE organization_id = @organization AND route_id = ANY(@routes)`

	deleteStops = `
DELETE FROM stop AS st
USING  unnest(@routes::uuid[], @positions::integer[]) AS gone (route_id, position)
WHERE  st.organization_id = @organization AND st.route_id = gone.route_id AND st.position = gone.position`

	upsertStops = `
INSERT INTO stop (organization_id, route_id, position, travel, arrival, departure, told, visit_id, engagement_id)
SELECT @organization, x.route_id, x.position, x.travel, x.arrival, x.departure, x.told, x.visit_id, x.engagement_id
FROM   unnest(@routes::uuid[], @positions::integer[], @travels::interval[], @arrivals::timestamptz[], @departures::timestamptz[],
              @tolds::timestamptz[], @visits::uuid[], @engagements::uuid[])
       AS x (route_id, position, travel, arrival, departure, told, visit_id, engagement_id)
ON CONFLICT (organization_id, route_id, position) DO UPDATE
SET    travel = excluded.travel, arrival = excluded.arrival, departure = excluded.departure, told = excluded.told`
)

// SaveRoutes writes whole routes, each over the version before it. The rep-days must be locked by this transaction.
// All old stops go before any new one comes: a visit stands in one route at most.
//
// Of a route whose version before was read here only the stops that differ are written: each one costs three looks at what it refers to.
// That nobody changed the others meanwhile is what the version says.
func (tx *Tx) SaveRoutes(ctx context.Context, routes ...dispatch.Route) error {
	if len(routes) == 0 {
		return nil
	}
	var anew []uuid.UUID
	var gone, changed stopRows
	var rows routeRows
	for _, r := range routes {
		rows.add(r)
		before, known := tx.known[r.ID]
		if !known || before.Version != r.Version-1 {
			anew, before.Stops = append(anew, r.ID), nil
		}
		was := byKey(before.Stops, func(s dispatch.Stop) int { return s.Position })
		for _, s := range r.Stops {
			old, there := was[s.Position]
			stays := there && sameSubject(old, s)
			if stays {
				delete(was, s.Position) // the others go
			}
			if !stays || !sameTimes(old, s) {
				changed.add(r.ID, s)
			}
		}
		for _, old := range before.Stops {
			if _, goes := was[old.Position]; goes {
				gone.add(r.ID, old)
			}
		}
		tx.keep(r)
	}
	if err := tx.exec(ctx, len(routes), upsertRoutes, pgx.StrictNamedArgs{
		"organization": tx.Organization, "ids": rows.ids, "reps": rows.reps, "dates": rows.dates, "versions": rows.versions,
		"travels": rows.travels, "distances": rows.distances,
	}); err != nil {
		return err
	}
	if len(anew) > 0 {
		tx.later(clearStops, pgx.StrictNamedArgs{"organization": tx.Organization, "routes": anew})
	}
	if n := len(gone.routes); n > 0 {
		if err := tx.exec(ctx, n, deleteStops, pgx.StrictNamedArgs{
			"organization": tx.Organization, "routes": gone.routes, "positions": gone.positions,
		}); err != nil {
			return err
		}
	}
	if n := len(changed.routes); n > 0 {
		return tx.exec(ctx, n, upsertStops, pgx.StrictNamedArgs{
			"organization": tx.Organization, "routes": changed.routes, "positions": changed.positions, "travels": changed.travels,
			"arrivals": changed.arrivals, "departures": changed.departures, "tolds": changed.tolds, "visits": changed.visits,
			"engagements": changed.engagements,
		})
	}
	return nil
}

// keep remembers what the record holds of a route.
func (tx *Tx) keep(r dispatch.Route) {
	if tx.known == nil {
		tx.known = map[uuid.UUID]dispatch.Route{}
	}
	r.Stops = slices.Clone(r.Stops)
	tx.known[r.ID] = r
}

func sameSubject(a, b dispatch.Stop) bool {
	return sameID(a.VisitID, b.VisitID) && sameID(a.EngagementID, b.EngagementID)
}

func sameID(a, b *uuid.UUID) bool { return a == b || a != nil && b != nil && *a == *b }

func sameTimes(a, b dispatch.Stop) bool {
	return a.Travel == b.Travel && a.Arrival.Equal(b.Arrival) && a.Departure.Equal(b.Departure) &&
		(a.Told == b.Told || a.Told != nil && b.Told != nil && a.Told.Equal(*b.Told))
}

// routeRows are routes column by column.
type routeRows struct {
	ids, reps []uuid.UUID
	dates     []hours.Date
	versions  []int
	travels   []time.Duration
	distances []geo.Metres
}

func (rows *routeRows) add(r dispatch.Route) {
	rows.ids, rows.reps, rows.dates = append(rows.ids, r.ID), append(rows.reps, r.RepID), append(rows.dates, r.Date)
	rows.versions, rows.travels, rows.distances = append(rows.versions, r.Version), append(rows.travels, r.Travel), append(rows.distances, r.Distance)
}

// stopRows are stops column by column.
type stopRows struct {
	routes               []uuid.UUID
	positions            []int32
	travels              []time.Duration
	arrivals, departures []time.Time
	tolds                []*time.Time
	visits, engagements  []*uuid.UUID
}

func (rows *stopRows) add(route uuid.UUID, s dispatch.Stop) {
	rows.routes, rows.positions, rows.travels = append(rows.routes, route), append(rows.positions, int32(s.Position)), append(rows.travels, s.Travel)
	rows.arrivals, rows.departures, rows.tolds = append(rows.arrivals, s.Arrival), append(rows.departures, s.Departure), append(rows.tolds, s.Told)
	rows.visits, rows.engagements = append(rows.visits, s.VisitID), append(rows.engagements, s.EngagementID)
}
