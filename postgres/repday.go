package postgres

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/jackc/pgx/v5"
)

const lockShifts = `
SELECT sh.id
FROM   shift AS sh
WHERE  sh.organization_id = @organization AND sh.rep_id = ANY(@reps) AND sh.date = @date
ORDER  BY sh.rep_id
FOR NO KEY UPDATE`

// LockRepDays makes sure that nobody else changes these reps' days until the transaction ends. A rep-day's lock is its
// shift: without one there is nothing to plan. Locks are taken in the order of ids, so that two who lock don't wait for each other.
func (tx *Tx) LockRepDays(ctx context.Context, date hours.Date, reps ...uuid.UUID) error {
	return tx.exec(ctx, -1, lockShifts, pgx.StrictNamedArgs{"organization": tx.Organization, "reps": reps, "date": date})
}

// Each step is an array of ids, not a join: right after an import the planner knows nothing of the tables' sizes, takes every
// join for one row, and a day of 25 stops among 200 sites took it ten seconds.
const (
	dayRouteIDs = `SELECT dr.id FROM route AS dr
           WHERE  dr.organization_id = @organization AND dr.rep_id = ANY(@reps) AND dr.date = ANY(@dates)`

	dayVisitIDs = `SELECT ds.visit_id FROM stop AS ds
           WHERE  ds.organization_id = @organization AND ds.visit_id IS NOT NULL AND ds.route_id = ANY(ARRAY(` + dayRouteIDs + `))`

	daySiteIDs = `SELECT dv.site_id FROM visit AS dv
           WHERE  dv.organization_id = @organization AND dv.id = ANY(ARRAY(` + dayVisitIDs + `))`
)

const (
	dayReps = `
SELECT ` + repColumns + `, b.detour, b.speed,
       (SELECT jsonb_agg(` + slowdownJSON + ` ORDER BY sl.id) FROM slowdown AS sl
        WHERE  sl.organization_id = b.organization_id AND sl.branch_id = b.id AND sl.withdrawn_at IS NULL
        AND    sl.date BETWEEN (SELECT min(on_day.date) - 1 FROM unnest(@dates::date[]) AS on_day (date))
                       AND     (SELECT max(on_day.date) + 1 FROM unnest(@dates::date[]) AS on_day (date))) AS slow,
       CASE WHEN row_number() OVER (PARTITION BY r.branch_id ORDER BY r.id) = 1 THEN ` + trafficNow + ` END AS traffic,
       (SELECT dr.weights FROM dispatch_rules AS dr
        WHERE  dr.organization_id = r.organization_id AND dr.branch_id = r.branch_id ORDER BY dr.version DESC LIMIT 1) AS weights` + repFrom + `
JOIN   branch AS b ON b.organization_id = r.organization_id AND b.id = r.branch_id
WHERE  r.organization_id = @organization AND r.id = ANY(@reps)
ORDER  BY r.id`

	dayShifts = `
SELECT ` + shiftColumns + `
FROM   shift AS sh
WHERE  sh.organization_id = @organization AND sh.rep_id = ANY(@reps) AND sh.date = ANY(@dates)
ORDER  BY sh.date, sh.rep_id`

	dayAbsences = `
SELECT a.rep_id, on_day.date
FROM   unnest(@dates::date[]) AS on_day (date)
JOIN   absence AS a ON a.organization_id = @organization AND a.rep_id = ANY(@reps) AND on_day.date BETWEEN a.from_date AND a.to_date
ORDER  BY on_day.date, a.rep_id`

	dayEngagements = `
SELECT e.date AS on_date, ` + engagementColumns + `
FROM   engagement AS e
WHERE  e.organization_id = @organization AND e.rep_id = ANY(@reps) AND e.date = ANY(@dates)
ORDER  BY e.rep_id, e.starts_at, e.id`

	dayRoutes = `
SELECT ` + routeColumns + `
FROM   route AS ro
WHERE  ro.organization_id = @organization AND ro.rep_id = ANY(@reps) AND ro.date = ANY(@dates)
ORDER  BY ro.date, ro.rep_id`

	dayStops = `
SELECT st.route_id, ` + stopColumns + `
FROM   stop AS st
WHERE  st.organization_id = @organization AND st.route_id = ANY(ARRAY(` + dayRouteIDs + `))
ORDER  BY st.route_id, st.position`

	dayVisits = `
SELECT ` + visitColumns + `
FROM   visit AS v
WHERE  v.organization_id = @organization AND v.id = ANY(ARRAY(` + dayVisitIDs + `))
ORDER  BY v.id`

	daySites = `
SELECT ` + siteColumns + `
FROM   site AS s
WHERE  s.organization_id = @organization AND s.id = ANY(ARRAY(` + daySiteIDs + `))
ORDER  BY s.id`

	dayPositions = `
SELECT p.rep_id, p.lat, p.lon
FROM   position_last AS p
WHERE  p.organization_id = @organization AND p.rep_id = ANY(@reps) AND p.device_time >= @since
ORDER  BY p.rep_id`
)

