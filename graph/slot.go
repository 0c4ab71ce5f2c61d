package graph

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// What slots may be asked for, and how many are answered.
const (
	mostSlots    = 10
	shortestCall = 5   // minutes
	longestCall  = 480 // minutes
	mostSlotDays = 31
)

func slots(ctx context.Context, site uuid.UUID, minutes int, from hours.Date, days int) ([]dispatch.Slot, error) {
	switch {
	case minutes < shortestCall || minutes > longestCall:
		return nil, badInput{path: "minutes", words: words{"Поле minutes: от 5 до 480.", "Field minutes: from 5 to 480."}}
	case days < 1 || days > mostSlotDays:
		return nil, badInput{path: "days", words: words{"Поле days: от 1 до 31.", "Field days: from 1 to 31."}}
	}
	l := reading(ctx)
	var g slotGround
	err := l.read(ctx, func(tx *postgres.Tx) (err error) {
		g, err = l.slotGround(ctx, tx, site, from, days)
		return err
	})
	if errors.Is(err, customer.ErrNoSite) {
		return nil, nil // of a site the caller may not see nothing is promised
	}
	if err != nil {
		return nil, err
	}
	l.branch.know(g.branch.ID, g.branch)
	call := dispatch.Call{
		Visit: dispatch.Visit{BranchID: g.site.BranchID, SiteID: site, State: dispatch.Queued, Service: time.Duration(minutes) * time.Minute},
		Site:  g.site, Owner: g.owner,
	}
	begin := from.At(0, g.branch.Zone())
	found := slices.DeleteFunc(dispatch.Slots(call, g.days, l.now, len(g.days)*2), func(s dispatch.Slot) bool { return s.Window.From.Before(begin) })
	found = found[:min(mostSlots, len(found))]
	for i, s := range found {
		found[i].Window = hours.Window{From: s.Window.From.In(g.branch.Zone()), To: s.Window.To.In(g.branch.Zone())}
		l.rep.expect(s.RepID)
	}
	return found, nil
}

// slotGround is what the promises for a site rest on.
type slotGround struct {
	site   customer.Site
	branch roster.Branch
	owner  *uuid.UUID
	days   []dispatch.RepDay
}

// slotGround reads the days of those reps of the site's branch whose days the caller may see.
func (l *loaders) slotGround(ctx context.Context, tx *postgres.Tx, id uuid.UUID, from hours.Date, days int) (g slotGround, err error) {
	if g.site, err = tx.VisibleSite(ctx, l.caller, id); err != nil {
		return g, err
	}
	if g.branch, err = tx.Branch(ctx, g.site.BranchID); err != nil {
		return g, err
	}
	line, err := tx.DefaultLine(ctx)
	if err != nil {
		return g, err
	}
	zone := g.branch.Zone()
	today := hours.DateOf(l.now.In(zone))
	placed, err := tx.Dimensions(ctx, line, today, id)
	if err != nil {
		return g, err
	}
	g.owner = placed[id].Owner
	reps, err := tx.RepsOf(ctx, g.branch.ID)
	if err != nil {
		return g, err
	}
	var who []uuid.UUID
	for _, r := range reps {
		if l.mayFollow(r) {
			who = append(who, r.ID)
		}
	}
	// The evening before is asked as well: its shifts may go on past midnight.
	var dates []hours.Date
	for date := max(from, today) - 1; date < from+hours.Date(days); date++ {
		dates = append(dates, date)
	}
	if len(who) == 0 || len(dates) == 0 {
		return g, nil
	}
	if g.days, err = tx.RepDaysOn(ctx, dates, l.now.Add(-dispatch.PositionFresh), who...); err != nil {
		return g, err
	}
	own, err := tx.OwnHoursOf(ctx, g.branch.ID)
	if err != nil {
		return g, err
	}
	for i := range g.days {
		day := &g.days[i]
		if day.Shift == nil || !day.Shift.Window().Contains(l.now) {
			day.At = nil // where the rep is now says nothing of another day
		}
		window := g.branch.WorkingTimeOf(own[day.Rep.ID], day.Route.Date)
		if day.Shift == nil && window.Length() > 0 {
			shift, engagements := g.branch.UsualDay(day.Rep, day.Route.Date, window)
			day.Shift, day.Engagements = &shift, append(day.Engagements, engagements...)
		}
	}
	begin := from.At(0, zone)
	g.days = slices.DeleteFunc(g.days, func(day dispatch.RepDay) bool {
		return day.Route.Date < from && (day.Shift == nil || !day.Shift.EndsAt.After(begin))
	})
	return g, nil
}
