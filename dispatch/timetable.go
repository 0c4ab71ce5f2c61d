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
	p      route.Day
}

func newTimetable(s sheet, calls ...task) *timetable {
	t := &timetable{sheet: s, tasks: slices.Concat(s.Visits, s.Engagements, calls)}
	places := map[geo.Point]int32{}
	place := func(p *geo.Point) int32 {
		if p == nil {
			return route.Nowhere
		}
		if i, known := places[*p]; known {
			return i
		}
		i := int32(len(t.points))
		places[*p], t.points = i, append(t.points, *p)
		return i
	}
	ways := waysOf(s, calls...)
	t.p = route.Day{
		Start: place(s.Start),
		End:   place(s.End),
		Opens: s.Opens, Closes: s.Closes,
		Nodes: make([]route.Node, len(t.tasks)),
	}
	if s.Pace != nil {
		t.p.Hours = s.Pace
	}
	for i, task := range t.tasks {
		t.p.Nodes[i] = route.Node{Place: place(task.Point), Service: task.Service, Windows: task.Windows}
	}
	t.p.Drive = remembered(len(t.points), func(a, b int32) int64 { return int64(ways.drive(t.points[a], t.points[b]) / time.Second) })
	return t
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

// join inserts node c at that of its promising places which has the least price.
func (t *timetable) join(order []int32, c int32, price func([]int32, route.Timing) [2]float64) []int32 {
	// A day of a thousand stops looks at fewer places, so that the time it takes stays bounded.
	most := max(8, min(64, 4096/(len(order)+1)))
	var best []int32
	var least [2]float64
	trial := make([]int32, 0, len(order)+1)
	for _, k := range t.p.Insertions(order, c, most) {
		trial = slices.Insert(append(trial[:0], order...), k, c)
		if got := price(trial, t.p.Time(trial)); best == nil || slices.Compare(got[:], least[:]) < 0 {
			best, least = append(best[:0], trial...), got
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
