package geo

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// anyPace is the pace of a few random hours.
func anyPace(t *rapid.T) Pace {
	return Pace{
		From:  rapid.Int64Range(-1e6, 2e9).Draw(t, "from"),
		Times: rapid.SliceOfN(rapid.Float64Range(leastPace, mostPace), 0, 30).Draw(t, "times"),
	}
}

// Who leaves later never arrives earlier, and drives no faster than the fastest hour and no slower than the slowest.
func TestNobodyOvertakesByLeavingLater(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyPace(t)
		leave := p.From + rapid.Int64Range(-20000, 120000).Draw(t, "leave")
		drive := rapid.Int64Range(0, 40000).Draw(t, "drive")
		got := p.Arrive(leave, drive)
		for _, wait := range []int64{1, 2, 59, rapid.Int64Range(0, 100000).Draw(t, "wait")} {
			if later := p.Arrive(leave+wait, drive); later < got {
				t.Fatalf("leaving at %d arrives at %d, leaving %d later at %d", leave, got, wait, later)
			}
		}
		if longer := p.Arrive(leave, drive+1); longer < got {
			t.Fatalf("a longer drive arrives at %d, before %d", longer, got)
		}
		least, most := 1.0, 1.0
		if len(p.Times) > 0 {
			least, most = slices.Min(p.Times), slices.Max(p.Times)
		}
		if took := float64(got - leave); took < least*float64(drive)-1 || took > most*float64(drive)+1 {
			t.Fatalf("a drive of %d took %v, want between %v and %v times that", drive, took, least, most)
		}
	})
}

// Leave is the very last moment that arrives in time.
func TestLeaveIsTheLastMoment(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyPace(t)
		arrive := p.From + rapid.Int64Range(-20000, 120000).Draw(t, "arrive")
		drive := rapid.Int64Range(0, 40000).Draw(t, "drive")
		got := p.Leave(arrive, drive)
		if there := p.Arrive(got, drive); there > arrive {
			t.Fatalf("leaving at %d arrives at %d, want no later than %d", got, there, arrive)
		}
		if there := p.Arrive(got+1, drive); there <= arrive {
			t.Fatalf("leaving at %d is too early: a second later still arrives at %d", got, there)
		}
	})
}

func TestPaceGoesThroughTheHours(t *testing.T) {
	t.Parallel()
	p := Pace{From: 36000, Times: []float64{1, 2, 0.5}}
	for _, c := range []struct {
		name                string
		leave, drive, there int64
	}{
		{"within an hour", 36000, 600, 36600},
		{"into a slow hour", 39000, 1200, 39600 + 1200},
		{"through it", 39000, 600 + 1800 + 600, 43200 + 300},
		{"before the first", 30000, 600, 30600},
		{"after the last", 90000, 600, 90300},
		{"no way at all", 40000, 0, 40000},
	} {
		if got := p.Arrive(c.leave, c.drive); got != c.there {
			t.Errorf("%s: arrives at %d, want %d", c.name, got, c.there)
		}
	}
	if got, want := p.Mean(36000, 43200), 2/(1+0.5); math.Abs(got-want) > 1e-12 {
		t.Errorf("Mean = %v, want %v", got, want)
	}
	if got := (Pace{}).Arrive(100, 50); got != 150 {
		t.Errorf("without hours Arrive = %d, want 150", got)
	}
}

func TestCityTrafficIsSound(t *testing.T) {
	t.Parallel()
	if err := CityTraffic.Check(); err != nil {
		t.Fatal(err)
	}
	moscow, err := time.LoadLocation("Europe/Moscow")
	if err != nil {
		t.Fatal(err)
	}
	nine := time.Date(2026, 11, 23, 9, 0, 0, 0, moscow)
	p := CityTraffic.Pace(nine, nine.Add(9*time.Hour))
	if got := p.Mean(nine.Unix(), nine.Add(9*time.Hour).Unix()); math.Abs(got-1) > 0.02 {
		t.Errorf("over a working day driving takes %v times as long, want about once", got)
	}
	if got, want := p.Times[0], CityTraffic.Weekday[9]; got != want || p.From != nine.Unix() {
		t.Errorf("the day begins at %d with %v, want %d with %v", p.From, got, nine.Unix(), want)
	}
	if got, want := CityTraffic.Pace(nine.AddDate(0, 0, 5), nine.AddDate(0, 0, 5)).Times, CityTraffic.Weekend[9:10]; !slices.Equal(got, want) {
		t.Errorf("Saturday at nine has %v, want %v", got, want)
	}
}

