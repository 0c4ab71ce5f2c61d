package dispatch

import (
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/roster"
)

// Timely says whether the visit is made on whichever service day counts for its rep now: it waits, or its own day is under way or past.
// Otherwise it is made on its own day, whoever takes it.
func (v Visit) Timely(duties roster.Duties) bool {
	return v.RepID == nil || v.Date == nil || v.State.Ended() || duties[*v.RepID].Holds(*v.Date)
}

// TakenOn is the service day on which a rep takes the visit. Duties are those of the rep and of the visit's own.
func (v Visit) TakenOn(duties roster.Duties, rep uuid.UUID) hours.Date {
	if v.Timely(duties) {
		return duties[rep].Date
	}
	return *v.Date
}

// OnDuty picks from days of several dates those that count at a moment: of each rep the service day of roster.DutyAt, where the rep works
// on it. Reps keep the order in which they come first.
func OnDuty(days []RepDay, zone *time.Location, now time.Time) []RepDay {
	shifts := map[uuid.UUID][]roster.Shift{}
	for _, day := range days {
		if day.Shift != nil {
			shifts[day.Rep.ID] = append(shifts[day.Rep.ID], *day.Shift)
		}
	}
	var on []RepDay
	for _, day := range days {
		if day.Shift != nil && day.Route.Date == roster.DutyAt(now, zone, shifts[day.Rep.ID]...).Date {
			on = append(on, day)
		}
	}
	return on
}
