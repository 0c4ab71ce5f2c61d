package hours

import (
	"errors"
	"fmt"
	"time"
)

// ErrNoTime is returned for text that is not a time of day.
var ErrNoTime = errors.New("not a time like 09:00")

// TimeOfDay is what the wall clock shows, in minutes since midnight. 1440 is the end of the day.
type TimeOfDay int

// ParseTimeOfDay reads 09:00 or 9:00, and 24:00 as the end of the day.
func ParseTimeOfDay(s string) (TimeOfDay, error) {
	if s == "24:00" {
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf("%.32q: %w", s, ErrNoTime)
	}
	return TimeOfDay(t.Hour()*60 + t.Minute()), nil
}

// String is the form 09:00.
func (t TimeOfDay) String() string { return fmt.Sprintf("%02d:%02d", t/60, t%60) }

// MarshalText writes 09:00.
func (t TimeOfDay) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads 09:00.
func (t *TimeOfDay) UnmarshalText(b []byte) (err error) {
	*t, err = ParseTimeOfDay(string(b))
	return err
}

// Window is a stretch of time, its end excluded.
type Window struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Length is the window's duration, never negative.
func (w Window) Length() time.Duration { return max(0, w.To.Sub(w.From)) }

// Contains says whether the moment lies in the window.
func (w Window) Contains(t time.Time) bool { return !t.Before(w.From) && t.Before(w.To) }

// Intersect is what two windows share; its length is zero when they share nothing.
func (w Window) Intersect(o Window) Window {
	if o.From.After(w.From) {
		w.From = o.From
	}
	if o.To.Before(w.To) {
		w.To = o.To
	}
	if w.To.Before(w.From) {
		w.To = w.From
	}
	return w
}
