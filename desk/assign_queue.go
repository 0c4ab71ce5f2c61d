package desk

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// AssignQueue has the engine give out the beginning of a branch's queue for today: each visit to the rep for whom it costs least, where
// nothing breaks by it. One batch, one alert for each rep. What a person decided stays: only visits without a rep are given.
type AssignQueue struct {
	Branch uuid.UUID
	Passed []uuid.UUID `json:",omitempty"` // visits to pass over, since nobody had room for them a moment ago
}

// QueueAssigned is what came of it.
type QueueAssigned struct {
	Visits []dispatch.Visit // given
	Left   []uuid.UUID      // that nobody has room for now
	More   bool             // the queue is longer than what was looked at
	Batch  uuid.UUID
	Days   []DayChange
	Alerts []AlertPreview
}

// How much of a queue is given out at once: an engine looks at so many places, and at no more visits.
const (
	mostPlacings = 5_000
	mostAssigned = 50
)

func (c AssignQueue) run(ctx context.Context, tx *Tx) (QueueAssigned, error) {
	if err := tx.mustBe(auth.Dispatcher); err != nil {
		return QueueAssigned{}, err
	}
	if !tx.Caller.MaySeeBranch(c.Branch) {
		return QueueAssigned{}, roster.ErrNoBranch
	}
	branch, err := tx.Branch(ctx, c.Branch)
	if err != nil {
		return QueueAssigned{}, err
	}
	tx.concerns(c.Branch)
	done, err := tx.assign(ctx, branch, nil, c.Passed)
	if err == nil && len(done.Visits) == 0 {
		tx.foundNothing()
	}
	return done, err
}

// assign gives out visits of a branch's queue: those named, or the queue's beginning.
//
// Nothing is locked while the engine thinks. What it then locks is what it chose, visits before days as everywhere; where that has changed
// meanwhile it thinks again, about nothing but what it holds.
func (tx *Tx) assign(ctx context.Context, branch roster.Branch, only, passed []uuid.UUID) (QueueAssigned, error) {
	done := QueueAssigned{Batch: tx.Batch}
	crew, err := tx.Crew(ctx, branch.ID, tx.Now)
	if err != nil {
		return done, err
	}
	most := min(mostAssigned, max(1, mostPlacings/max(1, len(crew))))
	queue, err := tx.beginningOf(ctx, branch, only, passed, most)
	if err != nil || len(queue) == 0 {
		return done, err
	}
	done.More = only == nil && len(queue) == most
	days, err := tx.daysOf(ctx, crew...)
	if err != nil {
		return done, err
	}
	outcome := dispatch.AssignQueue(queue, days, tx.Now)
	outcome, held, err := tx.hold(ctx, outcome)
	if err != nil {
		return done, err
	}
	done.Left = outcome.Left
	if len(outcome.Given) == 0 {
		return done, nil
	}
	given := handed{before: outcome.Before, given: outcome.Given, notices: outcome.Notices}
	for i := range outcome.Given {
		outcome.Given[i].Decision.ID = newID()
		done.Visits = append(done.Visits, outcome.Given[i].Visit)
	}
	for i := range outcome.Days {
		given.days = append(given.days, &outcome.Days[i])
		given.was = append(given.was, held[outcome.Days[i].Rep.ID])
	}
	if done.Alerts, err = tx.hand(ctx, "ASSIGN", dispatch.VisitAssigned, given); err != nil {
		return done, err
	}
	for i, day := range given.days {
		done.Days = append(done.Days, DayChange{
			Rep: day.Rep.ID, Before: outcome.Loads[i].Before, After: outcome.Loads[i].After, Route: day.Route,
		})
	}
	return done, nil
}

// beginningOf reads the calls to give out, with who is responsible for their sites.
func (tx *Tx) beginningOf(ctx context.Context, branch roster.Branch, only, passed []uuid.UUID, most int) (queue []dispatch.Call, err error) {
	until := tx.dueBy(branch, nil)
	if only != nil {
		queue, err = tx.LockQueued(ctx, only)
		queue = slices.DeleteFunc(queue, func(c dispatch.Call) bool { return !c.Visit.DueFrom.Before(until) })
	} else {
		queue, err = tx.Queue(ctx, branch.ID, until, most, passed...)
	}
	if err != nil || len(queue) == 0 {
		return nil, err
	}
	visits := make([]dispatch.Visit, len(queue))
	for i, call := range queue {
		visits[i] = call.Visit
	}
	if err := tx.place(ctx, branch.TimeZone, visits...); err != nil {
		return nil, err
	}
	for i := range queue {
		queue[i].Owner = tx.placed[queue[i].Visit.SiteID].Owner
	}
	return queue, nil
}

// hold locks what the engine chose, and has it think again where that is no longer as it was. It answers the days, too, as they are locked.
func (tx *Tx) hold(ctx context.Context, outcome dispatch.QueueAssigned) (dispatch.QueueAssigned, map[uuid.UUID]dispatch.RepDay, error) {
	if len(outcome.Given) == 0 {
		return outcome, nil, nil
	}
	var ids []uuid.UUID
	var wanted []postgres.DayOfRep
	for _, call := range outcome.Before {
		ids = append(ids, call.Visit.ID)
	}
	for _, day := range outcome.Days {
		wanted = append(wanted, postgres.DayOfRep{Rep: day.Rep.ID, Date: day.Route.Date})
	}
	locked, err := tx.LockQueued(ctx, ids)
	if err != nil {
		return outcome, nil, err
	}
	days, err := tx.lockDaysOf(ctx, wanted...)
	if err != nil {
		return outcome, nil, err
	}
	now := calls(locked...)
	same := len(locked) == len(ids)
	var still []dispatch.Call
	for _, call := range outcome.Before {
		held, waits := now[call.Visit.ID]
		same = same && held.Visit.Version == call.Visit.Version
		if waits {
			held.Owner = call.Owner
			still = append(still, held)
		}
	}
	was := make(map[uuid.UUID]dispatch.RepDay, len(days))
	for i, day := range days {
		was[day.Rep.ID] = day
		same = same && day.Route.Version == outcome.Days[i].Route.Version-1 && day.Absent == outcome.Days[i].Absent
	}
	if same {
		return outcome, was, nil
	}
	again := dispatch.AssignQueue(still, days, tx.Now)
	again.Left = append(again.Left, outcome.Left...)
	return again, was, nil
}