// shiftColumns are roster.Shift's, of a shift called sh.
const shiftColumns = `sh.id, sh.rep_id, sh.date, sh.starts_at, sh.ends_at,
    point(sh.start_lat, sh.start_lon) AS start,
    point(sh.end_lat, sh.end_lon) AS "end", sh.time_zone`

// engagementColumns are roster.Engagement's, of an engagement called e.
const engagementColumns = `e.id, e.rep_id, e.kind, e.title, e.starts_at, e.ends_at, e.length, e.flexible, e.time_zone,
    point(e.lat, e.lon) AS point`

type dayRep struct {
	roster.Rep
	Detour  float64           `db:"detour"`
	Speed   float64           `db:"speed"`
	Slow    json.RawMessage   `db:"slow"`    // of the branch, around the dates
	Traffic json.RawMessage   `db:"traffic"` // of the branch, at the first of its reps
	Weights *dispatch.Weights `db:"weights"` // nil: the branch has set none
}

type dayStop struct {
	dispatch.Stop
	RouteID uuid.UUID `db:"route_id"`
}

type dayEngagement struct {
	roster.Engagement
	OnDate hours.Date `db:"on_date"`
}

type dayPosition struct {
	RepID uuid.UUID `db:"rep_id"`
	Lat   float64   `db:"lat"`
	Lon   float64   `db:"lon"`
}

// RepDays reads everything that decisions about these reps' day rest on, in the order of the ids asked for, in one round trip.
// A position older than since is not where the rep is. A rep without a route gets an empty one, without an id.
func (tx *Tx) RepDays(ctx context.Context, date hours.Date, since time.Time, reps ...uuid.UUID) ([]dispatch.RepDay, error) {
	return tx.RepDaysOn(ctx, []hours.Date{date}, since, reps...)
}

// RepDaysOn is RepDays for several dates, in as many statements: each date's days one after another, in the order of the ids.
func (tx *Tx) RepDaysOn(ctx context.Context, dates []hours.Date, since time.Time, reps ...uuid.UUID) ([]dispatch.RepDay, error) {
	args := pgx.StrictNamedArgs{"organization": tx.Organization, "reps": reps, "dates": dates}
	batch := &tx.pending
	var rows dayRows
	queue(batch, &rows.people, dayReps, args)
	queue(batch, &rows.shifts, dayShifts, args)
	queue(batch, &rows.absent, dayAbsences, args)
	queue(batch, &rows.engagements, dayEngagements, args)
	queue(batch, &rows.routes, dayRoutes, args)
	queue(batch, &rows.stops, dayStops, args)
	queue(batch, &rows.visits, dayVisits, args)
	queue(batch, &rows.sites, daySites, args)
	queue(batch, &rows.positions, dayPositions, pgx.StrictNamedArgs{"organization": tx.Organization, "reps": reps, "since": since})
	if err := tx.flush(ctx); err != nil {
		return nil, err
	}
	stopsOf := rows.stopsOf()
	for _, route := range rows.routes {
		route.Stops = stopsOf[route.ID]
		tx.keep(route)
	}
	return rows.days(dates, reps)
}

// dayRows are what the queries above find.
type dayRows struct {
	people      []dayRep
	shifts      []roster.Shift
	absent      []DayOfRep
	engagements []dayEngagement
	routes      []dispatch.Route
	stops       []dayStop
	visits      []dispatch.Visit
	sites       []customer.Site
	positions   []dayPosition
}

