package dispatch

import (
	"encoding/json"
	"math"
	"slices"

	"github.com/google/uuid"
)

// Reconsidered compares the engine's first choices in decisions of a time with those it would have made under other weights.
type Reconsidered struct {
	Decisions     int     // looked at
	ByPeople      int     // of them: a person chose, whatever the engine would have
	Moved         int     // the first choice would have been another rep
	TravelBefore  float64 // minutes of driving that the first choices added
	TravelAfter   float64 // and would have added
	GiniBefore    float64 // of the reps' loads with the first choices, see Gini
	GiniAfter     float64
	OtherVersions int // decisions of other engine versions, which can't be made again
}

// Reconsider makes decisions again from the inputs they were made from, in their order, under other weights. A first choice is the best
// of the reps that a decision has kept: the chosen one and the few best of the others. Each rep begins with the load of the first
// decision that speaks of them.
func Reconsider(inputs []json.RawMessage, weights Weights) Reconsidered {
	var sum Reconsidered
	before, after := loads{}, loads{}
	for _, stored := range inputs {
		var in input
		if json.Unmarshal(stored, &in) != nil || in.Engine != EngineVersion {
			sum.OtherVersions++
			continue
		}
		sum.Decisions++
		if in.Kind != KindAuto {
			sum.ByPeople++
		}
		choices := slices.Concat([]choice{in.Chosen}, in.Others)
		for _, c := range choices {
			before.begin(c.Day)
			after.begin(c.Day)
		}
		was := in.cheapestOf(choices)
		in.Weights = weights
		is := in.cheapestOf(choices)
		if was.option.RepID != is.option.RepID {
			sum.Moved++
		}
		sum.TravelBefore += before.add(was)
		sum.TravelAfter += after.add(is)
	}
	sum.TravelBefore, sum.TravelAfter = round(sum.TravelBefore), round(sum.TravelAfter)
	sum.GiniBefore, sum.GiniAfter = before.gini(), after.gini()
	return sum
}

// cheapestOf is the choice that costs least.
func (in input) cheapestOf(choices []choice) (best placed) {
	for i, c := range choices {
		if p := in.place(c); i == 0 || byTotal(p.option, best.option) < 0 {
			best = p
		}
	}
	return best
}

// loads are reps' minutes of work and of time for it.
type loads map[uuid.UUID]*struct{ work, available float64 }

// begin takes a rep's day as it stands, if nothing is known of the rep yet.
func (l loads) begin(s sheet) {
	if l[s.RepID] != nil {
		return
	}
	t := newTimetable(s)
	order := t.settle(t.visits())
	load := t.load(order, t.p.Time(order))
	l[s.RepID] = &struct{ work, available float64 }{load.ServiceMinutes + load.TravelMinutes, load.AvailableMinutes}
}

// add gives a rep one call more and says by how many minutes the driving grows.
func (l loads) add(p placed) float64 {
	l[p.option.RepID].work += p.service + p.detour
	return p.detour
}

func (l loads) gini() float64 {
	var ratios []float64
	for _, rep := range l {
		if rep.available > 0 {
			ratios = append(ratios, rep.work/rep.available)
		}
	}
	return math.Round(Gini(ratios)*1e4) / 1e4
}
