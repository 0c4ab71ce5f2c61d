package route

import "math"

// Nowhere stands for a place that is not known: driving to and from it takes no time. A node that is Nowhere
// happens wherever the vehicle is, like a lunch.
const Nowhere int32 = -1

// never is earlier than every moment of a day.
const never int64 = math.MinInt64 / 4

// Window is a stretch in which service may begin, both ends included, in seconds.
type Window struct {
	Open  int64 `json:"open"`
	Close int64 `json:"close"`
}

// Node is something to do.
type Node struct {
	Place   int32
	Service int64    // seconds
	Windows []Window // ascending and apart; empty: at any time
}

// Day is one vehicle's day. Moments are seconds from any common zero.
type Day struct {
	Nodes  []Node
	Drive  func(from, to int32) int64 // seconds between two places, at an even pace
	Hours  Hours                      // how the pace of traffic changes; nil: it is even
	Start  int32                      // place, or Nowhere
	End    int32                      // place, or Nowhere
	Opens  int64                      // leaves the start
	Closes int64                      // should be at the end
}

// Hours turn drives at an even pace into drives by the hour. Who leaves later must not arrive earlier.
type Hours interface {
	Arrive(leave, drive int64) int64 // when who leaves then arrives
	Leave(arrive, drive int64) int64 // the latest moment to leave, to arrive no later than that
}

// begin is the earliest moment from t on at which service may begin, and by how much the last window was missed.
func (n *Node) begin(t int64) (start, late int64) {
	for _, w := range n.Windows {
		if t <= w.Close {
			return max(t, w.Open), 0
		}
	}
	if len(n.Windows) == 0 {
		return t, 0
	}
	return t, t - n.Windows[len(n.Windows)-1].Close
}

// latest is the latest moment up to t at which service may begin; never where there is none.
func (n *Node) latest(t int64) int64 {
	if len(n.Windows) == 0 {
		return t
	}
	for i := len(n.Windows) - 1; i >= 0; i-- {
		if w := n.Windows[i]; w.Open <= t {
			return min(t, w.Close)
		}
	}
	return never
}

func (p *Day) drive(from, to int32) int64 {
	if from == to || from < 0 || to < 0 {
		return 0
	}
	return p.Drive(from, to)
}

// arrive is when who leaves a place then is at another.
func (p *Day) arrive(from, to int32, leave int64) int64 {
	drive := p.drive(from, to)
	if p.Hours == nil || drive == 0 {
		return leave + drive
	}
	return p.Hours.Arrive(leave, drive)
}

// Leave is the latest moment to leave a place, to be at another no later than that.
func (p *Day) Leave(from, to int32, arrive int64) int64 {
	drive := p.drive(from, to)
	if p.Hours == nil || drive == 0 || arrive <= never/2 {
		return arrive - drive
	}
	return p.Hours.Leave(arrive, drive)
}

// added is the driving that a detour to a place, with a stay there, adds to the way from one place to the next.
func (p *Day) added(from, here, to int32, leave, stay int64) int64 {
	there := p.arrive(from, here, leave)
	on := p.arrive(here, to, there+stay)
	return (there - leave) + (on - there - stay) - (p.arrive(from, to, leave) - leave)
}
