package dispatch

import (
	"slices"
	"time"

	"github.com/hexbeat/hexbeat/dispatch/route"
	"github.com/hexbeat/hexbeat/geo"
)

// timetable is a sheet as route's problem. Its nodes are the sheet's visits, then the engagements, then the calls
// that might join.
type timetable struct {
	sheet  sheet
	tasks  []task
	points []geo.Point // by place
	places map[geo.Point]int32
	ways   ways
	p      route.Day
	spare  route.Timing // to be written over
}

func newTimetable(s sheet, calls ...task) *timetable {
	t := &timetable{sheet: s, tasks: slices.Concat(s.Visits, s.Engagements, calls)}
	t.places, t.ways = make(map[geo.Point]int32, len(t.tasks)+2), waysOf(s, calls...)
	t.p = route.Day{
		Start: t.place(s.Start),
		End:   t.place(s.End),
		Opens: s.Opens, Closes: s.Closes,
		Nodes: make([]route.Node, len(t.tasks)),
	}
	if s.Pace != nil {
		t.p.Hours = s.Pace
	}
	for i, task := range t.tasks {
		t.p.Nodes[i] = route.Node{Place: t.place(task.Point), Service: task.Service, Windows: task.Windows}
	}
	t.p.Drive = remembered(len(t.points), func(a, b int32) int64 { return int64(t.ways.drive(t.points[a], t.points[b]) / time.Second) })
	return t
}

// place is a point's number.
func (t *timetable) place(p *geo.Point) int32 {
	if p == nil {
		return route.Nowhere
	}
	i, known := t.places[*p]
	if !known {
		i = int32(len(t.points))
		t.places[*p], t.points = i, append(t.points, *p)
	}
	return i
}

// with is the timetable with one call more, which becomes its last node. What is known of the drives between its own places serves both.
func (t *timetable) with(call task) *timetable {
	n := int32(len(t.points))
	here := route.Nowhere
	if call.Point != nil {
		var known bool
		if here, known = t.places[*call.Point]; !known {
			here = n
		} else if max(1, call.Slow) != max(1, t.ways.slow[*call.Point]) || t.ways.roads != nil && call.Land != t.ways.land[*call.Point] {
			return newTimetable(t.sheet, call) // it knows more of the place than the day does
		}
	}
	with := &timetable{sheet: t.sheet, tasks: make([]task, 0, len(t.tasks)+1), points: t.points, places: t.places, ways: t.ways, p: t.p}
	with.tasks = append(append(with.tasks, t.tasks...), call)
	with.p.Nodes = make([]route.Node, 0, len(t.tasks)+1)
	with.p.Nodes = append(append(with.p.Nodes, t.p.Nodes...), route.Node{Place: here, Service: call.Service, Windows: call.Windows})
	if here != n {
		return with
	}
	between, points := t.p.Drive, t.points
	var known []int64 // to the call's place from each, then from there; one more than it takes; 0: not asked yet
	with.p.Drive = func(a, b int32) int64 {
		var k, other int32
		switch {
		case a != n && b != n:
			return between(a, b)
		case b == n:
			k, other = a, a
		default:
			k, other = n+b, b
		}
		if known == nil {
			known = make([]int64, 2*n)
		}
		if known[k] == 0 {
			from, to := points[other], *call.Point
			fromLand, toLand := t.ways.land[from], call.Land
			if a == n {
				from, to, fromLand, toLand = to, from, toLand, fromLand
			}
			known[k] = int64(t.ways.between(from, to, fromLand, toLand, max(1, t.ways.slow[points[other]])+max(1, call.Slow))/time.Second) + 1
		}
		return known[k] - 1
	}
	return with
}

// mostRemembered is how many places a day may have for its drives to be kept: those of a longer one would take megabytes.
const mostRemembered = 256

// remembered asks for a drive between two places once: a search asks for the same few hundred thousands of times.
func remembered(places int, drive func(a, b int32) int64) func(a, b int32) int64 {
	if places > mostRemembered {
		return drive
	}
	known := make([]int64, places*places) // one more than it takes; 0: not asked yet
	return func(a, b int32) int64 {
		k := &known[int(a)*places+int(b)]
		if *k == 0 {
			*k = drive(a, b) + 1
		}
		return *k - 1
	}
}

