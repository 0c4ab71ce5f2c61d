package table

import (
	"math"
	"strings"
	"time"

	"github.com/hexbeat/hexbeat/hours"
)

// Moment is a day, or a time of day on it, by the clock of the place the row is about.
type Moment struct {
	Date hours.Date
	Time *hours.TimeOfDay // nil: the whole day
}

// Begins is the first instant meant, by the clocks of a zone.
func (m Moment) Begins(zone *time.Location) time.Time {
	if m.Time == nil {
		return m.Date.At(0, zone)
	}
	return m.Date.At(*m.Time, zone)
}

// Ends is the last instant meant: the day's end where no time is said.
func (m Moment) Ends(zone *time.Location) time.Time {
	if m.Time == nil {
		return (m.Date + 1).At(0, zone)
	}
	return m.Date.At(*m.Time, zone)
}

var notMoment = fault{CodeMoment, "«%s» не дата и не дата со временем: нужно 24.11.2026 или 24.11.2026 14:30",
	"%q is neither a date nor a date with a time: write 2026-11-24 or 2026-11-24 14:30"}

// moment is nil when the cell is empty.
func (r *row) moment(f field) *Moment {
	s := r.text(f)
	if s == "" {
		return nil
	}
	m, ok := parseMoment(s)
	if !ok {
		r.refuse(f, s, notMoment.with(short(s)))
	}
	return &m
}

// The days a spreadsheet counts from, by its rule that 1 is the first of January 1900 and that there was a 29 February in that year;
// and the years in which a bare number is taken for such a count: 1990 to 2119.
const (
	spreadsheetEpoch = -25569
	firstSerial      = 32874
	lastSerial       = 80354
)

// parseMoment reads 2026-11-24 and 24.11.2026, each alone or with a time of day, and a spreadsheet's count of days: 46350.604.
func parseMoment(s string) (Moment, bool) {
	date, clock, timed := strings.Cut(strings.Replace(s, "T", " ", 1), " ")
	d, ok := parseDate(date)
	switch {
	case ok && !timed:
		return Moment{Date: d}, true
	case ok:
		t, ok := parseTime(clock)
		return Moment{Date: d, Time: &t}, ok && strings.Contains(clock, ":")
	case timed:
		return Moment{}, false
	}
	serial, ok := parseNumber(s)
	if !ok || serial < firstSerial || serial >= lastSerial {
		return Moment{}, false
	}
	day, part := math.Modf(serial)
	m := Moment{Date: hours.Date(day) + spreadsheetEpoch}
	if part > 0 {
		t := hours.TimeOfDay(math.Round(part * 24 * 60))
		m.Time = &t
	}
	return m, true
}

// parseDate reads the two ways that can't be taken for one another: 11/12/2026 is a day of November to one reader and of December to another.
func parseDate(s string) (hours.Date, bool) {
	if d, err := hours.ParseDate(s); err == nil {
		return d, true
	}
	t, err := time.Parse("2.1.2006", s)
	if err != nil {
		return 0, false
	}
	d, err := hours.ParseDate(t.Format(time.DateOnly))
	return d, err == nil
}
