package graph

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// loaders are one request's reads. Reps, sites and branches are read without asking who may see them: only what the
// caller was shown refers to them, and a rep's day is shown under its own check (see mayFollow).
type loaders struct {
	db     *postgres.DB
	caller auth.Caller
	now    time.Time

	visit      *loader[uuid.UUID, dispatch.Visit] // those the caller may see
	stop       *loader[uuid.UUID, dispatch.Stop]  // by visit
	kind       *loader[string, dispatch.VisitKind]
	rep        *loader[uuid.UUID, roster.Rep]
	branch     *loader[uuid.UUID, roster.Branch]
	user       *loader[uuid.UUID, roster.User]
	position   *loader[uuid.UUID, roster.Position] // by rep
	duty       *loader[uuid.UUID, roster.Duty]     // by rep
	engagement *loader[uuid.UUID, roster.Engagement]
	site       *loader[uuid.UUID, customer.Site]
	customer   *loader[uuid.UUID, customer.Customer]
	cells      *loader[groundKey, []geo.Cell]
	outline    *loader[postgres.OutlineKey, json.RawMessage]
	aligned    *loader[uuid.UUID, []geo.Territory] // by alignment

	mu      sync.Mutex
	days    map[hours.Date]*loader[uuid.UUID, dispatch.RepDay]
	reps    map[uuid.UUID]bool // whose days may be asked for
	grounds map[groundKey]bool // whose outlines may be asked for
}

// groundKey names a territory's ground in one alignment.
type groundKey struct{ territory, alignment uuid.UUID }

func newLoaders(db *postgres.DB, caller auth.Caller, now time.Time) *loaders {
	l := &loaders{db: db, caller: caller, now: now}
	l.days, l.reps = map[hours.Date]*loader[uuid.UUID, dispatch.RepDay]{}, map[uuid.UUID]bool{}
	l.grounds = map[groundKey]bool{}
	l.visit = newLoader(list(l, func(ctx context.Context, tx *postgres.Tx, ids []uuid.UUID) ([]dispatch.Visit, error) {
		visits, err := tx.Visits(ctx, caller, ids)
		l.expectVisits(visits...)
		return visits, err
	}, func(v dispatch.Visit) uuid.UUID { return v.ID }))
	l.stop = newLoader(list(l, func(ctx context.Context, tx *postgres.Tx, ids []uuid.UUID) ([]dispatch.Stop, error) {
		return tx.StopsOf(ctx, ids)
	}, func(s dispatch.Stop) uuid.UUID { return *s.VisitID }))
	l.kind = newLoader(list(l, func(ctx context.Context, tx *postgres.Tx, codes []string) ([]dispatch.VisitKind, error) {
		return tx.VisitKinds(ctx, codes)
	}, func(k dispatch.VisitKind) string { return k.Code }))
	l.rep = newLoader(list(l, func(ctx context.Context, tx *postgres.Tx, ids []uuid.UUID) ([]roster.Rep, error) {
		reps, err := tx.Reps(ctx, ids)
		l.expectReps(reps...)
		return reps, err
	}, func(r roster.Rep) uuid.UUID { return r.ID }))
	l.branch = newLoader(list(l, func(ctx context.Context, tx *postgres.Tx, ids []uuid.UUID) ([]roster.Branch, error) {
		return tx.BranchesByID(ctx, ids)
	}, func(b roster.Branch) uuid.UUID { return b.ID }))
	l.user = newLoader(list(l, func(ctx context.Context, tx *postgres.Tx, ids []uuid.UUID) ([]roster.User, error) {
		return tx.Users(ctx, ids)
	}, func(u roster.User) uuid.UUID { return u.ID }))
	l.position = newLoader(func(ctx context.Context, reps []uuid.UUID) (at map[uuid.UUID]roster.Position, err error) {
		err = l.read(ctx, func(tx *postgres.Tx) error {
			at, err = tx.Positions(ctx, reps)
			return err
		})
		return at, err
	})
	l.duty = newLoader(func(ctx context.Context, reps []uuid.UUID) (duties map[uuid.UUID]roster.Duty, err error) {
		err = l.read(ctx, func(tx *postgres.Tx) error {
			duties, err = tx.Duties(ctx, now, reps...)
			return err
		})
		return duties, err
	})
	l.engagement = newLoader(list(l, func(ctx context.Context, tx *postgres.Tx, ids []uuid.UUID) ([]roster.Engagement, error) {
		engagements, err := tx.Engagements(ctx, ids)
		return engagementsInZone(engagements), err
	}, func(e roster.Engagement) uuid.UUID { return e.ID }))
	l.site = newLoader(list(l, func(ctx context.Context, tx *postgres.Tx, ids []uuid.UUID) ([]customer.Site, error) {
		sites, err := tx.Sites(ctx, ids)
		l.expectSites(sites...)
		return sites, err
	}, func(s customer.Site) uuid.UUID { return s.ID }))
	l.customer = newLoader(list(l, func(ctx context.Context, tx *postgres.Tx, ids []uuid.UUID) ([]customer.Customer, error) {
		return tx.Customers(ctx, ids)
	}, func(c customer.Customer) uuid.UUID { return c.ID }))
	l.cells = newLoader(l.readCells)
	l.outline = newLoader(func(ctx context.Context, keys []postgres.OutlineKey) (drawn map[postgres.OutlineKey]json.RawMessage, err error) {
		err = l.read(ctx, func(tx *postgres.Tx) error {
			drawn, err = tx.Outlines(ctx, keys)
			return err
		})
		return drawn, err
	})
	l.aligned = newLoader(l.readAligned)
	return l
}

