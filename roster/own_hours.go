package roster

import (
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/hours"
)

// OwnHours are a rep's hours on every day the branch works, where they are not the branch's usual ones.
type OwnHours struct {
	RepID uuid.UUID       `db:"rep_id"`
	From  hours.TimeOfDay `db:"shift_from"`
	To    hours.TimeOfDay `db:"shift_to"` // before From: past midnight
}

// WorkingTimeOf is WorkingTime of one rep; own is nil for who keeps the branch's hours.
func (b Branch) WorkingTimeOf(own *OwnHours, date hours.Date) hours.Window {
	if own != nil {
		b.ShiftFrom, b.ShiftTo = own.From, own.To
	}
	return b.WorkingTime(date)
}
