package hours_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hexbeat/hexbeat/hours"
	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestADayIsWrittenAndReadAlike(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		day := hours.Date(rapid.Int32Range(0, 83_000).Draw(t, "day"))
		got, err := hours.ParseDate(day.String())
		if err != nil || got != day {
			t.Fatalf("ParseDate(%s) = %s, %v", day, got, err)
		}
		if next := day + 1; next.Weekday() != (day.Weekday()+1)%7 {
			t.Fatalf("%s is a %s, the next day a %s", day, day.Weekday(), next.Weekday())
		}
	})
}

func TestWhatIsNoDayIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "2026-02-30", "2025-02-29", "0001-01-01", "9999-12-31", "2026-1-1", "23.11.2026", "2026-11-23T00:00:00Z"} {
		if got, err := hours.ParseDate(text); !errors.Is(err, hours.ErrNoDate) {
			t.Errorf("ParseDate(%q) = %s, %v, want ErrNoDate", text, got, err)
		}
	}
	if got, err := hours.ParseDate("2028-02-29"); err != nil || got != hours.NewDate(2028, time.February, 29) {
		t.Errorf("ParseDate(2028-02-29) = %s, %v", got, err)
	}
}

func TestTimeOfDay(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]hours.TimeOfDay{"00:00": 0, "09:05": 545, "24:00": 1440, "9:05": 545} {
		if got, err := hours.ParseTimeOfDay(text); err != nil || got != want {
			t.Errorf("ParseTimeOfDay(%q) = %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "24:01", "25:00", "12:60", "-1:00", "12", "noon", "12:00:00", "12:0x"} {
		if got, err := hours.ParseTimeOfDay(text); !errors.Is(err, hours.ErrNoTime) {
			t.Errorf("ParseTimeOfDay(%q) = %s, %v, want ErrNoTime", text, got, err)
		}
	}
}

// Clocks in Berlin jump from 02:00 to 03:00 on 2027-03-28 and go back from 03:00 to 02:00 on 2026-10-25.
func TestDaysOfChangedClocks(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	for day, want := range map[hours.Date]time.Duration{
		hours.NewDate(2027, time.March, 28):    23 * time.Hour,
		hours.NewDate(2026, time.October, 25):  25 * time.Hour,
		hours.NewDate(2026, time.November, 23): 24 * time.Hour,
	} {
		if got := day.In(berlin).Length(); got != want {
			t.Errorf("%s in Berlin lasts %s, want %s", day, got, want)
		}
	}
	skipped := hours.NewDate(2027, time.March, 28).At(150, berlin) // 02:30 is on no clock
	if got := skipped.Format("15:04"); got != "03:30" {
		t.Errorf("02:30 of a spring change is %s, want 03:30", got)
	}
}

func TestWindowsShareWhatLiesInBoth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		window := func(name string) hours.Window {
			from := time.Unix(rapid.Int64Range(0, 1000).Draw(t, name+" from"), 0)
			return hours.Window{From: from, To: from.Add(time.Duration(rapid.Int64Range(0, 1000).Draw(t, name+" length")) * time.Second)}
		}
		a, b := window("a"), window("b")
		both := a.Intersect(b)
		moment := time.Unix(rapid.Int64Range(0, 2000).Draw(t, "moment"), 0)
		if got, want := both.Contains(moment), a.Contains(moment) && b.Contains(moment); got != want {
			t.Fatalf("%v lies in what %v and %v share: %v, want %v", moment, a, b, got, want)
		}
		if both.Length() < 0 || both.Length() > min(a.Length(), b.Length()) {
			t.Fatalf("%v and %v share %s", a, b, both.Length())
		}
	})
}

func TestOpeningHours(t *testing.T) {
	t.Parallel()
	moscow := zone(t, "Europe/Moscow")
	monday := hours.NewDate(2026, time.November, 23)
	week := hours.Every(9*60, 18*60, time.Monday)
	week.Days[time.Tuesday] = []hours.Interval{{Opens: 9 * 60, Closes: 13 * 60}, {Opens: 14 * 60, Closes: 18 * 60}}
	week.Days[time.Friday] = []hours.Interval{{Opens: 20 * 60, Closes: 2 * 60}}
	week.Exceptions = map[hours.Date][]hours.Interval{monday + 7: nil}
	for _, c := range []struct {
		name string
		day  hours.Date
		want []string
	}{
		{"an ordinary day", monday, []string{"23 09:00–23 18:00"}},
		{"a day with a break", monday + 1, []string{"24 09:00–24 13:00", "24 14:00–24 18:00"}},
		{"past midnight", monday + 4, []string{"27 20:00–28 02:00"}},
		{"a day off", monday + 2, nil},
		{"a holiday", monday + 7, nil},
	} {
		var got []string
		for _, w := range week.On(c.day, moscow) {
			got = append(got, w.From.Format("02 15:04")+"–"+w.To.Format("02 15:04"))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	if always := (hours.Week{}).On(monday, moscow); len(always) != 1 || always[0].Length() != 24*time.Hour {
		t.Errorf("unknown hours are %v, want the whole day", always)
	}
}

func TestAWeekSurvivesTheRecord(t *testing.T) {
	t.Parallel()
	want := hours.Every(9*60, 18*60, time.Monday, time.Sunday)
	want.Exceptions = map[hours.Date][]hours.Interval{hours.NewDate(2027, time.January, 1): {}}
	stored, err := want.Value()
	if err != nil {
		t.Fatal(err)
	}
	var got hours.Week
	if err := got.Scan(stored); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stored and read (-want +got):\n%s", diff)
	}
	if err := json.Unmarshal([]byte(`{"days":[[{"opens":"25:00","closes":"26:00"}]],"known":true}`), &got); !errors.Is(err, hours.ErrNoTime) {
		t.Errorf("a week that opens at 25:00 = %v, want ErrNoTime", err)
	}
}

func ExampleEvery() {
	weekdays := hours.Every(9*60, 18*60, time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday)
	for _, day := range []hours.Date{hours.NewDate(2026, time.November, 23), hours.NewDate(2026, time.November, 29)} {
		fmt.Println(day, day.Weekday(), len(weekdays.On(day, time.UTC)) > 0)
	}
	// Output:
	// 2026-11-23 Monday true
	// 2026-11-29 Sunday false
}

// A clock that is put forward shows no time between two and three, west of Greenwich as well as east of it.
func TestASkippedTimeComesAfterTheChangeEverywhere(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		zone string
		day  hours.Date
		at   hours.TimeOfDay
		want string
	}{
		{"Europe/Berlin", hours.NewDate(2026, time.March, 29), 150, "2026-03-29T03:30:00+02:00"},
		{"America/New_York", hours.NewDate(2026, time.March, 8), 150, "2026-03-08T03:30:00-04:00"},
		{"America/New_York", hours.NewDate(2026, time.March, 8), 180, "2026-03-08T03:00:00-04:00"},
		{"America/Santiago", hours.NewDate(2026, time.September, 6), 0, "2026-09-06T01:00:00-03:00"},
	} {
		if got := test.day.At(test.at, zone(t, test.zone)).Format(time.RFC3339); got != test.want {
			t.Errorf("%s at %s in %s = %s, want %s", test.day, test.at, test.zone, got, test.want)
		}
	}
	day := hours.NewDate(2026, time.September, 6) // its midnight is skipped
	if in := day.In(zone(t, "America/Santiago")); in.Length() != 23*time.Hour || hours.DateOf(in.From) != day {
		t.Errorf("%s in Santiago begins %s and lasts %s, want 23h of its own", day, in.From, in.Length())
	}
}