// list makes a loader's read of a statement that answers with a list.
func list[K comparable, V any](l *loaders, read func(context.Context, *postgres.Tx, []K) ([]V, error), id func(V) K) func(context.Context, []K) (map[K]V, error) {
	return func(ctx context.Context, keys []K) (found map[K]V, err error) {
		err = l.read(ctx, func(tx *postgres.Tx) error {
			values, err := read(ctx, tx, keys)
			found = byID(values, id)
			return err
		})
		return found, err
	}
}

// read runs f on a snapshot of the caller's organization.
func (l *loaders) read(ctx context.Context, f func(*postgres.Tx) error) error {
	return l.db.Read(ctx, l.caller.Organization, f)
}

func (l *loaders) readAligned(ctx context.Context, alignments []uuid.UUID) (map[uuid.UUID][]geo.Territory, error) {
	found := make(map[uuid.UUID][]geo.Territory, len(alignments))
	err := l.read(ctx, func(tx *postgres.Tx) error {
		territories, err := tx.AlignedTerritories(ctx, alignments...)
		for _, t := range territories {
			found[t.Alignment] = append(found[t.Alignment], t)
		}
		l.expectTerritories(territories...)
		return err
	})
	return found, err
}

func (l *loaders) readCells(ctx context.Context, keys []groundKey) (map[groundKey][]geo.Cell, error) {
	territories := make([]geo.Territory, len(keys))
	for i, key := range keys {
		territories[i] = geo.Territory{ID: key.territory, Alignment: key.alignment}
	}
	found := make(map[groundKey][]geo.Cell, len(keys))
	err := l.read(ctx, func(tx *postgres.Tx) error {
		held, err := tx.CellsOf(ctx, territories)
		for _, h := range held {
			key := groundKey{h.Territory, h.Alignment}
			found[key] = append(found[key], h.Cell)
		}
		return err
	})
	return found, err
}

// day is a rep's day, its times with the offset of the rep's branch. The caller must be allowed to follow the rep.
func (l *loaders) day(ctx context.Context, rep roster.Rep, date *hours.Date) (dispatch.RepDay, error) {
	zone, err := l.zone(ctx, rep.BranchID)
	if err != nil {
		return dispatch.RepDay{}, err
	}
	var on hours.Date
	if date != nil {
		on = *date
	} else if on, err = l.serviceDate(ctx, rep.ID); err != nil {
		return dispatch.RepDay{}, err
	}
	day, found, err := l.dayLoader(on).load(ctx, rep.ID)
	if err == nil && !found {
		err = roster.ErrNoRep
	}
	return inZone(day, zone), err
}

// serviceDate is the date of the service day that counts for the rep now.
func (l *loaders) serviceDate(ctx context.Context, rep uuid.UUID) (hours.Date, error) {
	duty, err := must[roster.Duty](roster.ErrNoRep)(l.duty.load(ctx, rep))
	return duty.Date, err
}

func (l *loaders) dayLoader(date hours.Date) *loader[uuid.UUID, dispatch.RepDay] {
	l.mu.Lock()
	defer l.mu.Unlock()
	days, known := l.days[date]
	if !known {
		days = newLoader(func(ctx context.Context, reps []uuid.UUID) (map[uuid.UUID]dispatch.RepDay, error) {
			return l.readDays(ctx, date, reps)
		})
		l.days[date] = days
	}
	for rep := range l.reps {
		days.expect(rep)
	}
	return days
}

func (l *loaders) readDays(ctx context.Context, date hours.Date, reps []uuid.UUID) (map[uuid.UUID]dispatch.RepDay, error) {
	var days []dispatch.RepDay
	err := l.read(ctx, func(tx *postgres.Tx) (err error) {
		days, err = tx.RepDays(ctx, date, l.now.Add(-dispatch.PositionFresh), reps...)
		return err
	})
	for _, day := range days {
		l.knowDay(day)
	}
	return byID(days, func(d dispatch.RepDay) uuid.UUID { return d.Rep.ID }), err
}

