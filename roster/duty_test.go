package roster_test

import (
	"testing"
	"time"

	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/roster"
	"pgregory.net/rapid"
)

// shiftOn is a shift by the wall clock of a zone, past midnight where it ends before it begins.
func shiftOn(t interface{ Fatal(...any) }, zone, day string, from, to hours.TimeOfDay) roster.Shift {
	place, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	date, err := hours.ParseDate(day)
	if err != nil {
		t.Fatal(err)
	}
	last := date
	if to <= from {
		last++
	}
	return roster.Shift{Date: date, StartsAt: date.At(from, place), EndsAt: last.At(to, place), TimeZone: zone}
}

func TestTheShiftUnderWaySaysWhichDayItIs(t *testing.T) {
	t.Parallel()
	const ten, six = 22 * 60, 6 * 60
	for name, c := range map[string]struct {
		zone   string
		at     string
		shifts []roster.Shift
		date   string
		way    bool
	}{
		"nobody's shift":      {"Europe/Moscow", "2026-11-24T00:30:00+03:00", nil, "2026-11-24", false},
		"past midnight":       {"Europe/Moscow", "2026-11-24T00:30:00+03:00", []roster.Shift{shiftOn(t, "Europe/Moscow", "2026-11-23", ten, six)}, "2026-11-23", true},
		"its last second":     {"Europe/Moscow", "2026-11-24T05:59:59+03:00", []roster.Shift{shiftOn(t, "Europe/Moscow", "2026-11-23", ten, six)}, "2026-11-23", true},
		"over":                {"Europe/Moscow", "2026-11-24T06:00:00+03:00", []roster.Shift{shiftOn(t, "Europe/Moscow", "2026-11-23", ten, six)}, "2026-11-24", false},
		"before the next one": {"Europe/Moscow", "2026-11-24T21:59:00+03:00", []roster.Shift{shiftOn(t, "Europe/Moscow", "2026-11-23", ten, six), shiftOn(t, "Europe/Moscow", "2026-11-24", ten, six)}, "2026-11-24", false},
		"two at once":         {"Europe/Moscow", "2026-11-24T09:30:00+03:00", []roster.Shift{shiftOn(t, "Europe/Moscow", "2026-11-24", 9*60, 18*60), shiftOn(t, "Europe/Moscow", "2026-11-23", ten, 10*60)}, "2026-11-24", true},
		"the old one still":   {"Europe/Moscow", "2026-11-24T08:59:00+03:00", []roster.Shift{shiftOn(t, "Europe/Moscow", "2026-11-24", 9*60, 18*60), shiftOn(t, "Europe/Moscow", "2026-11-23", ten, 10*60)}, "2026-11-23", true},
		"Vladivostok":         {"Asia/Vladivostok", "2026-11-23T14:30:00Z", []roster.Shift{shiftOn(t, "Asia/Vladivostok", "2026-11-23", ten, six)}, "2026-11-23", true},
		"Kaliningrad":         {"Europe/Kaliningrad", "2026-11-23T22:30:00Z", []roster.Shift{shiftOn(t, "Europe/Kaliningrad", "2026-11-23", ten, six)}, "2026-11-23", true},
		"between the two":     {"Asia/Vladivostok", "2026-11-23T22:30:00Z", []roster.Shift{shiftOn(t, "Asia/Vladivostok", "2026-11-23", ten, six)}, "2026-11-24", false},
		// In Berlin the clock goes from 02:00 to 03:00 on 29 March 2026, and from 03:00 back to 02:00 on 25 October: the shift takes seven or nine hours.
		"the short night":       {"Europe/Berlin", "2026-03-29T05:59:00+02:00", []roster.Shift{shiftOn(t, "Europe/Berlin", "2026-03-28", ten, six)}, "2026-03-28", true},
		"the short night, over": {"Europe/Berlin", "2026-03-29T06:00:00+02:00", []roster.Shift{shiftOn(t, "Europe/Berlin", "2026-03-28", ten, six)}, "2026-03-29", false},
		"the hour that is not":  {"Europe/Berlin", "2026-03-29T03:10:00+02:00", []roster.Shift{shiftOn(t, "Europe/Berlin", "2026-03-28", ten, 2*60+30)}, "2026-03-28", true},
		"02:30 for the first":   {"Europe/Berlin", "2026-10-25T02:30:00+02:00", []roster.Shift{shiftOn(t, "Europe/Berlin", "2026-10-24", ten, six)}, "2026-10-24", true},
		"02:30 once more":       {"Europe/Berlin", "2026-10-25T02:30:00+01:00", []roster.Shift{shiftOn(t, "Europe/Berlin", "2026-10-24", ten, six)}, "2026-10-24", true},
		"the long night, over":  {"Europe/Berlin", "2026-10-25T06:00:00+01:00", []roster.Shift{shiftOn(t, "Europe/Berlin", "2026-10-24", ten, six)}, "2026-10-25", false},
		"a skipped midnight":    {"Africa/Cairo", "2026-04-24T01:10:00+03:00", []roster.Shift{shiftOn(t, "Africa/Cairo", "2026-04-23", ten, six)}, "2026-04-23", true},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		got := roster.DutyAt(at, hours.Zone(c.zone), c.shifts...)
		if got.Date.String() != c.date || got.UnderWay != c.way {
			t.Errorf("%s: DutyAt(%s) = %s, under way %t; want %s, %t", name, c.at, got.Date, got.UnderWay, c.date, c.way)
		}
	}
}

