package dispatch

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"
)

// setOut is how long before a visit begins its rep may be on the way there: it is left alone from then on.
const setOut = 30 * time.Minute

// Rescue finds the dearest promise on a branch's days that its rep will break as things stand and a colleague has room to keep. What a person
// decided stays where it is, and so does what the rep may be driving to. The days' calls must say who gave them back.
func Rescue(days []RepDay, now time.Time) (call Call, rep uuid.UUID, found bool) {
	type broken struct {
		call Call
		rep  uuid.UUID
	}
	var list []broken
	for _, day := range days {
		for _, w := range day.windowsAhead(now) {
			v := w.call.Visit
			if w.slack < 0 && v.Promised != nil && v.State == Assigned && !v.RepPinned && w.begins.Sub(now) >= setOut {
				list = append(list, broken{w.call, day.Rep.ID})
			}
		}
	}
	slices.SortFunc(list, func(a, b broken) int {
		return cmp.Or(cmp.Compare(b.call.Visit.Priority, a.call.Visit.Priority), a.call.Visit.Promised.To.Compare(b.call.Visit.Promised.To),
			slices.Compare(a.call.Visit.ID[:], b.call.Visit.ID[:]))
	})
	for _, b := range list {
		waiting := b.call
		waiting.Visit = waiting.Visit.queued(Endangered)
		for _, day := range days {
			if day.Rep.ID != b.rep && len(Offers(day, []Call{waiting}, now, 1)) > 0 {
				return b.call, b.rep, true
			}
		}
	}
	return Call{}, uuid.Nil, false
}