// knowDay keeps what a day brings along: its visits, their sites and stops, and engagements.
func (l *loaders) knowDay(day dispatch.RepDay) {
	for _, stop := range day.Route.Stops {
		if stop.VisitID != nil {
			l.stop.know(*stop.VisitID, stop)
		}
	}
	for _, e := range day.Engagements {
		l.engagement.know(e.ID, e)
	}
	for _, call := range day.Calls {
		l.visit.know(call.Visit.ID, call.Visit)
		l.site.know(call.Site.ID, call.Site)
		l.expectVisits(call.Visit)
		l.expectSites(call.Site)
	}
}

func (l *loaders) expectVisits(visits ...dispatch.Visit) {
	for _, v := range visits {
		l.site.expect(v.SiteID)
		l.branch.expect(v.BranchID)
		l.kind.expect(v.Kind)
		l.stop.expect(v.ID)
		if v.RepID != nil {
			l.rep.expect(*v.RepID)
		}
	}
}

func (l *loaders) knowVisits(visits ...dispatch.Visit) {
	for _, v := range visits {
		l.visit.know(v.ID, v)
	}
	l.expectVisits(visits...)
}

func (l *loaders) expectSites(sites ...customer.Site) {
	for _, s := range sites {
		l.customer.expect(s.CustomerID)
	}
}

// expectReps announces the reps' branches, positions and days.
func (l *loaders) expectReps(reps ...roster.Rep) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range reps {
		l.branch.expect(r.BranchID)
		if l.mayFollow(r) {
			l.position.expect(r.ID)
			l.duty.expect(r.ID)
			l.reps[r.ID] = true
		}
	}
}

func (l *loaders) knowReps(reps ...roster.Rep) {
	for _, r := range reps {
		l.rep.know(r.ID, r)
	}
	l.expectReps(reps...)
}

func (l *loaders) expectAlerts(alerts ...notify.Alert) {
	for _, a := range alerts {
		l.rep.expect(a.RepID)
		for _, item := range a.Items {
			l.visit.expect(item.VisitID)
		}
	}
}

// mayFollow says whether the caller may see where the rep is and what the rep does.
func (l *loaders) mayFollow(r roster.Rep) bool {
	return r.ID == l.caller.Rep && r.ID != uuid.Nil || l.caller.MaySeeBranch(r.BranchID)
}

// zone is a branch's.
func (l *loaders) zone(ctx context.Context, branch uuid.UUID) (*time.Location, error) {
	b, found, err := l.branch.load(ctx, branch)
	if err == nil && !found {
		err = roster.ErrNoBranch
	}
	return b.Zone(), err
}

// forget drops everything read so far: a mutation has written.
func (l *loaders) forget() {
	for _, loader := range []interface{ forget() }{
		l.visit, l.stop, l.kind, l.rep, l.branch, l.position, l.duty, l.engagement, l.site, l.customer, l.cells, l.outline, l.aligned,
	} {
		loader.forget()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.days)
	clear(l.reps)
	clear(l.grounds)
}

// inZone gives every time of a day the zone's offset.
func inZone(day dispatch.RepDay, zone *time.Location) dispatch.RepDay {
	if day.Shift != nil {
		shift := *day.Shift
		shift.StartsAt, shift.EndsAt = shift.StartsAt.In(zone), shift.EndsAt.In(zone)
		day.Shift = &shift
	}
	day.Engagements = engagementsInZone(day.Engagements)
	day.Route = routeInZone(day.Route, zone)
	return day
}

// engagementsInZone gives engagements the offset of the zone each is meant in.
func engagementsInZone(list []roster.Engagement) []roster.Engagement {
	list = slices.Clone(list)
	for i, e := range list {
		zone := hours.Zone(e.TimeZone)
		list[i].StartsAt, list[i].EndsAt = e.StartsAt.In(zone), e.EndsAt.In(zone)
	}
	return list
}

func routeInZone(route dispatch.Route, zone *time.Location) dispatch.Route {
	stops := make([]dispatch.Stop, len(route.Stops))
	for i, s := range route.Stops {
		stops[i] = stopInZone(s, zone)
	}
	route.Stops = stops
	return route
}

func stopInZone(s dispatch.Stop, zone *time.Location) dispatch.Stop {
	s.Arrival, s.Departure = s.Arrival.In(zone), s.Departure.In(zone)
	return s
}

type loadersKey struct{}

func withLoaders(ctx context.Context, l *loaders) context.Context {
	return context.WithValue(ctx, loadersKey{}, l)
}

// reading are the request's loaders; who asks is known by then.
func reading(ctx context.Context) *loaders { return ctx.Value(loadersKey{}).(*loaders) }
