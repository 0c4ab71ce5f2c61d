package geo

import (
	"math"
	"slices"
	"time"
)

// sums are what a territory's figures are made of.
type sums struct {
	sites   int
	load    float64
	amounts []float64
	km      float64 // workload × distance to the middle
	pieces  int
	travel  time.Duration
}

// recount works out the figures of the marked territories from their sites. Always in the same order: an edit done and undone,
// or reached by another way, gives the same bits.
func (w *Workbench) recount(touched []bool) {
	// The sites of each are gone through twice: once for their middle, once for the distances to it.
	members := make([][]int32, len(touched))
	pieces := w.pieces(touched)
	for i := range w.units {
		if t := w.units[i].owner; t >= 0 && touched[t] {
			members[t] = append(members[t], w.units[i].sites...)
		}
	}
	for _, i := range w.apart {
		if t := w.sites[i].owner; t >= 0 && touched[t] {
			members[t] = append(members[t], i)
		}
	}
	for t := range touched {
		if touched[t] {
			slices.Sort(members[t])
			s := w.sum(members[t])
			s.pieces = pieces[t]
			w.tape.figures.set(w.figures, t, s)
		}
	}
}

func (w *Workbench) sum(members []int32) sums {
	var s sums
	var middle vec
	weight, visits := 0.0, 0.0
	for _, i := range members {
		site := &w.sites[i]
		s.sites++
		s.load += site.load
		visits += site.visits
		if site.amounts != nil && s.amounts == nil {
			s.amounts = make([]float64, len(site.amounts))
		}
		for m, x := range site.amounts {
			s.amounts[m] += x
		}
		pull := site.load + 1e-9*w.total
		middle = vec{middle.x + pull*site.at.x, middle.y + pull*site.at.y}
		weight += pull
	}
	if weight > 0 {
		middle = vec{middle.x / weight, middle.y / weight}
	}
	far, inertia := 0.0, 0.0 // by visits, which are what is driven to
	for _, i := range members {
		site := &w.sites[i]
		d2 := site.at.distance2(middle)
		d := math.Sqrt(d2)
		s.km += site.load * d
		far += site.visits * d
		inertia += site.visits * d2
	}
	s.travel = w.driving(visits, far, inertia)
	return s
}

// driving estimates a week's driving in a territory after Daganzo (The distance traveled to visit N points with a maximum of
// C stops per vehicle, 1984): on each day out to the customers and back, and from one to the next 0.57 times the root of
// area × visits. The area is that of a disc of the same spread. Reps are taken to start from the middle.
func (w *Workbench) driving(visits, far, inertia float64) time.Duration {
	if visits == 0 {
		return 0
	}
	const between = 0.57
	area := 2 * math.Pi * inertia / visits
	km := 2*far/visits*min(w.rounds.Days, visits) + between*math.Sqrt(area*visits)
	return time.Duration(km * w.rounds.Travel.Detour / w.rounds.Travel.Speed * float64(time.Hour)).Round(time.Second)
}

// pieces counts those of the marked territories' ground.
func (w *Workbench) pieces(touched []bool) []int {
	count := make([]int, len(touched))
	w.eachPiece(touched, func(t int32, _ []int32) { count[t]++ })
	return count
}

// eachPiece visits the connected pieces of the marked territories, each as its units; the slice is reused.
func (w *Workbench) eachPiece(touched []bool, visit func(territory int32, units []int32)) {
	clear(w.mark)
	var piece []int32
	for i := range w.units {
		t := w.units[i].owner
		if t < 0 || !touched[t] || w.mark[i] || len(w.units[i].sites) == 0 {
			continue
		}
		piece = append(piece[:0], int32(i))
		w.mark[i] = true
		for at := 0; at < len(piece); at++ {
			for _, v := range w.near[piece[at]] {
				if w.units[v].owner == t && !w.mark[v] {
					w.mark[v] = true
					piece = append(piece, v)
				}
			}
		}
		visit(t, piece)
	}
}
