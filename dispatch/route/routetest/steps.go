package routetest

import (
	"encoding/json"
	"slices"
)

// WithSteps is the problem with steps for its vehicles: every task, in the order of the file, on the first vehicle and at
// the first place where it fits. It is no good solution, but a sound one to begin from. Breaks are left out.
func WithSteps(given []byte) ([]byte, error) {
	p, err := parse(given)
	if err != nil {
		return nil, err
	}
	c := &checker{p: p}
	c.all = c.p.everything()
	c.ground = newGround(&c.p)
	orders := make([][]work, len(c.p.Vehicles))
	for _, w := range c.all {
		if w.kind == "delivery" {
			continue
		}
		for i, v := range c.p.Vehicles {
			at, fits := c.fits(v, orders[i], w)
			if !fits {
				continue
			}
			orders[i] = slices.Insert(slices.Clone(orders[i]), at, w)
			for k := at + 1; w.partner >= 0 && k <= len(orders[i]); k++ {
				if both := slices.Insert(slices.Clone(orders[i]), k, c.all[w.partner]); c.feasible(v, both) {
					orders[i] = both
					break
				}
			}
			break
		}
	}
	for i, order := range orders {
		for _, w := range order {
			c.p.Vehicles[i].Steps = append(c.p.Vehicles[i].Steps, givenStep{w.kind, w.ID})
		}
	}
	return json.Marshal(c.p)
}
