package roster

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
)

// Shift is a rep's working time on one day.
type Shift struct {
	ID       uuid.UUID  `db:"id"`
	RepID    uuid.UUID  `db:"rep_id"`
	Date     hours.Date `db:"date"`
	StartsAt time.Time  `db:"starts_at"`
	EndsAt   time.Time  `db:"ends_at"`
	Start    *geo.Point `db:"start"`
	End      *geo.Point `db:"end"`
	TimeZone string     `db:"time_zone"`
}

// Window is the time the shift covers.
func (s Shift) Window() hours.Window { return hours.Window{From: s.StartsAt, To: s.EndsAt} }

// Engagement is time of a rep that is no visit: lunch, a meeting, busy in the calendar.
type Engagement struct {
	ID       uuid.UUID     `db:"id"`
	RepID    uuid.UUID     `db:"rep_id"`
	Kind     string        `db:"kind"` // LUNCH, MEETING, BUSY, …: open
	Title    string        `db:"title"`
	StartsAt time.Time     `db:"starts_at"` // of a flexible one: the earliest start
	EndsAt   time.Time     `db:"ends_at"`   // of a flexible one: the latest end
	Length   time.Duration `db:"length"`    // of a flexible one: shorter than the window
	Flexible bool          `db:"flexible"`
	Point    *geo.Point    `db:"point"`
	TimeZone string        `db:"time_zone"` // IANA name of the zone it is meant in
}

// Span is how long the engagement takes.
func (e Engagement) Span() time.Duration {
	if e.Flexible {
		return e.Length
	}
	return e.EndsAt.Sub(e.StartsAt)
}

// Available is the rep's capacity: the shift less engagements. From cuts off what has passed;
// give the shift's start for the whole day. Overlapping engagements count once.
func Available(s Shift, engagements []Engagement, from time.Time) time.Duration {
	w := s.Window().Intersect(hours.Window{From: from, To: s.EndsAt})
	total := w.Length()
	busy := slices.Clone(engagements)
	slices.SortFunc(busy, func(a, b Engagement) int { return a.StartsAt.Compare(b.StartsAt) })
	until := w.From
	for _, e := range busy {
		if e.Flexible {
			// A lunch that may still be taken costs its length, or what is left of its window.
			left := hours.Window{From: e.StartsAt, To: e.EndsAt}.Intersect(w).Length()
			total -= min(e.Length, left)
			continue
		}
		part := hours.Window{From: e.StartsAt, To: e.EndsAt}.Intersect(hours.Window{From: until, To: w.To})
		total -= part.Length()
		if part.To.After(until) {
			until = part.To
		}
	}
	return max(0, total)
}
