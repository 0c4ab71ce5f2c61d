package graph

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/graph/model"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/live"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// Why a thing was taken off the phone.
const (
	reassigned = "REASSIGNED"   // it is with another rep
	outOfScope = "OUT_OF_SCOPE" // it may not be seen any more
)

// firstTx is the least number PostgreSQL gives a transaction.
const firstTx = 3

// readChanges lists what changed since the cursor, and reads the things as they are now. A cursor that is not one of ours
// makes the phone start anew. So does one from the future, since the record was put back from a backup, and one so old that rows after it
// are gone.
func readChanges(ctx context.Context, since string, first int) (model.ChangeSet, error) {
	l := reading(ctx)
	var rows []postgres.FeedChange
	var next postgres.Cursor
	var more, reset bool
	err := l.read(ctx, func(tx *postgres.Tx) error {
		now, err := tx.FeedCursor(ctx)
		if err != nil {
			return err
		}
		next = now
		if since == "" {
			return nil
		}
		from, err := postgres.ParseCursor(since)
		if errors.Is(err, postgres.ErrCursor) || from.Tx < firstTx || from.Tx > now.Tx {
			reset = true
			return nil
		}
		rows, next, more, err = tx.Changes(ctx, l.caller, from, first)
		if errors.Is(err, postgres.ErrCursorExpired) {
			reset = true
			return nil
		}
		return err
	})
	if err != nil {
		return model.ChangeSet{}, err
	}
	set := model.ChangeSet{Changes: []model.Change{}, Cursor: next.String(), HasMore: more, ResetRequired: reset}
	rows = lastOfEach(rows)
	nodes, err := l.changedNodes(ctx, rows)
	if err != nil {
		return model.ChangeSet{}, err
	}
	for _, row := range rows {
		set.Changes = append(set.Changes, change(row, nodes, l.caller))
	}
	return set, nil
}

// lastOfEach keeps of several changes to one thing only the last.
func lastOfEach(rows []postgres.FeedChange) []postgres.FeedChange {
	last := map[uuid.UUID]int{}
	for i, row := range rows {
		last[row.ID] = i
	}
	kept := rows[:0:0]
	for i, row := range rows {
		if last[row.ID] == i {
			kept = append(kept, row)
		}
	}
	return kept
}

// carried are the kinds whose things travel with their change. Others are named by id, to be asked for when needed.
var carried = []string{"visit", "route", "alert"}

func change(row postgres.FeedChange, nodes map[uuid.UUID]model.Node, caller auth.Caller) model.Change {
	c := model.Change{Operation: model.ChangeOperationUpsert, ID: row.ID}
	if node, visible := nodes[row.ID]; visible {
		c.Node = node
		return c
	}
	if !slices.Contains(carried, row.Kind) {
		return c
	}
	c.Operation = model.ChangeOperationRevoked
	reason := outOfScope
	if row.RepBefore != nil && *row.RepBefore == caller.Rep {
		reason = reassigned
	}
	c.Reason = &reason
	return c
}

