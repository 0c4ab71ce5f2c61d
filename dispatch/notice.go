package dispatch

import (
	"time"

	"github.com/google/uuid"
)

// The kinds of a notice, the same codes as the alerts made of them.
const (
	VisitsGained  = "VISITS_GAINED"
	VisitsLost    = "VISITS_LOST"
	VisitsChanged = "VISITS_CHANGED" // cancelled, done by someone else, or moved in time beyond Tolerance
)

// Tolerance is how far an arrival may move from what was told before people are told anew.
const Tolerance = 15 * time.Minute

// Notice is one visit a rep must hear about. One alert is made per rep of all its notices; its kind is that of
// the rep's first one.
type Notice struct {
	RepID   uuid.UUID
	Kind    string
	VisitID uuid.UUID
	Arrival *time.Time // planned; nil where the rep does not go there any more
	Told    *time.Time // the arrival the rep knew of before; nil where none is known
}