// From its first to its last moment a shift is one day, whatever the clock does in between.
func TestAShiftIsOneDay(t *testing.T) {
	t.Parallel()
	zones := []string{"Asia/Vladivostok", "Europe/Kaliningrad", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"}
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		date := hours.NewDate(2026, time.January, 1) + hours.Date(rapid.IntRange(0, 364).Draw(t, "day"))
		from := hours.TimeOfDay(rapid.IntRange(0, 24*60-1).Draw(t, "from"))
		length := rapid.IntRange(30, 20*60).Draw(t, "minutes")
		place := hours.Zone(zone)
		shift := roster.Shift{Date: date, StartsAt: date.At(from, place)}
		shift.EndsAt = shift.StartsAt.Add(time.Duration(length) * time.Minute)
		at := shift.StartsAt.Add(time.Duration(rapid.IntRange(0, length*60-1).Draw(t, "at")) * time.Second)
		if got := roster.DutyAt(at, place, shift); got.Date != date || !got.UnderWay {
			t.Fatalf("at %s of a shift from %s to %s it is %s, under way %t", at.In(place), shift.StartsAt.In(place), shift.EndsAt.In(place), got.Date, got.UnderWay)
		}
		if got := roster.DutyAt(shift.EndsAt, place, shift); got.UnderWay || got.Date != hours.DateOf(shift.EndsAt.In(place)) {
			t.Fatalf("after the shift it is %s", got.Date)
		}
	})
}

func TestWorkOfADayThatHasNotBegunStaysThere(t *testing.T) {
	t.Parallel()
	const today hours.Date = 20_000
	for _, c := range []struct {
		way  bool
		date hours.Date
		want bool
	}{{true, today, true}, {false, today, false}, {false, today - 1, true}, {true, today + 1, false}, {false, today + 1, false}} {
		if got := (roster.Duty{Date: today, UnderWay: c.way}).Holds(c.date); got != c.want {
			t.Errorf("under way %t: day %+d is of now: %t, want %t", c.way, c.date-today, got, c.want)
		}
	}
}

func TestADayIsPlannedWhenTheNightShiftIsOver(t *testing.T) {
	t.Parallel()
	every := hours.Every(0, 24*60, time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday)
	tuesday := hours.NewDate(2026, time.November, 24)
	night := &roster.OwnHours{From: 21 * 60, To: 5 * 60}
	for name, c := range map[string]struct {
		from, to hours.TimeOfDay
		own      []*roster.OwnHours
		want     string
	}{
		"by day":               {9 * 60, 18 * 60, nil, "24 03:00"},
		"by night":             {20 * 60, 6 * 60, nil, "24 06:00"},
		"some by night":        {9 * 60, 18 * 60, []*roster.OwnHours{night}, "24 05:00"},
		"around the clock":     {6 * 60, 6 * 60, nil, "24 05:00"},
		"from midnight on":     {0, 8 * 60, nil, "23 23:00"},
		"to the dead of night": {17 * 60, 60, nil, "24 03:00"},
	} {
		b := roster.Branch{TimeZone: "Asia/Vladivostok", Hours: every, ShiftFrom: c.from, ShiftTo: c.to}
		if got := b.PlanFrom(tuesday, c.own...).In(b.Zone()).Format("02 15:04"); got != c.want {
			t.Errorf("%s: Tuesday the 24th is planned from %s, want %s", name, got, c.want)
		}
	}
	b := roster.Branch{TimeZone: "Asia/Vladivostok", Hours: every, ShiftFrom: 9 * 60, ShiftTo: 18 * 60}
	if got := b.UsualDate(night, (tuesday+1).At(2*60, b.Zone())); got != tuesday {
		t.Errorf("two at night belongs to %s, want the evening's %s", got, tuesday)
	}
	if got := b.UsualDate(nil, (tuesday+1).At(2*60, b.Zone())); got != tuesday+1 {
		t.Errorf("two at night of who works by day is %s, want %s", got, tuesday+1)
	}
}
