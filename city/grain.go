package city

import "math"

// grain is the way streets run at every place: a cross of two directions at right angles.
// Near the centre it follows the radius, on the shore the river, beside a main road that
// road, elsewhere the grid of the district. Crosses are averaged as angles times four, which
// makes the four arms of a cross one and the same.
type grain struct {
	plan  *plan
	roads *marks
}

// at is the angle of one arm of the cross at p.
func (g grain) at(p vec) float64 {
	var sum vec
	pull := func(angle, weight float64) { sum = sum.add(toward(4 * angle).times(weight)) }
	for _, q := range g.plan.quarters {
		pull(q.grain, bell(q.at.to(p), 1500)+1e-6)
	}
	pull(p.angle(), 2.5*bell(p.length(), 900))
	for _, w := range []river{g.plan.river, g.plan.brook} {
		i, d := w.nearest(p)
		pull(w.axis.heading(i).angle(), 2*bell(max(0, d-w.half[i]), 400))
	}
	if k, d, ok := g.roads.nearest(p, 500); ok {
		pull(k.along.angle(), 1.8*bell(d, 260))
	}
	bend := 0.09*math.Sin(p.x/870+p.y/2100) + 0.09*math.Sin(p.y/940-p.x/1700)
	return sum.angle()/4 + bend
}

// along is the arm of the cross at p closest to a direction.
func (g grain) along(p, direction vec) vec {
	arm := toward(g.at(p))
	if math.Abs(arm.dot(direction)) < math.Abs(arm.cross(direction)) {
		arm = arm.left()
	}
	if arm.dot(direction) < 0 {
		arm = arm.times(-1)
	}
	return arm
}
