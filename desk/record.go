package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
)

// audit writes the command's line. Targets were named along the way.
func (tx *Tx) audit(ctx context.Context, command, refused string) error {
	return tx.AddAudit(ctx, postgres.Audit{
		ID: newID(), At: tx.Now, Actor: tx.Caller.Person, Door: tx.Caller.Door, Command: command,
		Request: tx.Request, Batch: tx.Batch, Targets: tx.targets, Refused: refused,
	})
}

// foundNothing ends a turn of the engine that changed nothing: such a turn comes every half minute. What people ask for is kept even so.
func (tx *Tx) foundNothing() { tx.looked = tx.Caller.Door == auth.Engine }

// concerns names what the audit line is about.
func (tx *Tx) concerns(ids ...uuid.UUID) {
	for _, id := range ids {
		if id != uuid.Nil && !slices.Contains(tx.targets, id) {
			tx.targets = append(tx.targets, id)
		}
	}
}

// open starts the command's batch, unless a part of the command has started it.
func (tx *Tx) open(ctx context.Context, kind, reason, note string) error {
	return tx.openTraced(ctx, kind, reason, note, nil)
}

// openTraced is open for a batch that can be taken back.
func (tx *Tx) openTraced(ctx context.Context, kind, reason, note string, did *deed) error {
	if tx.opened {
		return nil
	}
	tx.opened = true
	batch := postgres.Batch{
		ID: tx.Batch, Kind: kind, Reason: reason, Note: note, Actor: tx.Caller.Person, Door: tx.Caller.Door, At: tx.Now,
	}
	if did != nil {
		trace, err := json.Marshal(did)
		if err != nil {
			return fmt.Errorf("write down what the batch did: %w", err)
		}
		batch.Trace = trace
	}
	return tx.AddBatch(ctx, batch)
}

// saveDays writes the routes of changed days, each with its feed line. A route that is new gets its id here.
func (tx *Tx) saveDays(ctx context.Context, days ...*dispatch.RepDay) error {
	var routes []dispatch.Route
	for _, day := range days {
		if day.Route.ID == uuid.Nil {
			day.Route.ID = newID()
		}
		routes = append(routes, day.Route)
	}
	if err := tx.SaveRoutes(ctx, routes...); err != nil {
		return fmt.Errorf("save routes: %w", err)
	}
	for _, day := range days {
		if err := tx.AddChanges(ctx, tx.Now, postgres.FeedChange{
			Kind: "route", ID: day.Route.ID, Version: day.Route.Version, RepBefore: &day.Rep.ID, RepAfter: &day.Rep.ID,
			BranchBefore: &day.Rep.BranchID, BranchAfter: &day.Rep.BranchID,
		}); err != nil {
			return err
		}
		tx.concerns(day.Route.ID)
	}
	return nil
}

// changed puts a visit's change into the feed.
func (tx *Tx) changed(ctx context.Context, before, after dispatch.Visit) error {
	tx.stirs(before, after)
	return tx.AddChanges(ctx, tx.Now, postgres.FeedChange{
		Kind: "visit", ID: after.ID, Version: int(after.Version), RepBefore: before.RepID, RepAfter: after.RepID,
		BranchBefore: &before.BranchID, BranchAfter: &after.BranchID,
	})
}

// happened appends business facts made by this command.
func (tx *Tx) happened(ctx context.Context, events ...dispatch.Event) error {
	return tx.AddEvents(ctx, postgres.EventSource{
		Actor: tx.Caller.Person, Door: tx.Caller.Door, Batch: tx.Batch, RecordedAt: tx.Now,
	}, events...)
}

// event fills in what every event about a visit says, as of now.
func (tx *Tx) event(kind dispatch.EventType, call dispatch.Call, owner *uuid.UUID) dispatch.Event {
	v, zone := call.Visit, hours.Zone(call.Site.TimeZone)
	place := tx.placed[v.SiteID]
	return dispatch.Event{
		ID: newID(), Type: kind, HappenedAt: tx.Now, Date: hours.DateOf(tx.Now.In(zone)), TimeZone: call.Site.TimeZone,
		Visit: &v.ID, Customer: &call.Site.CustomerID, Site: &v.SiteID, Owner: owner, Branch: &v.BranchID, Line: &v.LineID,
		Territory: place.Territory, Segment: segment(place.Segment),
	}
}

// segment is a customer's segment as events keep it: nil where there is none.
func segment(name string) *string {
	if name == "" {
		return nil
	}
	return &name
}

// place finds out where the sites of visits stand today, for the events about them. All are of the first one's line.
func (tx *Tx) place(ctx context.Context, timeZone string, visits ...dispatch.Visit) error {
	if len(visits) == 0 {
		return nil
	}
	line, today, sites := tx.placesOf(timeZone, visits)
	var err error
	if tx.placed, err = tx.Dimensions(ctx, line, today, sites...); err != nil {
		return fmt.Errorf("find territories: %w", err)
	}
	return nil
}

// placeNext is place with the next round trip.
func (tx *Tx) placeNext(timeZone string, visits ...dispatch.Visit) {
	line, today, sites := tx.placesOf(timeZone, visits)
	tx.DimensionsNext(line, today, func(placed map[uuid.UUID]postgres.Dimensions) { tx.placed = placed }, sites...)
}

func (tx *Tx) placesOf(timeZone string, visits []dispatch.Visit) (line uuid.UUID, today hours.Date, sites []uuid.UUID) {
	for _, v := range visits {
		sites = append(sites, v.SiteID)
	}
	return visits[0].LineID, hours.DateOf(tx.Now.In(hours.Zone(timeZone))), sites
}

// callOf is the visit as decisions and events see it: with its site, and with whose ground that is.
func (tx *Tx) callOf(ctx context.Context, v dispatch.Visit) (dispatch.Call, error) {
	site, err := tx.Site(ctx, v.SiteID)
	if err != nil {
		return dispatch.Call{}, err
	}
	err = tx.place(ctx, site.TimeZone, v)
	return dispatch.Call{Visit: v, Site: site, Owner: tx.placed[v.SiteID].Owner}, err
}
