package dispatch

import (
	"time"

	"github.com/hexbeat/hexbeat/hours"
)

// CarriedOver is what is left to do when a day is over.
type CarriedOver struct {
	Visits []Visit // BACKLOG and on no day: their rep owes them still
	Day    RepDay  // without them, its times as they were, route version one up where it had any of them
}

// CarryOver takes the visits that nobody began off a day that lies behind. Without this a site missed once would never be
// visited again: its cadence asks for nothing while a visit is open. A shift that runs past midnight keeps its visits to its end,
// and a visit begun stays with whoever began it.
func CarryOver(day RepDay, date hours.Date, calls []Call, now time.Time) CarriedOver {
	out := CarriedOver{Day: day}
	if day.Shift != nil && !now.After(day.Shift.EndsAt) {
		return out
	}
	for _, call := range calls {
		visit := call.Visit
		if visit.State != Assigned || visit.Date == nil || *visit.Date != date {
			continue
		}
		visit.State, visit.Date = Backlog, nil
		visit.Version++
		out.Visits = append(out.Visits, visit)
		out.Day = out.Day.without(visit.ID)
	}
	if len(out.Day.Route.Stops) < len(day.Route.Stops) {
		out.Day = out.Day.renumbered()
		out.Day.Route.Version++
	}
	return out
}