// days puts the rows together, date after date in the order of the reps asked for.
func (rows dayRows) days(dates []hours.Date, reps []uuid.UUID) ([]dispatch.RepDay, error) {
	siteOf := byKey(rows.sites, func(s customer.Site) uuid.UUID { return s.ID })
	visitOf := byKey(rows.visits, func(v dispatch.Visit) uuid.UUID { return v.ID })
	personOf := byKey(rows.people, func(r dayRep) uuid.UUID { return r.ID })
	shiftOf := byKey(rows.shifts, func(s roster.Shift) DayOfRep { return DayOfRep{s.RepID, s.Date} })
	routeOf := byKey(rows.routes, func(r dispatch.Route) DayOfRep { return DayOfRep{r.RepID, r.Date} })
	seenAt := byKey(rows.positions, func(p dayPosition) uuid.UUID { return p.RepID })
	stopsOf := rows.stopsOf()
	engagementsOf := map[DayOfRep][]roster.Engagement{}
	for _, e := range rows.engagements {
		key := DayOfRep{e.RepID, e.OnDate}
		engagementsOf[key] = append(engagementsOf[key], e.Engagement)
	}

	slow, err := slowdownsOf(rows.people)
	if err != nil {
		return nil, err
	}
	traffic, err := trafficOf(rows.people)
	if err != nil {
		return nil, err
	}
	days := make([]dispatch.RepDay, 0, len(dates)*len(reps))
	for _, date := range dates {
		for _, id := range reps {
			person, found := personOf[id]
			if !found {
				return nil, roster.ErrNoRep
			}
			key := DayOfRep{id, date}
			day := dispatch.RepDay{
				Rep: person.Rep, Absent: slices.Contains(rows.absent, key), Engagements: engagementsOf[key],
				Route: dispatch.Route{RepID: id, Date: date}, Travel: geo.Travel{Detour: person.Detour, Speed: person.Speed},
				Traffic: traffic[person.BranchID], Weights: person.Weights,
			}
			if shift, works := shiftOf[key]; works {
				day.Shift = &shift
			}
			for _, s := range slow[person.BranchID] {
				if day.Shift == nil && s.Date == date || day.Shift != nil && s.Window.Intersect(day.Shift.Window()).Length() > 0 {
					day.Slow = append(day.Slow, s)
				}
			}
			if p, seen := seenAt[id]; seen {
				day.At = &geo.Point{Lat: p.Lat, Lon: p.Lon}
			}
			if route, planned := routeOf[key]; planned {
				day.Route = route
				for _, s := range stopsOf[route.ID] {
					if s.VisitID == nil {
						day.Route.Stops = append(day.Route.Stops, s)
						continue
					}
					visit, here := visitOf[*s.VisitID]
					site, there := siteOf[visit.SiteID]
					if !here || !there {
						continue // a day that was not locked changed between two statements
					}
					day.Route.Stops = append(day.Route.Stops, s)
					day.Calls = append(day.Calls, dispatch.Call{Visit: visit, Site: site})
				}
			}
			days = append(days, day)
		}
	}
	return days, nil
}

// stopsOf are the stops by route, in their order.
func (rows dayRows) stopsOf() map[uuid.UUID][]dispatch.Stop {
	by := make(map[uuid.UUID][]dispatch.Stop, len(rows.routes))
	for _, s := range rows.stops {
		by[s.RouteID] = append(by[s.RouteID], s.Stop)
	}
	return by
}

// queue adds a query to the batch whose rows end up in into.
func queue[T any](batch *pgx.Batch, into *[]T, sql string, args pgx.StrictNamedArgs) {
	put(batch, sql, args).Query(func(rows pgx.Rows) (err error) {
		*into, err = pgx.CollectRows(rows, pgx.RowToStructByName[T])
		return err
	})
}

// queueColumn is queue for a single column.
func queueColumn[T any](batch *pgx.Batch, into *[]T, sql string, args pgx.StrictNamedArgs) {
	put(batch, sql, args).Query(func(rows pgx.Rows) (err error) {
		*into, err = pgx.CollectRows(rows, pgx.RowTo[T])
		return err
	})
}

func byKey[K comparable, T any](list []T, key func(T) K) map[K]T {
	m := make(map[K]T, len(list))
	for _, v := range list {
		m[key(v)] = v
	}
	return m
}
