package dispatch

import (
	"math"
	"testing"
	"time"

	"github.com/hexbeat/hexbeat/hours"
	"pgregory.net/rapid"
)

func TestIdleHasNothingNextForAWhile(t *testing.T) {
	t.Parallel()
	now := at(t, "12:00")
	near := aCall(50, 1, 0).waiting()
	busy := aDay(t, 1, "09:00", "18:00").doing(aCall(1, 3, 0))
	later := aDay(t, 1, "09:00", "18:00").doing(aCall(1, 3, 0).open(t, "15:00", "17:00"))
	underWay := aDay(t, 1, "09:00", "18:00").doing(aCall(1, 3, 0))
	underWay.Calls[0].Visit.State = UnderWay
	absent := aDay(t, 1, "09:00", "18:00")
	absent.Absent = true
	for name, c := range map[string]struct {
		day   RepDay
		until string // empty: not idle
	}{
		"nothing at all":      {aDay(t, 1, "09:00", "18:00"), "18:00"},
		"a visit next":        {busy, ""},
		"a visit that opens":  {later, "14:50"},
		"a visit under way":   {underWay, ""},
		"a meeting":           {aDay(t, 1, "09:00", "18:00").meeting(t, "11:00", "13:00"), ""},
		"a meeting soon":      {aDay(t, 1, "09:00", "18:00").meeting(t, "12:10", "13:00"), ""},
		"before the shift":    {aDay(t, 1, "13:00", "18:00"), ""},
		"after the shift":     {aDay(t, 1, "08:00", "12:00"), ""},
		"a few minutes of it": {aDay(t, 1, "08:00", "12:15"), ""},
		"absent":              {absent, ""},
		"no shift":            {RepDay{}, ""},
	} {
		got, is := Idle(c.day, []Call{near}, 20*time.Minute, now)
		if is != (c.until != "") {
			t.Errorf("%s: idle %t", name, is)
			continue
		}
		if is && (got.Until.Sub(at(t, c.until)).Abs() > 5*time.Minute || got.Offer == nil || got.Offer.Visit.ID != near.Visit.ID) {
			t.Errorf("%s: idle until %v with offer %v, want about %s and the visit near by", name, got.Until, got.Offer, c.until)
		}
	}
	if got, is := Idle(aDay(t, 1, "09:00", "18:00"), nil, 20*time.Minute, now); !is || got.Offer != nil {
		t.Errorf("without a queue: %+v", got)
	}
}

func TestLateCountsWhatBreaksNext(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "09:00", "18:00")
	var calls []Call
	for i := range 4 {
		c := aCall(i, float64(i), 0)
		if i != 1 {
			c.Visit.Promised = &hours.Window{From: at(t, "09:00"), To: at(t, "10:00")}
		}
		c.Visit.Service = 30 * time.Minute
		calls = append(calls, c)
	}
	day = day.doing(calls...)
	late := Late(day, at(t, "09:20")) // 09:20, 09:50, …: the third and fourth begin after ten
	if len(late) != 2 || late[0].Visit.ID != id(1002) || late[0].Next != 1 || late[1].Next != 0 {
		t.Fatalf("late: %+v", late)
	}
	if l := late[0]; !l.Latest.Equal(at(t, "10:00")) || l.Late() <= 0 || l.Late() > time.Hour {
		t.Errorf("late by %v: at %v, by %v", l.Late(), l.Arrival, l.Latest)
	}
	if early := Late(day, at(t, "08:00")); len(early) != 2 || early[0].Late() >= late[0].Late() {
		t.Errorf("in the morning: %v, want less than %v", early[0].Late(), late[0].Late())
	}
}

func TestRiskGrowsAsSlackShrinks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		minutes := rapid.IntRange(0, 180).Draw(rt, "promised for")
		day := aDay(t, 1, "09:00", "18:00")
		first := aCall(1, 2, 0)
		promised := aCall(2, 4, 0)
		window := hours.Window{From: at(t, "09:00"), To: at(t, "09:30").Add(time.Duration(minutes) * time.Minute)}
		promised.Visit.Promised = &window
		chanceAt := func(minutes int) float64 {
			window.To = at(t, "09:30").Add(time.Duration(minutes) * time.Minute)
			risky := AtRisk(day.doing(first, promised), at(t, "08:00"))
			if len(risky) == 0 {
				return 0
			}
			r := risky[0]
			if r.Chance < leastChance || r.Chance > 1 || math.Abs(r.Cost-r.Chance*150) > 0.01 {
				rt.Fatalf("%+v", r)
			}
			return r.Chance
		}
		if tight, loose := chanceAt(minutes), chanceAt(minutes+10); loose > tight {
			rt.Fatalf("chance %v with ten minutes more, %v without", loose, tight)
		}
		if minutes > 120 && chanceAt(minutes) != 0 {
			rt.Fatalf("at risk two hours before its end")
		}
	})
}

func TestLookShowsTheWorstFirst(t *testing.T) {
	t.Parallel()
	now := at(t, "10:00")
	slightly, badly := aCall(1, 1, 0), aCall(2, 1, 0)
	slightly.Visit.Promised = &hours.Window{From: at(t, "09:00"), To: at(t, "10:01")}
	badly.Visit.Promised = &hours.Window{From: at(t, "09:00"), To: at(t, "09:30")}
	badly.Visit.Priority = 90
	days := []RepDay{
		aDay(t, 1, "09:00", "18:00").doing(slightly), aDay(t, 2, "09:00", "18:00").doing(badly), aDay(t, 3, "09:00", "12:00"), aDay(t, 4, "09:00", "18:00"),
	}
	got := Look(days, nil, 20*time.Minute, now, 10)
	if len(got.Idle) != 2 || got.Idle[0].RepID != days[3].Rep.ID {
		t.Errorf("idle: %+v, want the longest first", got.Idle)
	}
	if len(got.Late) != 2 || got.Late[0].Visit.ID != badly.Visit.ID {
		t.Errorf("late: %+v, want the latest first", got.Late)
	}
	if len(got.AtRisk) != 2 || got.AtRisk[0].Visit.ID != badly.Visit.ID || got.AtRisk[0].Chance != 1 {
		t.Errorf("at risk: %+v, want the dearest first", got.AtRisk)
	}
	if short := Look(days, nil, 20*time.Minute, now, 1); len(short.Idle) != 1 || len(short.Late) != 1 || len(short.AtRisk) != 1 {
		t.Errorf("one of each: %+v", short)
	}
}

// The week is weighed by the formula of the day.
func TestWeekLoadOfOneDayIsTheDays(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "09:00", "18:00").doing(aCall(1, 3, 0), aCall(2, 0, 3))
	one, now := LoadOf(day, at(t, "08:00")), at(t, "08:00")
	if got := WeekLoad([]RepDay{day}, now); math.Abs(got.Ratio-one.Ratio) > 1e-9 || got.Visits != one.Visits {
		t.Errorf("WeekLoad = %+v, the day %+v", got, one)
	}
	free := aDay(t, 1, "09:00", "18:00")
	free.Route.Date++
	if got := WeekLoad([]RepDay{day, free}, now); math.Abs(got.Ratio-one.Ratio/2) > 1e-9 {
		t.Errorf("with a free day: %v, want half of %v", got.Ratio, one.Ratio)
	}
	if got := WeekLoad(nil, now); got != (Load{}) {
		t.Errorf("of no days: %+v", got)
	}
}
