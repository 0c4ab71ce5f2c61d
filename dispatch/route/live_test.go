package route

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestLiveLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 5))
		p := aField(rng, rapid.IntRange(1, 25).Draw(t, "visits"), rapid.IntRange(1, 5).Draw(t, "vehicles"), false)
		p.Shipments, p.Together = nil, nil
		for i := range p.Visits {
			p.Visits[i].After = nil
		}
		l, err := NewLive(p)
		if err != nil {
			t.Fatal(err)
		}
		now := *p // as far as vehicles go
		now.Vehicles = slices.Clone(p.Vehicles)
		for range 60 {
			c, r := rng.Int32N(int32(len(p.Visits))), rng.Int32N(int32(len(p.Vehicles)))
			switch rng.IntN(8) {
			default:
				choices, why := l.Choices(c, 3), l.Why(c)
				placed := l.pl.at[c] >= 0
				made, err := l.Insert(c)
				switch {
				case placed != (len(choices) == 0 && err != nil) && placed:
					t.Fatalf("visit %d has a place and is offered %v", c, choices)
				case placed:
				case (len(choices) == 0) != errors.Is(err, ErrNoPlace):
					t.Fatalf("visit %d: %v, but %v", c, choices, err)
				case err == nil && made != choices[0]:
					t.Fatalf("visit %d went to %+v, not %+v", c, made, choices[0])
				case err != nil && why.Counts[Fits] > 0:
					t.Fatalf("visit %d has no place, but fits: %v", c, why)
				}
			case 0:
				l.Cancel(c)
			case 1:
				moves := l.Out(r)
				now.Vehicles[r].Closes = now.Vehicles[r].Opens
				if len(l.Route(r).Visits()) > 0 {
					t.Fatalf("vehicle %d is out with %v", r, l.Route(r).Visits())
				}
				if len(moves.Moved) != len(moves.Visits) {
					t.Fatalf("%d visits moved to %d places", len(moves.Visits), len(moves.Moved))
				}
			case 2:
				opens := p.Vehicles[r].Opens + rng.Int64N(10_000)
				l.Late(r, opens)
				now.Vehicles[r].Opens = opens
				now.Vehicles[r].Closes = max(now.Vehicles[r].Closes, opens)
			}
			if err := verify(&now, l.Solution()); err != nil {
				t.Fatal(err)
			}
			sameAsWalked(t, l.pl)
		}
	})
}

// What a near miss says would help, helps.
func TestNearMissesAreTrue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 6))
		p := aField(rng, 14, 2, true)
		s, err := NewSolver(p, Options{})
		if err != nil {
			t.Fatal(err)
		}
		best := s.settled()
		for _, u := range s.Unserved() {
			if u.Counts[Fits] > 0 {
				t.Fatalf("visit %d is left out, but fits: %v", u.Visit, u)
			}
			for _, near := range u.Near {
				if near.Code != Shut {
					continue
				}
				changed := func(by int64) bool {
					hull := best.m.hull[u.Visit]
					if near.Opens {
						hull.open -= int32(by)
					} else {
						hull.close += int32(by)
					}
					first, last := best.gaps(near.Vehicle)
					for k := first; k <= last; k++ {
						if _, _, ok := best.judge(u.Visit, near.Vehicle, k, hull); ok {
							return true
						}
					}
					return false
				}
				if !changed(near.By) || changed(near.By-1) {
					t.Fatalf("visit %d: a window %d s wider should fit, and %d s should not: %+v", u.Visit, near.By, near.By-1, near)
				}
			}
		}
	})
}

// Each promise can be kept at its beginning and at its end.
func TestPromisesCanBeKept(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 7))
		p := aField(rng, 16, 3, false)
		p.Shipments, p.Together = nil, nil
		for i := range p.Visits {
			p.Visits[i].After = nil
		}
		l, err := NewLive(p)
		if err != nil {
			t.Fatal(err)
		}
		for c := range int32(15) {
			_, _ = l.Insert(c) // some find no place
		}
		for c := range int32(16) {
			for _, promise := range l.Slots(c, 10) {
				for _, at := range []int64{promise.From, promise.To} {
					moment := l.m.moment(at)
					k := int32(-1)
					first, last := l.pl.gaps(promise.Vehicle)
					for i := first; i <= last; i++ {
						if _, start, ok := l.pl.judge(c, promise.Vehicle, i, span{moment, moment}); ok && start == moment {
							k = int32(i)
						}
					}
					if k < 0 {
						t.Fatalf("visit %d can't be served at %d, promised by %+v", c, at, promise)
					}
				}
			}
		}
	})
}

func TestLiveAnswersEightAtOnce(t *testing.T) {
	t.Parallel()
	l := aCity(t, 300, 20)
	var all sync.WaitGroup
	for caller := range 8 {
		all.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(caller), 8))
			for range 40 {
				c := rng.Int32N(300)
				switch caller {
				case 0:
					l.Cancel(c)
					_, _ = l.Insert(c) // who finds no place is of no matter here
				case 1:
					l.Late(rng.Int32N(20), 3600)
				default:
					l.Choices(c, 10)
					l.Slots(c, 10)
					l.Why(c)
				}
			}
		})
	}
	all.Wait()
	for _, route := range l.Solution().Routes {
		if route.Finish > 10*3600 {
			t.Errorf("a route ends at %d", route.Finish)
		}
	}
}