// visits is the order of the sheet's visits as they stand.
func (t *timetable) visits() []int32 {
	order := make([]int32, len(t.sheet.Visits))
	for i := range order {
		order[i] = int32(i)
	}
	return order
}

// visitsOf is an order without the day's engagements.
func (t *timetable) visitsOf(order []int32) []int32 {
	first := int32(len(t.sheet.Visits))
	last := first + int32(len(t.sheet.Engagements))
	var visits []int32
	for _, c := range order {
		if c < first || c >= last {
			visits = append(visits, c)
		}
	}
	return visits
}

// settle puts the engagements into an order of visits, each where the least is late, then the least is driven,
// then the day ends first.
func (t *timetable) settle(visits []int32) []int32 {
	order := slices.Clone(visits)
	for i := range t.sheet.Engagements {
		order = t.join(order, int32(len(t.sheet.Visits)+i), func(_ []int32, got route.Timing) [2]float64 {
			return [2]float64{float64(got.Broken()), float64(got.Travel)*1e6 + float64(got.Finish-t.p.Opens)}
		})
	}
	return order
}

// join inserts node c at that of its promising places which has the least price. The price is told a timing that is written over.
func (t *timetable) join(order []int32, c int32, price func([]int32, route.Timing) [2]float64) []int32 {
	return t.joinUnder(order, t.p.Time(order), c, nil, price)
}

// joinUnder is join into an order whose timing is known. Where the pace of traffic is even, no place is looked at closely whose driving alone
// costs more than the best found so far: least is what the price begins with when so much is driven and nothing else is to be paid. Nil: that is
// not known.
func (t *timetable) joinUnder(
	order []int32, base route.Timing, c int32, least func(travel int64) float64, price func([]int32, route.Timing) [2]float64,
) []int32 {
	// A day of a thousand stops looks at fewer places, so that the time it takes stays bounded.
	most := max(8, min(64, 4096/(len(order)+1)))
	var best []int32
	var lowest [2]float64
	trial := make([]int32, 0, len(order)+1)
	for _, place := range t.p.Insertions(order, base, c, most) {
		if best != nil && least != nil && t.p.Hours == nil && least(base.Travel+place.Added) > lowest[0] {
			continue
		}
		trial = slices.Insert(append(trial[:0], order...), place.At, c)
		t.spare = t.p.TimeOver(trial, t.spare)
		if got := price(trial, t.spare); best == nil || slices.Compare(got[:], lowest[:]) < 0 {
			best, lowest = append(best[:0], trial...), got
		}
	}
	return best
}

// load is the load of the rest of the day in this order.
func (t *timetable) load(order []int32, timing route.Timing) Load {
	service, visits := t.sheet.Rest, t.sheet.UnderWay
	for _, c := range order {
		if t.tasks[c].VisitID != nil {
			service += t.tasks[c].Service
			visits++
		}
	}
	return newLoad(seconds(service), seconds(timing.Travel), seconds(t.sheet.Available), visits)
}

// moved counts the stops whose arrival is further from what was told than people are left in the dark about.
func (t *timetable) moved(order []int32, timing route.Timing) (n int) {
	for i, c := range order {
		if told := t.tasks[c].Told; told != nil && t.tasks[c].VisitID != nil && drifted(moment(timing.Arrival[i]), moment(*told)) {
			n++
		}
	}
	return n
}

// tight is how many minutes of what should be spare before promises end are used up. Calls take longer than planned one time in
// three or four: who is to come at the last minute of a promise comes late. A narrow promise spares half its width.
func (t *timetable) tight(order []int32, timing route.Timing, reserve float64) (used float64) {
	for i, c := range order {
		task := t.tasks[c]
		if !task.Promised || len(task.Windows) == 0 {
			continue
		}
		first, last := task.Windows[0], task.Windows[len(task.Windows)-1]
		spare := min(reserve, minutes(last.Close-first.Open)/2)
		used += min(spare, max(0, spare-minutes(last.Close-timing.Arrival[i])))
	}
	return used
}

func drifted(arrival, told time.Time) bool { return arrival.Sub(told).Abs() > Tolerance }

func minutes(seconds int64) float64 { return float64(seconds) / 60 }

func seconds(n int64) time.Duration { return time.Duration(n) * time.Second }

func moment(n int64) time.Time { return time.Unix(n, 0).UTC() }