// changedNodes reads the changed things that the caller may see, one statement a kind.
func (l *loaders) changedNodes(ctx context.Context, rows []postgres.FeedChange) (map[uuid.UUID]model.Node, error) {
	ids := map[string][]uuid.UUID{}
	for _, row := range rows {
		ids[row.Kind] = append(ids[row.Kind], row.ID)
	}
	var visits []dispatch.Visit
	var alerts []notify.Alert
	var routes []postgres.RouteDay
	err := l.read(ctx, func(tx *postgres.Tx) (err error) {
		if len(ids["visit"]) > 0 {
			if visits, err = tx.Visits(ctx, l.caller, ids["visit"]); err != nil {
				return err
			}
		}
		if len(ids["alert"]) > 0 {
			if alerts, err = tx.Alerts(ctx, l.caller, ids["alert"]); err != nil {
				return err
			}
		}
		if len(ids["route"]) > 0 {
			routes, err = tx.RouteDays(ctx, l.caller, ids["route"])
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	nodes := map[uuid.UUID]model.Node{}
	l.knowVisits(visits...)
	for _, v := range visits {
		nodes[v.ID] = v
	}
	l.expectAlerts(alerts...)
	for _, a := range alerts {
		nodes[a.ID] = a
	}
	return nodes, l.routeNodes(ctx, routes, nodes)
}

func (l *loaders) routeNodes(ctx context.Context, routes []postgres.RouteDay, nodes map[uuid.UUID]model.Node) error {
	reps := map[hours.Date][]uuid.UUID{}
	for _, r := range routes {
		reps[r.Date] = append(reps[r.Date], r.RepID)
		l.rep.expect(r.RepID)
	}
	for date, of := range reps {
		l.dayLoader(date).expect(of...)
	}
	for _, r := range routes {
		route, found, err := l.route(ctx, r)
		if err != nil {
			return err
		}
		if found {
			nodes[route.ID] = route
		}
	}
	return nil
}

// route is a route with its stops.
func (l *loaders) route(ctx context.Context, of postgres.RouteDay) (dispatch.Route, bool, error) {
	rep, err := must[roster.Rep](roster.ErrNoRep)(l.rep.load(ctx, of.RepID))
	if err != nil {
		return dispatch.Route{}, false, err
	}
	day, err := l.day(ctx, rep, &of.Date)
	return day.Route, day.Route.ID == of.RouteID, err
}

// hints hears of what changes in the caller's scope. With a cursor that the feed has passed already, the first hint comes at once.
func (r *Resolver) hints(ctx context.Context, since *string) (<-chan live.Hint, error) {
	l := reading(ctx)
	from, err := resume(since)
	if err != nil {
		return nil, err
	}
	// Heard from now on; what was committed before is found by reading. In the other order a commit could fall between.
	heard := r.hub.Subscribe(ctx, l.caller.Organization, hears(l.caller))
	missed, err := l.missed(ctx, from)
	if err != nil {
		return nil, err
	}
	out := make(chan live.Hint, 1)
	if missed != nil {
		out <- *missed
	}
	go func() {
		defer close(out)
		for hint := range heard {
			select {
			case out <- hint:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, nil
}

func resume(since *string) (*postgres.Cursor, error) {
	if since == nil || *since == "" {
		return nil, nil
	}
	from, err := postgres.ParseCursor(*since)
	if err != nil {
		return nil, badInput{path: "since", words: words{
			"Поле since: это не курсор ленты изменений. Возьмите syncCursor из today или cursor из changes.",
			"Field since: this is no cursor of the change feed. Take syncCursor from today or cursor from changes.",
		}}
	}
	return &from, nil
}

// hears says which changes concern the caller: those of the own work, of the branch's queue, and of the branches in charge.
func hears(c auth.Caller) func(live.Change) bool {
	everywhere := c.Has(auth.Dispatcher) && c.Everywhere
	var branches []uuid.UUID
	if c.Has(auth.Dispatcher) {
		branches = c.Branches
	}
	return func(change live.Change) bool {
		queued := change.Reps[1] == uuid.Nil && c.RepBranch != uuid.Nil && change.Branches[1] == c.RepBranch
		return everywhere || queued || change.Concerns(c.Rep, branches)
	}
}

// missed is one hint about everything since the cursor; nil when there is nothing.
func (l *loaders) missed(ctx context.Context, from *postgres.Cursor) (*live.Hint, error) {
	if from == nil {
		return nil, nil
	}
	var rows []postgres.FeedChange
	var next postgres.Cursor
	var more bool
	err := l.read(ctx, func(tx *postgres.Tx) (err error) {
		rows, next, more, err = tx.Changes(ctx, l.caller, *from, longestPage)
		return err
	})
	if errors.Is(err, postgres.ErrCursorExpired) {
		return &live.Hint{Kind: live.Resync, Cursor: next.String()}, nil
	}
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	hint := live.Hint{Kind: rows[0].Kind, Cursor: next.String()}
	for _, row := range lastOfEach(rows) {
		hint.IDs = append(hint.IDs, row.ID)
	}
	mixed := slices.ContainsFunc(rows, func(row postgres.FeedChange) bool { return row.Kind != hint.Kind })
	if mixed || more {
		hint.Kind, hint.IDs = live.Resync, nil
	}
	return &hint, nil
}
