package roster

import (
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/hours"
)

// Absence is a stretch of days on which a rep does not work though there may be a shift.
type Absence struct {
	ID    uuid.UUID  `db:"id"`
	RepID uuid.UUID  `db:"rep_id"`
	Kind  string     `db:"kind"` // SICK, VACATION, …: open
	From  hours.Date `db:"from_date"`
	To    hours.Date `db:"to_date"` // the last day
}
