package roster_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/hexbeat/hexbeat/roster"
	"pgregory.net/rapid"
)

var nine = time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)

// at is a moment of the day, hours after nine.
func at(hours float64) time.Time { return nine.Add(time.Duration(hours * float64(time.Hour))) }

func meeting(from, to float64) roster.Engagement {
	return roster.Engagement{Kind: "MEETING", StartsAt: at(from), EndsAt: at(to), Length: at(to).Sub(at(from))}
}

func lunch(from, to float64, length time.Duration) roster.Engagement {
	return roster.Engagement{Kind: "LUNCH", StartsAt: at(from), EndsAt: at(to), Length: length, Flexible: true}
}

func TestCapacityIsTheShiftLessWhatIsTaken(t *testing.T) {
	t.Parallel()
	shift := roster.Shift{StartsAt: at(0), EndsAt: at(9)}
	for _, c := range []struct {
		name  string
		taken []roster.Engagement
		from  float64
		want  time.Duration
	}{
		{"nothing taken", nil, 0, 9 * time.Hour},
		{"a meeting", []roster.Engagement{meeting(1, 2)}, 0, 8 * time.Hour},
		{"two meetings at once", []roster.Engagement{meeting(1, 3), meeting(2, 4)}, 0, 6 * time.Hour},
		{"one meeting within another", []roster.Engagement{meeting(1, 5), meeting(2, 3)}, 0, 5 * time.Hour},
		{"a meeting that is over", []roster.Engagement{meeting(1, 2)}, 3, 6 * time.Hour},
		{"a meeting under way", []roster.Engagement{meeting(1, 3)}, 2, 6 * time.Hour},
		{"a meeting outside the shift", []roster.Engagement{meeting(-3, -1), meeting(10, 11)}, 0, 9 * time.Hour},
		{"a lunch ahead", []roster.Engagement{lunch(3, 6, 45*time.Minute)}, 0, 8*time.Hour + 15*time.Minute},
		{"a lunch whose time is nearly over", []roster.Engagement{lunch(3, 6, 45*time.Minute)}, 5.5, 3 * time.Hour},
		{"a lunch whose time is over", []roster.Engagement{lunch(3, 6, 45*time.Minute)}, 7, 2 * time.Hour},
		{"the whole day away", []roster.Engagement{meeting(-1, 12)}, 0, 0},
		{"after the shift", nil, 10, 0},
	} {
		if got := roster.Available(shift, c.taken, at(c.from)); got != c.want {
			t.Errorf("%s: %s available, want %s", c.name, got, c.want)
		}
	}
}

func TestCapacityNeverGrowsAndIsNeverNegative(t *testing.T) {
	t.Parallel()
	shift := roster.Shift{StartsAt: at(0), EndsAt: at(9)}
	rapid.Check(t, func(t *rapid.T) {
		var taken []roster.Engagement
		for range rapid.IntRange(0, 6).Draw(t, "engagements") {
			from := rapid.Float64Range(-2, 10).Draw(t, "from")
			taken = append(taken, meeting(from, from+rapid.Float64Range(0, 4).Draw(t, "hours")))
		}
		now := rapid.Float64Range(-1, 10).Draw(t, "now")
		got, later := roster.Available(shift, taken, at(now)), roster.Available(shift, taken, at(now+1))
		if got < 0 || got > 9*time.Hour || later > got {
			t.Fatalf("%s available, an hour later %s", got, later)
		}
		if more := roster.Available(shift, append(taken, meeting(2, 3)), at(now)); more > got {
			t.Fatalf("another meeting made %s of %s", more, got)
		}
	})
}

func ExampleAvailable() {
	shift := roster.Shift{StartsAt: at(0), EndsAt: at(9)}
	fmt.Println(roster.Available(shift, []roster.Engagement{lunch(3, 6, 45*time.Minute)}, shift.StartsAt))
	// Output: 8h15m0s
}
