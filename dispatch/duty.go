package dispatch

import (
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
