package roster

import (
	"time"

	"github.com/hexbeat/hexbeat/hours"
)

// Lunch is taken between these hours of a shift, and takes this long.
const (
	lunchFrom   = 3 * time.Hour
	lunchTo     = 6 * time.Hour
	lunchLength = 45 * time.Minute
)

// WorkingTime is when the branch's reps usually work on a day; empty on a day it is closed.
func (b Branch) WorkingTime(date hours.Date) hours.Window {
	if len(b.Hours.On(date, b.Zone())) == 0 {
		return hours.Window{}
	}
	last := date
	if b.ShiftTo <= b.ShiftFrom {
		last++ // past midnight
	}
	return hours.Window{From: date.At(b.ShiftFrom, b.Zone()), To: last.At(b.ShiftTo, b.Zone())}
}

// UsualDate is the service day of the usual working time that a moment falls into; the calendar's where it falls into none. Own is nil for who
// keeps the branch's hours.
func (b Branch) UsualDate(own *OwnHours, at time.Time) hours.Date {
	date := hours.DateOf(at.In(b.Zone()))
	if !b.WorkingTimeOf(own, date).Contains(at) && b.WorkingTimeOf(own, date-1).Contains(at) {
		return date - 1
	}
	return date
}

// UsualDay is the shift, and the lunch unless it is short, of a rep of whom nothing else is known. They have no ids.
func (b Branch) UsualDay(rep Rep, date hours.Date, window hours.Window) (Shift, []Engagement) {
	shift := Shift{
		RepID: rep.ID, Date: date, StartsAt: window.From, EndsAt: window.To, Start: rep.Start, End: rep.Start, TimeZone: b.TimeZone,
	}
	if window.Length() <= lunchTo {
		return shift, nil
	}
	return shift, []Engagement{{
		RepID: rep.ID, Kind: "LUNCH", StartsAt: window.From.Add(lunchFrom), EndsAt: window.From.Add(lunchTo),
		Length: lunchLength, Flexible: true, TimeZone: b.TimeZone,
	}}
}
