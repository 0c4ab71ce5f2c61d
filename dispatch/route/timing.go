package route

// Timing is an order walked through.
type Timing struct {
	Drive   []int64 // seconds of driving to each node
	Arrival []int64
	Depart  []int64 // service done; waiting for a window lies between arrival and service
	Home    int64   // driving from the last node to the end
	Finish  int64   // at the end
	Travel  int64   // all driving
	Late    int64   // seconds beyond the last window of each node, summed
	Over    int64   // seconds beyond Closes
}

// Broken is by how much the order breaks its windows and its day.
func (t Timing) Broken() int64 { return t.Late + t.Over }

// Time walks the order. A window that can't be kept makes the node late; service then begins on arrival.
func (p *Day) Time(order []int32) Timing {
	t := Timing{
		Drive:   make([]int64, len(order)),
		Arrival: make([]int64, len(order)),
		Depart:  make([]int64, len(order)),
	}
	now, at := p.Opens, p.Start
	for i, c := range order {
		n := &p.Nodes[c]
		if n.Place != Nowhere {
			t.Drive[i] = p.arrive(at, n.Place, now) - now
			at = n.Place
		}
		t.Travel += t.Drive[i]
		now += t.Drive[i]
		t.Arrival[i] = now
		start, late := n.begin(now)
		t.Late += late
		now = start + n.Service
		t.Depart[i] = now
	}
	t.Home = p.arrive(at, p.End, now) - now
	t.Travel += t.Home
	t.Finish = now + t.Home
	t.Over = max(0, t.Finish-p.Closes)
	return t
}
