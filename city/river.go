package city

import (
	"math"
	"math/rand/v2"
)

// river is an axis with a width. It runs downstream; its left bank is on the left hand.
type river struct {
	axis    line      // a point every riverStep metres
	half    []float64 // half the width at each point
	islands []line
}

const riverStep = 40.0

// newRiver winds through the town so that a bend embraces the centre, which stands on the
// left bank: a sine-generated curve, which is how rivers with even banks meander.
func newRiver(r *rand.Rand, reach float64) river {
	axis := (r.Float64() - 0.5) * 0.9
	wave, swing := 6000+r.Float64()*1500, 0.75+r.Float64()*0.2
	phase, drift := (r.Float64()-0.5)*0.9, r.Float64()*2*math.Pi
	heading := func(s float64) float64 {
		return axis + swing*math.Sin(2*math.Pi*s/wave+phase+0.7*math.Sin(2*math.Pi*s/(2.6*wave)+drift)-0.7*math.Sin(drift))
	}
	start := toward(heading(0)).left().times(-(620 + r.Float64()*160))
	up, down := line{}, line{start}
	for s, p := 0.0, start; p.length() < reach; s -= riverStep {
		p = p.sub(toward(heading(s)).times(riverStep))
		up = append(up, p)
	}
	for s, p := 0.0, start; p.length() < reach; s += riverStep {
		p = p.add(toward(heading(s)).times(riverStep))
		down = append(down, p)
	}
	var w river
	for i := len(up) - 1; i >= 0; i-- {
		w.axis = append(w.axis, up[i])
	}
	w.axis = append(w.axis, down...)
	ripple := r.Float64() * 2 * math.Pi
	for i := range w.axis {
		w.half = append(w.half, 140+22*math.Sin(float64(i)/23+ripple)+14*math.Sin(float64(i)/9))
	}
	w.addIsland(r, len(up)-int((1900+r.Float64()*900)/riverStep))
	w.addIsland(r, len(up)+int((2600+r.Float64()*1200)/riverStep))
	return w
}

// newBrook runs from the edge of the map into the main river at one of its points, on the right
// bank. Its way is drawn until it keeps clear of the river further up.
func newBrook(r *rand.Rand, main river, mouth int, reach float64) river {
	var up line
	for range 40 {
		up = nil
		p := main.axis[mouth]
		out := main.axis.heading(mouth).left().times(-1).angle() + (r.Float64()-0.5)*1.2
		phase, clear := r.Float64()*6, true
		for s := 0.0; p.length() < reach && s < 2*reach && clear; s += riverStep {
			up = append(up, p)
			p = p.add(toward(out + 0.75*math.Sin(s/310+phase) + 0.35*math.Sin(s/1170)).times(riverStep))
			clear = main.offshore(p) > min(s/2, 500)-main.half[mouth]-60
		}
		if clear {
			break
		}
	}
	var w river
	w.axis = reversed(up)
	for i := range w.axis {
		w.half = append(w.half, 6+11*float64(i)/float64(len(w.axis)))
	}
	return w
}

// addIsland widens the river around a point of its axis and lays an island into it.
func (w *river) addIsland(r *rand.Rand, at int) {
	long, wide, off := 480+r.Float64()*260, 80+r.Float64()*40, (r.Float64()-0.5)*50
	var left, right line
	for i := range w.axis {
		s := float64(i-at) * riverStep
		w.half[i] += (wide + 20) * bell(s, long*0.8)
		if math.Abs(s) < long && i > 0 && i < len(w.axis)-1 {
			across, u := w.axis.heading(i).left(), s/long
			h := wide * math.Pow(1-u*u, 0.7) * (1 + 0.15*u)
			left = append(left, w.axis[i].add(across.times(off+h)))
			right = append(right, w.axis[i].add(across.times(off-h*0.9)))
		}
	}
	if len(left) > 4 {
		w.islands = append(w.islands, append(left, reversed(right)...))
	}
}

func reversed(l line) line {
	out := make(line, len(l))
	for i, p := range l {
		out[len(l)-1-i] = p
	}
	return out
}

// nearest is the axis point closest to p and the distance of p to the axis. After a rough look
// along the river it passes by what cannot be closer: axis points are riverStep apart, so
// none of the next (d-best)/riverStep after one at distance d can be.
func (w river) nearest(p vec) (int, float64) {
	at, best := 0, math.Inf(1)
	look := func(i int) float64 {
		d := w.axis[i].to(p)
		if d < best {
			at, best = i, d
		}
		return d
	}
	for i := 0; i < len(w.axis); i += 20 {
		look(i)
	}
	for i := 0; i < len(w.axis); {
		i += max(1, int((look(i)-best)/riverStep))
	}
	for i := max(at, 1); i <= min(at+1, len(w.axis)-1); i++ {
		a, ab := w.axis[i-1], w.axis[i].sub(w.axis[i-1])
		t := min(1, max(0, p.sub(a).dot(ab)/ab.dot(ab)))
		best = min(best, a.add(ab.times(t)).to(p))
	}
	return at, best
}

// offshore is how far p is from the water, negative on it. Islands count as water.
func (w river) offshore(p vec) float64 {
	i, d := w.nearest(p)
	return d - w.half[i]
}

// onLeft says on which bank p lies.
func (w river) onLeft(p vec) bool {
	i, _ := w.nearest(p)
	return w.axis.heading(i).cross(p.sub(w.axis[i])) >= 0
}

// bank is the line along the left or right shore, a distance inland of it.
func (w river) bank(from, to int, left bool, inland float64) line {
	side := -1.0
	if left {
		side = 1
	}
	var l line
	for i := max(from, 0); i < min(to, len(w.axis)); i++ {
		l = append(l, w.axis[i].add(w.axis.heading(i).left().times(side*(w.half[i]+inland))))
	}
	return l
}

// shores is the outline of the water.
func (w river) shores() line {
	return append(w.bank(0, len(w.axis), true, 0), reversed(w.bank(0, len(w.axis), false, 0))...)
}
