package roster

import (
	"time"

	"github.com/hexbeat/hexbeat/hours"
)

// A day is planned from this hour on, in the branch's zone: late enough for the evening's facts to be in. And so long before work begins.
const (
	planFrom  hours.TimeOfDay = 3 * 60
	planAhead                 = time.Hour
)

// ServiceEnd is when the last of a branch's usual shifts of a date is over, and not before the date is. Own are the hours of reps who don't
// keep the branch's.
func (b Branch) ServiceEnd(date hours.Date, own ...*OwnHours) time.Time {
	end := date.In(b.Zone()).To
	for _, o := range append([]*OwnHours{nil}, own...) {
		if w := b.WorkingTimeOf(o, date); w.To.After(end) {
			end = w.To
		}
	}
	return end
}

// PlanFrom is when a branch's day is to be planned: in the small hours, and once the shifts of the evening before are over, so that what they
// leave is part of it; but an hour before the first shift of the day at the latest.
func (b Branch) PlanFrom(date hours.Date, own ...*OwnHours) time.Time {
	from := date.At(planFrom, b.Zone())
	if over := b.ServiceEnd(date-1, own...); over.After(from) {
		from = over
	}
	for _, o := range append([]*OwnHours{nil}, own...) {
		w := b.WorkingTimeOf(o, date)
		if latest := w.From.Add(-planAhead); w.Length() > 0 && from.After(latest) {
			from = latest
		}
	}
	return from
}
