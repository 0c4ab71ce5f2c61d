package routetest

import (
	"fmt"
	"math"
	"slices"
)

// Missed lists the unassigned tasks that could be put into a route of a sound solution as it is, without touching the
// order of the others: by trying every place of every vehicle. Tasks tied to others (together, after) and tasks with a
// prize, which may be left out, are not looked at.
func Missed(problem, solution []byte) (missed []string) {
	c, err := newChecker(problem, solution)
	if err != nil {
		return []string{err.Error()}
	}
	orders := map[uint64][]work{}
	for _, r := range c.s.Routes {
		for _, s := range r.Steps {
			if w, is := c.taskOf(s); is {
				orders[r.Vehicle] = append(orders[r.Vehicle], w)
			}
		}
	}
	tied := map[uint64]bool{}
	if c.p.Hexbeat != nil {
		for _, pair := range c.p.Hexbeat.Together {
			tied[pair[0]], tied[pair[1]] = true, true
		}
	}
	for _, u := range *c.s.Unassigned {
		w := c.all[c.number[name(u.Type, u.ID)]]
		if w.kind == "delivery" || w.wish != nil && (w.wish.Prize != nil || w.wish.After != nil) || w.kind == "job" && tied[w.ID] {
			continue
		}
		for _, v := range c.p.Vehicles {
			if at, fits := c.fits(v, orders[v.ID], w); fits {
				missed = append(missed, fmt.Sprintf("%s %d is unassigned, and fits into the route of vehicle %d at place %d", w.kind, w.ID, v.ID, at))
				break
			}
		}
	}
	return missed
}

// fits looks for a place for the task, or for both ends of a shipment.
func (c *checker) fits(v vehicle, order []work, w work) (at int, fits bool) {
	if !v.mayServe(w) {
		return 0, false
	}
	for i := range len(order) + 1 {
		with := slices.Insert(slices.Clone(order), i, w)
		if w.partner < 0 {
			if c.feasible(v, with) {
				return i, true
			}
			continue
		}
		for k := i + 1; k <= len(with); k++ {
			if c.feasible(v, slices.Insert(slices.Clone(with), k, c.all[w.partner])) {
				return i, true
			}
		}
	}
	return 0, false
}

// feasible says whether the vehicle can do the tasks in this order, with its breaks wherever they fit.
func (c *checker) feasible(v vehicle, order []work) bool {
	if v.MaxTasks != nil && int64(len(order)) > *v.MaxTasks {
		return false
	}
	loads, fit := v.loads(order)
	if !fit {
		return false
	}
	legs, fit := c.legs(v, order)
	if !fit {
		return false
	}
	return v.onTime(order, legs, loads)
}

// loads is what is on board before each task and at the end.
func (v vehicle) loads(order []work) (loads [][]int64, fit bool) {
	if len(v.Capacity) == 0 {
		return make([][]int64, len(order)+1), true
	}
	load := make([]int64, len(v.Capacity))
	for _, w := range order {
		if w.fromTheOutset {
			load = plus(load, w.off)
		}
	}
	loads = append(loads, slices.Clone(load))
	for _, w := range order {
		for k := range w.off {
			load[k] -= w.off[k]
		}
		load = plus(load, w.on)
		loads = append(loads, slices.Clone(load))
	}
	for _, load := range loads {
		for k := range load {
			if load[k] > v.Capacity[k] {
				return nil, false
			}
		}
	}
	return loads, true
}

// legs is the travel to each task and home, in hundredths of a second.
func (c *checker) legs(v vehicle, order []work) (legs []int64, fit bool) {
	var metres, total int64
	at := v.start()
	for i := range len(order) + 1 {
		to := v.end()
		if i < len(order) {
			to = order[i].spot()
		}
		l := c.ground.between(v, at, to)
		if l.noWay {
			return nil, false
		}
		legs = append(legs, l.seconds*v.scale())
		total += l.seconds * v.scale()
		metres += l.metres
		if to.known {
			at = to
		}
	}
	tooLong := v.MaxTravelTime != nil && total > 100**v.MaxTravelTime
	tooFar := v.MaxDistance != nil && metres > *v.MaxDistance
	return legs, !tooLong && !tooFar
}

const never = math.MaxInt64

// onTime looks for the earliest end of each task with so many breaks before it: an earlier one is never worse.
func (v vehicle) onTime(order []work, legs []int64, loads [][]int64) bool {
	closes := int64(never)
	from := int64(0)
	if v.Window != nil {
		from, closes = 100*v.Window[0], 100*v.Window[1]
	}
	done := make([]int64, len(v.Breaks)+1) // by breaks taken: when the last task ended
	for b := range done {
		done[b] = never
	}
	done[0] = from
	breaks := slices.Clone(v.Breaks)
	slices.SortStableFunc(breaks, func(a, b rest) int { return slices.Compare(first(a), first(b)) })
	at := v.start()
	for i := range len(order) + 1 {
		next := make([]int64, len(done))
		for b := range next {
			next[b] = never
		}
		for b, t := range done {
			ahead := legs[i]
			for k := b; t != never; k++ {
				if i == len(order) {
					next[k] = min(next[k], t+ahead)
				} else {
					w := order[i]
					if begin := opened(t+ahead, w.Windows); begin != never {
						setup := w.setupOn(v)
						if at == w.spot() {
							setup = 0
						}
						next[k] = min(next[k], begin+100*(setup+w.serviceOn(v)))
					}
				}
				if k == len(breaks) || overloaded(loads[i], breaks[k].MaxLoad) {
					break
				}
				begin := opened(t, breaks[k].Windows)
				if begin == never {
					break
				}
				ahead -= min(ahead, begin-t)
				t = begin + 100*breaks[k].Service
			}
		}
		done = next
		if i < len(order) {
			at = order[i].spot()
		}
	}
	return done[len(breaks)] <= closes && done[len(breaks)] != never
}

// first is what breaks are in order of.
func first(b rest) []int64 {
	if len(b.Windows) == 0 {
		return []int64{0, never}
	}
	earliest := slices.MinFunc(b.Windows, func(a, b [2]int64) int { return slices.Compare(a[:], b[:]) })
	return earliest[:]
}

// opened is the first moment from t on, in hundredths, at which a window is open.
func opened(t int64, windows [][2]int64) int64 {
	if len(windows) == 0 {
		return t
	}
	best := int64(never)
	for _, w := range windows {
		if t <= 100*w[1] {
			best = min(best, max(t, 100*w[0]))
		}
	}
	return best
}

func overloaded(load, most []int64) bool {
	for k := range most {
		if load[k] > most[k] {
			return true
		}
	}
	return false
}
