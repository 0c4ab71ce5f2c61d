package notify

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// Withdraw strikes the visits of an offer that are no longer to be had. An offer of which nothing is left has ended: annulled while no channel
// can have it, and expired otherwise. One that ended before, or speaks of none of the visits, stays as it is.
func (a Alert) Withdraw(gone []uuid.UUID, at time.Time) (Alert, error) {
	items := slices.Clone(a.Items)
	struck := false
	for i := range items {
		if !items[i].Struck && slices.Contains(gone, items[i].VisitID) {
			items[i].Struck, struck = true, true
		}
	}
	if !struck || !a.State.Open() {
		return a, nil
	}
	a.Items = items
	switch {
	case len(a.remaining()) > 0:
		a.Version++
		return a, nil
	case a.Untouched():
		return a.end(Annulled, Withdrawn, at)
	}
	return a.end(Expired, Withdrawn, at)
}
