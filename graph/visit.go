package graph

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/graph/model"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// errNoKind is a fault: the record's keys keep a kind that a visit has.
var errNoKind = errors.New("the visit's kind is missing")

// reassign carries the wish out, or says what would happen.
func (r *Resolver) reassign(ctx context.Context, input model.VisitReassignInput) (model.VisitReassigned, error) {
	wish := desk.ReassignVisit{
		Visit: input.VisitID, To: input.ToRepID, Seen: dispatch.Revision(input.ExpectedVersion), Reason: input.Reason, Note: text(input.Note),
	}
	others, err := r.others(ctx, input)
	if err != nil {
		return model.VisitReassigned{}, err
	}
	wish.Others = others
	done, err := desk.DoOrTry(ctx, r.desk, input.RequestID, said(input.DryRun), wish)
	return model.VisitReassigned{Visit: done.Visit, Decision: done.Decision, BatchID: done.Batch, Days: done.Days, Alerts: done.Alerts}, err
}

// mostOthers is how many reps besides the chosen one a decision looks at.
const mostOthers = 3

// others asks the board who might take the visit instead. A visit that is missing here is missing for the command too, which says so.
func (r *Resolver) others(ctx context.Context, input model.VisitReassignInput) ([]uuid.UUID, error) {
	l := reading(ctx)
	var call dispatch.Call
	var date hours.Date
	err := l.read(ctx, func(tx *postgres.Tx) (err error) {
		seen, err := tx.Visits(ctx, l.caller, []uuid.UUID{input.VisitID})
		if err != nil {
			return err
		}
		if len(seen) == 0 {
			return dispatch.ErrNoVisit
		}
		call.Visit = seen[0]
		if call.Site, err = tx.Site(ctx, call.Visit.SiteID); err != nil {
			return err
		}
		reps := []uuid.UUID{input.ToRepID}
		if call.Visit.RepID != nil {
			reps = append(reps, *call.Visit.RepID)
		}
		duties, err := tx.Duties(ctx, l.now, reps...)
		date = call.Visit.TakenOn(duties, input.ToRepID)
		return err
	})
	if errors.Is(err, dispatch.ErrNoVisit) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	candidates, err := r.board.Candidates(ctx, l.caller.Organization, call, date)
	candidates = slices.DeleteFunc(candidates, func(rep uuid.UUID) bool { return rep == input.ToRepID })
	return candidates[:min(mostOthers, len(candidates))], err
}

func visits(ctx context.Context, first int, after *string, filter *model.VisitFilter) (model.VisitConnection, error) {
	l := reading(ctx)
	key, limit, err := paged[postgres.DueKey]("visits", first, after)
	if err != nil {
		return model.VisitConnection{}, err
	}
	var narrow postgres.VisitFilter
	if filter != nil {
		narrow = postgres.VisitFilter{States: filter.States, Rep: filter.Rep, Branch: filter.Branch, Site: filter.Site, Date: filter.Date}
	}
	var list []dispatch.Visit
	err = l.read(ctx, func(tx *postgres.Tx) (err error) {
		list, err = tx.VisitPage(ctx, l.caller, narrow, key, limit)
		return err
	})
	return visitPage(l, list, first, after, func(v dispatch.Visit) string {
		return writeCursor("visits", postgres.DueKey{DueTo: v.DueTo, ID: v.ID})
	}, func(ctx context.Context, tx *postgres.Tx) (int, error) { return tx.VisitCount(ctx, l.caller, narrow) }), err
}

func queue(ctx context.Context, first int, after *string, territory *uuid.UUID) (model.VisitConnection, error) {
	l := reading(ctx)
	key, limit, err := paged[postgres.UrgencyKey]("queue", first, after)
	if err != nil {
		return model.VisitConnection{}, err
	}
	var list []dispatch.Visit
	keys := map[uuid.UUID]postgres.UrgencyKey{}
	err = l.read(ctx, func(tx *postgres.Tx) error {
		waiting, err := tx.QueuePage(ctx, l.caller, territory, l.now, key, limit)
		for _, v := range waiting {
			list = append(list, v.Visit)
			keys[v.ID] = postgres.UrgencyKey{Score: v.Score, Since: v.Since, ID: v.ID}
		}
		return err
	})
	return visitPage(l, list, first, after, func(v dispatch.Visit) string {
		return writeCursor("queue", keys[v.ID])
	}, func(ctx context.Context, tx *postgres.Tx) (int, error) {
		return tx.QueueCount(ctx, l.caller, territory, l.now)
	}), err
}

