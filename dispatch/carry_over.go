package dispatch

import (
	"time"

	"github.com/hexbeat/hexbeat/hours"
)

// CarriedOver is what is left to do when a day is over.
type CarriedOver struct {
	Visits  []Visit  // on no day: BACKLOG where their rep owes them still, QUEUED where a promise was missed
	Day     RepDay   // without them, its times as they were, route version one up where it had any of them
	Notices []Notice // of what went into the queue
}

// stillThere is how long after the shift a visit begun is believed to go on. Then somebody forgot to say how it ended.
const stillThere = 3 * time.Hour

// CarryOver takes the visits that were not made off a day that lies behind. Without this a site missed once would never be
// visited again: its cadence asks for nothing while a visit is open. A shift that runs past midnight keeps its visits to its end. A visit
// begun, of which nobody said how it ended, is owed by whoever began it; one that was promised and not even begun is anybody's.
func CarryOver(day RepDay, date hours.Date, calls []Call, now time.Time) CarriedOver {
	out := CarriedOver{Day: day}
	if day.Shift != nil && now.Before(day.Shift.EndsAt) {
		return out
	}
	for _, call := range calls {
		visit := call.Visit
		begun := visit.State == UnderWay
		if visit.State != Assigned && !begun || visit.Date == nil || *visit.Date != date {
			continue
		}
		if begun && day.Shift != nil && !now.After(day.Shift.EndsAt.Add(stillThere)) {
			continue
		}
		if visit.Promised != nil && !begun && !visit.Promised.To.After(now) {
			out.Notices = append(out.Notices, Notice{RepID: day.Rep.ID, Kind: VisitsLost, VisitID: visit.ID, Told: day.told(visit.ID)})
			visit = visit.queued(Endangered)
		} else {
			visit.State, visit.Date = Backlog, nil
			visit.Version++
		}
		out.Visits = append(out.Visits, visit)
		out.Day = out.Day.without(visit.ID)
	}
	if len(out.Day.Route.Stops) < len(day.Route.Stops) {
		out.Day = out.Day.renumbered()
		out.Day.Route.Version++
	}
	return out
}