// aCity is a live plan of visits and reps on 60 km by 40 km, filled as far as it goes but for the last fiftieth of the
// visits.
func aCity(t testing.TB, visits, reps int) *Live {
	t.Helper()
	rng := rand.New(rand.NewPCG(11, 12))
	points := make([][2]float64, visits+reps)
	for i := range points {
		points[i] = [2]float64{rng.Float64() * 60_000, rng.Float64() * 40_000}
	}
	p := &Problem{Travel: []Table{{Places: len(points), Way: func(a, b int32) (int32, int32) {
		metres := 1.3 * math.Sqrt((points[a][0]-points[b][0])*(points[a][0]-points[b][0])+(points[a][1]-points[b][1])*(points[a][1]-points[b][1]))
		return int32(metres / 8), int32(metres)
	}}}}
	const day = 9 * 3600
	for i := range visits {
		v := Visit{Place: int32(i), Service: 300 + rng.Int64N(900), Skills: []int32{rng.Int32N(4)}}
		if rng.IntN(3) == 0 {
			open := rng.Int64N(6 * 3600)
			v.Windows = []Window{{open, open + 3*3600}}
		}
		p.Visits = append(p.Visits, v)
	}
	// Each rep is given what lies nearest and not yet with a fuller one, in the order of the compass.
	near := make([][]int32, reps)
	for c := range visits - visits/50 {
		best, least := 0, math.Inf(1)
		for r := range reps {
			away, _ := p.Travel[0].Way(int32(c), int32(visits+r))
			if pull := float64(away) * float64(10+len(near[r])); pull < least && int(p.Visits[c].Skills[0]) != r%4 {
				best, least = r, pull
			}
		}
		near[best] = append(near[best], int32(c))
	}
	for r := range reps {
		home := points[visits+r]
		slices.SortFunc(near[r], func(a, b int32) int {
			x := math.Atan2(points[a][1]-home[1], points[a][0]-home[0])
			y := math.Atan2(points[b][1]-home[1], points[b][0]-home[0])
			return int(1e6 * (x - y))
		})
		p.Vehicles = append(p.Vehicles, Vehicle{
			Start: int32(visits + r), End: int32(visits + r), Closes: day, PerHour: 3600, Given: near[r],
			Skills: []int32{int32(r+1) % 4, int32(r+2) % 4, int32(r+3) % 4},
			Breaks: []Break{{Service: 1800, Windows: []Window{{4 * 3600, 5 * 3600}}}},
		})
	}
	l, err := NewLive(p)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// BenchmarkLive measures what a dispatcher waits for, with 10,000 visits and 500 reps held ready.
func BenchmarkLive(b *testing.B) {
	l := aCity(b, 10_000, 500)
	var open []int32
	each(l.pl.missing, func(c int32) { open = append(open, c) })
	for _, c := range open[:len(open)*9/10] {
		_, _ = l.Insert(c) // as full as days are
	}
	open = open[len(open)*9/10:]
	b.Logf("%d visits on routes, %d without", 10_000-ones(l.pl.missing), ones(l.pl.missing))
	b.Run("choices", func(b *testing.B) {
		measure(b, func(i int) { l.Choices(open[i%len(open)], 10) })
	})
	b.Run("insert-cancel", func(b *testing.B) {
		measure(b, func(i int) {
			c := open[i%len(open)]
			if _, err := l.Insert(c); err == nil {
				l.Cancel(c)
			}
		})
	})
	b.Run("why", func(b *testing.B) {
		measure(b, func(i int) { l.Why(open[i%len(open)]) })
	})
	b.Run("slots", func(b *testing.B) {
		measure(b, func(i int) { l.Slots(open[i%len(open)], 10) })
	})
	b.Run("late", func(b *testing.B) {
		measure(b, func(i int) { l.Late(int32(i%500), 1800) })
	})
	b.Run("eight-callers", func(b *testing.B) {
		var mu sync.Mutex
		var all []time.Duration
		var callers sync.WaitGroup
		for caller := range 8 {
			callers.Go(func() {
				for i := range max(1, b.N/8) {
					begun := time.Now()
					l.Choices(open[(caller*31+i)%len(open)], 10)
					took := time.Since(begun)
					mu.Lock()
					all = append(all, took)
					mu.Unlock()
				}
			})
		}
		callers.Wait()
		report(b, all)
	})
	b.Run("out", func(b *testing.B) {
		measure(b, func(i int) {
			// The rep comes back as it was, outside of what is measured only by being cheap.
			r := int32(i % 500)
			closes := l.m.car[r].closes
			moves := l.Out(r)
			for _, c := range moves.Visits {
				l.remove(c)
			}
			l.m.car[r].closes = closes
			l.pl.refresh(r)
			for _, c := range append(moves.Visits, moves.Left...) {
				if at := l.pl.scan(c, r, -1, nil); at.k >= 0 {
					l.pl.insert(c, r, int(at.k))
				}
			}
		})
	})
}

// measure runs f b.N times and reports its percentiles.
func measure(b *testing.B, f func(i int)) {
	b.ReportAllocs()
	all := make([]time.Duration, 0, b.N)
	for i := range b.N {
		begun := time.Now()
		f(i)
		all = append(all, time.Since(begun))
	}
	report(b, all)
}

func report(b *testing.B, all []time.Duration) {
	slices.Sort(all)
	for _, at := range []struct {
		name string
		part float64
	}{{"p50-µs", 0.5}, {"p95-µs", 0.95}, {"p99-µs", 0.99}} {
		b.ReportMetric(float64(all[int(at.part*float64(len(all)-1))].Nanoseconds())/1000, at.name)
	}
}
