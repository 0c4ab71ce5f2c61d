package roster

import (
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/hours"
)

// Duty is the service day that counts for a rep at a moment. A service day bears the date on which its shift begins, so that work after
// midnight belongs to the evening before.
type Duty struct {
	Date     hours.Date
	UnderWay bool // its shift has begun and is not over
}

// DutyAt says which of a rep's service days counts at a moment: that of the shift under way and, between shifts, the calendar's day in the
// zone. Of two shifts under way the one that began last counts. This is the one place where "today" is decided for people at work.
func DutyAt(now time.Time, zone *time.Location, shifts ...Shift) Duty {
	duty := Duty{Date: hours.DateOf(now.In(zone))}
	var began time.Time
	for _, s := range shifts {
		if s.Window().Contains(now) && (!duty.UnderWay || s.StartsAt.After(began)) {
			duty, began = Duty{Date: s.Date, UnderWay: true}, s.StartsAt
		}
	}
	return duty
}

// Holds says whether work of a date is work of now: the shift of that date is under way, or it was due on an earlier day. Work of a day
// that has not begun stays on its day.
func (d Duty) Holds(date hours.Date) bool { return date < d.Date || date == d.Date && d.UnderWay }

// Duties are the service days that count for reps at one moment.
type Duties map[uuid.UUID]Duty

// Dates are the service days by rep.
func (d Duties) Dates() map[uuid.UUID]hours.Date {
	dates := make(map[uuid.UUID]hours.Date, len(d))
	for rep, duty := range d {
		dates[rep] = duty.Date
	}
	return dates
}
