package graph

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/graph/model"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// How much a watch shows, and how much of the queue it looks at for each idle rep.
const (
	mostWatched      = 50
	mostQueuedWatch  = 30
	daysOfWeek       = 7
	longestWeekStart = 366 // days from today that a week may lie away
)

// watch is what to look at on a branch's day; nil for a branch that the caller may not see.
func watch(ctx context.Context, branch uuid.UUID, date *hours.Date) (*model.Watch, error) {
	l := reading(ctx)
	b, found, err := l.branch.load(ctx, branch)
	if err != nil || !found || !l.caller.MaySeeBranch(branch) {
		return nil, err
	}
	zone := b.Zone()
	until := hours.DateOf(l.now.In(zone))
	if date != nil {
		until = *date
	}
	var seen dispatch.Watch
	err = l.read(ctx, func(tx *postgres.Tx) error {
		rules, err := tx.DispatchRules(ctx, branch)
		if err != nil {
			return err
		}
		crew, err := tx.Crew(ctx, branch, l.now)
		if date != nil {
			crew, err = tx.CrewOn(ctx, branch, *date)
		}
		if err != nil || len(crew) == 0 {
			return err
		}
		days, err := tx.DaysOf(ctx, l.now.Add(-dispatch.PositionFresh), crew...)
		if err != nil {
			return err
		}
		queue, err := tx.Queue(ctx, branch, until.In(zone).To, mostQueuedWatch)
		seen = dispatch.Look(days, queue, rules.Idle, l.now, mostWatched)
		return err
	})
	return maybe(l.watched(seen, zone), true, err)
}

// watched is the watch as it is told, times in the branch's zone.
func (l *loaders) watched(seen dispatch.Watch, zone *time.Location) model.Watch {
	w := model.Watch{Idle: []model.IdleRep{}, Late: []model.LateVisit{}, AtRisk: []model.RiskyVisit{}}
	for _, idle := range seen.Idle {
		l.rep.expect(idle.RepID)
		if idle.Offer != nil {
			l.knowVisits(idle.Offer.Visit)
			idle.Offer.Arrival = idle.Offer.Arrival.In(zone)
		}
		w.Idle = append(w.Idle, model.IdleRep{
			RepID: idle.RepID, Until: idle.Until.In(zone), Minutes: idle.Until.Sub(idle.Since).Minutes(), Offer: idle.Offer,
		})
	}
	for _, late := range seen.Late {
		l.knowVisits(late.Visit)
		w.Late = append(w.Late, model.LateVisit{
			Visit: late.Visit, Arrival: late.Arrival.In(zone), Latest: late.Latest.In(zone), Minutes: late.Late().Minutes(), Next: late.Next,
		})
	}
	for _, risky := range seen.AtRisk {
		l.knowVisits(risky.Visit)
		w.AtRisk = append(w.AtRisk, model.RiskyVisit{
			Visit: risky.Visit, Arrival: risky.Arrival.In(zone), Latest: risky.Latest.In(zone), Chance: risky.Chance, Cost: risky.Cost,
		})
	}
	return w
}

// weekLoad is the load of a rep's seven days from a date on.
func weekLoad(ctx context.Context, rep *roster.Rep, from *hours.Date) (dispatch.Load, error) {
	l := reading(ctx)
	if !l.mayFollow(*rep) {
		return dispatch.Load{}, nil
	}
	zone, err := l.zone(ctx, rep.BranchID)
	if err != nil {
		return dispatch.Load{}, err
	}
	today, first := hours.DateOf(l.now.In(zone)), hours.Date(0)
	if from != nil {
		first = *from
	} else if first, err = l.serviceDate(ctx, rep.ID); err != nil {
		return dispatch.Load{}, err
	}
	if first < today-longestWeekStart || first > today+longestWeekStart {
		return dispatch.Load{}, badInput{path: "from", words: words{"Поле from: не дальше года от сегодня.", "Field from: no further than a year from today."}}
	}
	var dates []hours.Date
	for date := first; date < first+daysOfWeek; date++ {
		dates = append(dates, date)
	}
	var days []dispatch.RepDay
	err = l.read(ctx, func(tx *postgres.Tx) (err error) {
		days, err = tx.RepDaysOn(ctx, dates, l.now.Add(-dispatch.PositionFresh), rep.ID)
		return err
	})
	return dispatch.WeekLoad(days, l.now), err
}
