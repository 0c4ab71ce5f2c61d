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
func (p *Day) Time(order []int32) Timing { return p.TimeOver(order, Timing{}) }

// TimeOver is Time written over a timing that nobody needs any more.
func (p *Day) TimeOver(order []int32, over Timing) Timing {
	n := len(order)
	if cap(over.Drive) < n || cap(over.Arrival) < n || cap(over.Depart) < n {
		all := make([]int64, 3*(n+1))
		over.Drive, over.Arrival, over.Depart = all[:0:n+1], all[n+1:n+1:2*(n+1)], all[2*(n+1):2*(n+1)]
	}
	t := Timing{Drive: over.Drive[:n], Arrival: over.Arrival[:n], Depart: over.Depart[:n]}
	now, at := p.Opens, p.Start
	for i, c := range order {
		n := &p.Nodes[c]
		t.Drive[i] = 0
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