// Hours are those of people's clocks where a zone lies half an hour off, and where clocks change.
func TestPaceFollowsTheClock(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Asia/Kolkata", "Asia/Kathmandu", "Europe/Berlin", "America/St_Johns"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Date(2026, 10, 25, 0, 40, 0, 0, zone) // in Berlin the clock is put back
		p := CityTraffic.Pace(begin, begin.Add(20*time.Hour))
		if p.From > begin.Unix() || p.From <= begin.Unix()-3600 {
			t.Fatalf("%s: the first hour begins at %d, want the one of %d", name, p.From, begin.Unix())
		}
		for minute := range 20 * 60 {
			at := begin.Add(time.Duration(minute) * time.Minute)
			times, _, _ := p.hour(float64(at.Unix() - p.From))
			if want := CityTraffic.Weekend[at.Hour()]; times != want {
				t.Fatalf("%s: at %v driving takes %v, want %v", name, at, times, want)
			}
		}
	}
}

func TestSitesMakeCities(t *testing.T) {
	t.Parallel()
	centre := Point{Lat: 55.75, Lon: 37.62}
	village := Point{Lat: 55.2, Lon: 36.5}
	var sites []Point
	for i := range 40 {
		sites = append(sites, Point{Lat: centre.Lat + float64(i%7)*0.001, Lon: centre.Lon + float64(i%6)*0.001})
	}
	for range 6 {
		sites = append(sites, village)
	}
	lonely := Point{Lat: 54.9, Lon: 36}
	got, err := CityTraffic.Over(append(sites, lonely))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		at   Point
		want Land
	}{{centre, CityLand}, {village, TownLand}, {lonely, CountryLand}, {Point{Lat: 99}, CountryLand}} {
		if land := got.Land(c.at); land != c.want {
			t.Errorf("%v is %s, want %s", c.at, land, c.want)
		}
	}
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	if rush, free := got.Time(centre, village, noon.Add(6*time.Hour)), got.Time(centre, village, noon); rush <= free {
		t.Errorf("the rush takes %v, and noon %v", rush, free)
	}
	if !slices.Equal(CityTraffic.Weekday, got.Weekday) || CityTraffic.Cells != nil {
		t.Error("Over changed what it was called on")
	}
}

// Roads are as long and as slow there and back, and longer ways take longer.
func TestRoadsAreTheSameBothWays(t *testing.T) {
	t.Parallel()
	lands := []Land{CityLand, TownLand, CountryLand}
	rapid.Check(t, func(t *rapid.T) {
		a := Point{Lat: 55, Lon: 37}
		b := Point{Lat: 55 + rapid.Float64Range(0, 1).Draw(t, "north"), Lon: 37}
		from, to := rapid.SampledFrom(lands).Draw(t, "from"), rapid.SampledFrom(lands).Draw(t, "to")
		roads := CityTraffic.Roads
		there, back := roads.Time(a, b, from, to), roads.Time(b, a, to, from)
		if (there - back).Abs() > time.Second {
			t.Fatalf("%v there, %v back", there, back)
		}
		further := Point{Lat: b.Lat + 0.01, Lon: 37}
		if got := roads.Time(a, further, from, to); got < there {
			t.Fatalf("%v to what lies further, %v to what lies nearer", got, there)
		}
		if from == CityLand && to == CityLand {
			if d := Distance(a, b); d < 2*localReach && (CityTravel.Time(a, b)-there).Abs() > time.Second {
				t.Fatalf("inside a city %v, want %v", there, CityTravel.Time(a, b))
			}
		}
		if got, least := roads.Distance(a, b, from, to), Distance(a, b); got < least {
			t.Fatalf("the road is %v long, the great circle %v", got, least)
		}
	})
}

func TestTrafficThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, says string
		change     func(*Traffic)
	}{
		{"no roads", "CITY", func(t *Traffic) { t.Roads = nil }},
		{"standing still", "roads.TOWN.speed", func(t *Traffic) {
			t.Roads = Roads{CityLand: t.Roads[CityLand], TownLand: {Detour: 1.3}, CountryLand: t.Roads[CountryLand]}
		}},
		{"shorter than straight", "roads.CITY.detour", func(t *Traffic) { t.Roads = Roads{CityLand: {Detour: 0.9, Speed: 20}} }},
		{"unknown ground", "MOON", func(t *Traffic) {
			t.Roads = Roads{CityLand: {1, 20}, TownLand: {1, 20}, CountryLand: {1, 20}, "MOON": {1, 20}}
		}},
		{"23 hours", "weekday must have 24", func(t *Traffic) { t.Weekday = t.Weekday[1:] }},
		{"NaN", "weekend at 03:00", func(t *Traffic) { t.Weekend = slices.Clone(t.Weekend); t.Weekend[3] = math.NaN() }},
		{"towns larger than cities", "sites.TOWN", func(t *Traffic) { t.Sites = Density{City: 5, Town: 6} }},
	} {
		bad := CityTraffic
		c.change(&bad)
		if err := bad.Check(); !errors.Is(err, ErrTraffic) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want ErrTraffic that names %q", c.name, err, c.says)
		}
	}
}
