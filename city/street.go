package city

import (
	"math"
	"math/rand/v2"
	"slices"
)

// layStreets fills the town with streets: first the main streets of the districts, far apart,
// then side streets between them. Each is drawn along the grain from a free spot until it
// would leave its ground or run too close beside another (evenly spaced streamlines, after
// Jobard and Lefer), and is then tied to the streets it meets.
func layStreets(r *rand.Rand, c *plan) []street {
	d := drawing{plan: c, streets: slices.Clone(c.roads), marks: newMarks(c.size * 2)}
	for i, s := range d.streets {
		d.marks.add(s.axis, i)
	}
	d.grain = grain{c, d.marks}
	main := newMarks(c.size * 2) // the grain looks at main roads only
	for i, s := range c.roads {
		main.add(s.axis, i)
	}
	d.grain.roads = main
	spots := spots(r, c, 95)
	d.fill(spots, medium)
	d.fill(spots, minor)
	d.tie()
	d.fill(spots, minor) // what was rubbed out has left gaps
	d.tie()
	return d.streets
}

// drawing is the map while streets are being added.
type drawing struct {
	plan    *plan
	grain   grain
	streets []street
	marks   *marks
}

// spots is where a street may begin: a jittered lattice, the centre first.
func spots(r *rand.Rand, c *plan, apart float64) []vec {
	var all []vec
	for y := -c.size * 1.5; y < c.size*1.5; y += apart {
		for x := -c.size * 1.5; x < c.size*1.5; x += apart {
			p := vec{x + (r.Float64()-0.5)*apart, y + (r.Float64()-0.5)*apart}
			if c.inTown(p) {
				all = append(all, p)
			}
		}
	}
	slices.SortFunc(all, byDistance)
	return all
}

func (d *drawing) fill(spots []vec, k class) {
	for _, p := range spots {
		for _, arm := range []vec{toward(d.grain.at(p)), toward(d.grain.at(p)).left()} {
			if !d.allowed(p, k) || d.crowded(p, arm, d.gap(p, arm, k)) {
				continue
			}
			ahead, back := d.draw(p, arm, k), d.draw(p, arm.times(-1), k)
			l := append(reversed(back), ahead[1:]...)
			if l.length() < 160 {
				continue
			}
			d.marks.add(l, len(d.streets))
			d.streets = append(d.streets, street{axis: l, class: k})
		}
	}
}

// allowed says whether a street of the class may run here.
func (d *drawing) allowed(p vec, k class) bool {
	c := d.plan
	if !c.inTown(p) || c.river.offshore(p) < 45 || c.inPark(p) {
		return false
	}
	return k >= medium || c.brook.offshore(p) > 25 && !c.inWorks(p)
}

// gap is how far apart parallel streets lie: less in the centre; streets that lead out of
// town farther apart than those around it, which makes blocks oblong.
func (d *drawing) gap(p, arm vec, k class) float64 {
	oblong := 0.85
	if math.Abs(arm.dot(p.unit())) > math.Sqrt2/2 {
		oblong = 1.45
	}
	if k == medium {
		return 560 + 260*min(1, p.length()/d.plan.size)
	}
	return oblong * (118 + 95*min(1.2, p.length()/d.plan.size))
}

// crowded says whether a parallel street lies closer than the distance.
func (d *drawing) crowded(p, arm vec, distance float64) bool {
	return d.marks.any(p, distance, func(k mark) bool { return math.Abs(k.along.dot(arm)) > 0.75 })
}

// draw follows the grain from p and stops where the street cannot go on.
func (d *drawing) draw(p, arm vec, k class) line {
	const step, turnLimit = 15.0, 2.2
	limit := 1100.0
	if k == medium {
		limit = 2300
	}
	l, turned := line{p}, 0.0
	for along := arm; float64(len(l))*step < limit; {
		half := d.grain.along(p.add(along.times(step/2)), along)
		turned += math.Asin(min(1, max(-1, along.cross(half))))
		p, along = p.add(half.times(step)), half
		if !d.allowed(p, k) || d.crowded(p, along, 0.6*d.gap(p, along, k)) || math.Abs(turned) > turnLimit {
			break
		}
		l = append(l, p)
	}
	return l
}

// tie makes a network of the strokes: an end is led on to the next street if that is near,
// else cut back to the last crossing. What crosses nothing twice is rubbed out.
func (d *drawing) tie() {
	n := len(d.plan.roads)
	for i := n; i < len(d.streets); i++ {
		s := &d.streets[i]
		s.axis = d.lead(s.axis, i)
		s.axis = reversed(d.lead(reversed(s.axis), i))
	}
	for range 3 {
		d.marks = newMarks(d.plan.size * 2)
		for i, s := range d.streets {
			d.marks.add(s.axis, i)
		}
		for i := n; i < len(d.streets); i++ {
			s := &d.streets[i]
			s.axis = d.trim(s.axis, i)
			s.axis = reversed(d.trim(reversed(s.axis), i))
			if s.axis.length() < 110 {
				s.axis = nil
			}
		}
		d.streets = slices.DeleteFunc(d.streets, func(s street) bool { return len(s.axis) == 0 })
	}
}

// lead walks on from the end of a street until it meets another, at most one block.
func (d *drawing) lead(l line, self int) line {
	if len(l) < 2 {
		return l
	}
	k := d.streets[self].class
	end, along := l[len(l)-1], l.heading(len(l)-1)
	reach := map[class]float64{minor: 1.5, medium: 0.9}[k] * d.gap(end, along, k)
	on := line{end}
	for p := end; float64(len(on))*15 < reach; {
		along = d.grain.along(p, along)
		p = p.add(along.times(15))
		if !d.allowed(p, k) {
			return l
		}
		if t, ok := d.meets(on[len(on)-1], p, self); ok {
			return append(append(l, on[1:]...), mix(on[len(on)-1], p, t))
		}
		on = append(on, p)
	}
	return l
}

// meets is how far along the step from a to b another street is met.
func (d *drawing) meets(a, b vec, self int) (float64, bool) {
	first, found := 2.0, false
	d.marks.any(mix(a, b, 0.5), 45, func(k mark) bool {
		if k.street != self {
			half := k.along.times(markStep * 0.6)
			if t, ok := crossing(a, b, k.at.sub(half), k.at.add(half)); ok && t < first {
				first, found = t, true
			}
		}
		return false
	})
	return first, found
}

// trim cuts what hangs over the last crossing, but for the short stub every such street has.
func (d *drawing) trim(l line, self int) line {
	const stub = 45.0
	hanging := 0.0
	for i := len(l) - 1; i > 0; i-- {
		ahead := l[i].add(l[i].sub(l[i-1]).unit().times(4)) // an end that just touches counts
		if _, ok := d.meets(ahead, l[i-1], self); ok {
			if hanging <= stub {
				return l
			}
			return l[:i+1]
		}
		hanging += l[i].to(l[i-1])
	}
	return nil
}
