package hours

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

// ErrNoDate is returned for text that is not a day of the calendar.
var ErrNoDate = errors.New("not a date like 2026-11-23")

// Date is a calendar day, counted from 1970-01-01. It has no zone: a branch's zone
// turns it into a Window.
type Date int32

const day = 24 * time.Hour

// DateOf is the day the moment falls on in its own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return NewDate(y, m, d)
}

// NewDate is the day of a year, month and day of month.
func NewDate(y int, m time.Month, d int) Date {
	return Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / int64(day/time.Second))
}

// ParseDate reads 2026-11-23 and refuses years outside 1970 to 2199.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1970 || t.Year() > 2199 {
		return 0, fmt.Errorf("%.32q: %w", s, ErrNoDate)
	}
	return DateOf(t), nil
}

func (d Date) utc() time.Time { return time.Unix(int64(d)*int64(day/time.Second), 0).UTC() }

// String is the ISO form.
func (d Date) String() string { return d.utc().Format(time.DateOnly) }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// At is the moment the wall clock in zone shows t on this day. A time that a spring change skips is read by the
// clock before the change, so it comes as much after it: 02:30 is 03:30.
func (d Date) At(t TimeOfDay, zone *time.Location) time.Time {
	y, m, dd := d.utc().Date()
	at := time.Date(y, m, dd, 0, int(t), 0, 0, zone)
	// West of Greenwich time.Date reads a skipped time by the clock after the change, which is an hour earlier.
	_, offset := at.Zone()
	shown, want := at.Unix()+int64(offset), d.utc().Unix()+60*int64(t)
	return at.Add(time.Duration(max(0, want-shown)) * time.Second)
}

// In is the whole day as a window in a zone: 23, 24 or 25 hours.
func (d Date) In(zone *time.Location) Window {
	return Window{From: d.At(0, zone), To: (d + 1).At(0, zone)}
}

// MarshalText writes the ISO form.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the ISO form.
func (d *Date) UnmarshalText(b []byte) (err error) { *d, err = ParseDate(string(b)); return err }

// Value stores the day as a date.
func (d Date) Value() (driver.Value, error) { return d.String(), nil }

// Scan reads a date.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case time.Time:
		*d = DateOf(v)
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	}
	return fmt.Errorf("scan %T: %w", src, ErrNoDate)
}