func visitPage(
	l *loaders, list []dispatch.Visit, first int, after *string, at func(dispatch.Visit) string,
	count func(context.Context, *postgres.Tx) (int, error),
) model.VisitConnection {
	nodes, cursors, info := page(list, first, after, at)
	l.knowVisits(nodes...)
	edges := make([]model.VisitEdge, len(nodes))
	for i, node := range nodes {
		edges[i] = model.VisitEdge{Cursor: cursors[i], Node: node}
	}
	return model.VisitConnection{Edges: edges, Nodes: nodes, PageInfo: info, Count: func(ctx context.Context) (n int, err error) {
		err = l.read(ctx, func(tx *postgres.Tx) error {
			n, err = count(ctx, tx)
			return err
		})
		return n, err
	}}
}

// changedRoute is the route a change left, times in the rep's zone, its visits announced.
func changedRoute(ctx context.Context, change *desk.DayChange) (dispatch.Route, error) {
	return inRepZone(ctx, change.Rep, change.Route)
}

// formerRoute is the route a change found; nil where there was none.
func formerRoute(ctx context.Context, change *desk.DayChange) (*dispatch.Route, error) {
	route, err := inRepZone(ctx, change.Rep, change.Was)
	return maybe(route, change.Was.ID != uuid.Nil, err)
}

func inRepZone(ctx context.Context, id uuid.UUID, route dispatch.Route) (dispatch.Route, error) {
	l := reading(ctx)
	rep, err := must[roster.Rep](roster.ErrNoRep)(l.rep.load(ctx, id))
	if err != nil {
		return dispatch.Route{}, err
	}
	zone, err := l.zone(ctx, rep.BranchID)
	return routeInZone(route, zone), err
}

// expectAfter announces what the fields of a mutation's success ask for, where that is a list.
func (l *loaders) expectAfter(success any) {
	switch done := success.(type) {
	case model.VisitReassigned:
		l.expectBatch([]desk.VisitMove{{Visit: done.Visit, Decision: &done.Decision}}, done.Days, nil)
	case model.VisitRescheduled:
		l.expectBatch([]desk.VisitMove{{Visit: done.Visit}}, done.Days, done.Promises)
	case model.VisitsReassigned:
		l.expectBatch(done.Moves, done.Days, done.Promises)
	case model.RepDayReassigned:
		l.expectBatch(done.Moves, done.Days, done.Promises)
	case model.AreaSlowed:
		l.expectBatch(done.Moves, done.Days, done.Promises)
	case model.SlowdownLifted:
		l.expectBatch(nil, done.Days, done.Promises)
	case model.DayReplanned:
		l.expectBatch(done.Moves, done.Days, done.Promises)
	case model.BatchUndone:
		l.expectBatch(done.Moves, done.Days, done.Promises)
		for _, kept := range done.Kept {
			l.visit.expect(kept.VisitID)
		}
	case model.QueueAssigned:
		l.expectVisits(done.Left...)
		l.expectBatch(nil, done.Days, nil)
		l.expectVisits(done.Visits...)
	}
}

// stop is the visit's place in a route.
func stop(ctx context.Context, v *dispatch.Visit) (*dispatch.Stop, error) {
	l := reading(ctx)
	s, found, err := l.stop.load(ctx, v.ID)
	if err != nil || !found {
		return nil, err
	}
	zone, err := l.zone(ctx, v.BranchID)
	return maybe(stopInZone(s, zone), true, err)
}

func promised(ctx context.Context, v *dispatch.Visit) (*hours.Window, error) {
	if v.Promised == nil {
		return nil, nil
	}
	window, err := inBranchZone(ctx, v.BranchID, *v.Promised)
	return maybe(window, true, err)
}

func inBranchZone(ctx context.Context, branch uuid.UUID, w hours.Window) (hours.Window, error) {
	zone, err := reading(ctx).zone(ctx, branch)
	return hours.Window{From: w.From.In(zone), To: w.To.In(zone)}, err
}

func minutes(n *int) *time.Duration {
	if n == nil {
		return nil
	}
	d := time.Duration(*n) * time.Minute
	return &d
}

// fact is when and where a phone says that something happened.
func fact(in *model.FactInput) desk.FactReport {
	if in == nil {
		return desk.FactReport{}
	}
	report := desk.FactReport{DeviceTime: in.DeviceTime, Point: in.Point, Accuracy: in.Accuracy, Mocked: in.Mocked != nil && *in.Mocked}
	if in.ClockOffsetMs != nil {
		report.Offset = time.Duration(*in.ClockOffsetMs) * time.Millisecond
	}
	return report
}
