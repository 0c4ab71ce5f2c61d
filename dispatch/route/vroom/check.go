package vroom

import (
	"fmt"
	"slices"
)

// check refuses what can't be seen while reading, since it depends on another part of the problem.
func (p *Problem) check() error {
	if len(p.Vehicles) == 0 {
		return refuse("vehicles", "there is none: give at least one vehicle")
	}
	if len(p.Jobs)+len(p.Shipments) == 0 {
		return refuse("jobs", "there is none, and no shipment: give at least one")
	}
	for _, check := range []func() error{p.checkIDs, p.checkAmounts, p.checkPlaces, p.checkSteps} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// checkIDs refuses an id given twice where VROOM does: among jobs, pickups, deliveries and vehicles, and among the
// breaks of one vehicle.
func (p *Problem) checkIDs() error {
	first := map[uint64]int{}
	for i, j := range p.Jobs {
		if other, twice := first[j.ID]; twice {
			return refuse(fmt.Sprintf("jobs[%d].id", i), "is %d, which jobs[%d] has already: ids of jobs must differ", j.ID, other)
		}
		first[j.ID] = i
	}
	pickups, deliveries := map[uint64]int{}, map[uint64]int{}
	for i, s := range p.Shipments {
		if other, twice := pickups[s.Pickup.ID]; twice {
			return refuse(fmt.Sprintf("shipments[%d].pickup.id", i), "is %d, which shipments[%d] has already: ids of pickups must differ", s.Pickup.ID, other)
		}
		if other, twice := deliveries[s.Delivery.ID]; twice {
			return refuse(fmt.Sprintf("shipments[%d].delivery.id", i), "is %d, which shipments[%d] has already: ids of deliveries must differ", s.Delivery.ID, other)
		}
		pickups[s.Pickup.ID], deliveries[s.Delivery.ID] = i, i
	}
	clear(first)
	for i, v := range p.Vehicles {
		if other, twice := first[v.ID]; twice {
			return refuse(fmt.Sprintf("vehicles[%d].id", i), "is %d, which vehicles[%d] has already: ids of vehicles must differ", v.ID, other)
		}
		first[v.ID] = i
		breaks := map[uint64]int{}
		for k, b := range v.Breaks {
			if other, twice := breaks[b.ID]; twice {
				return refuse(fmt.Sprintf("vehicles[%d].breaks[%d].id", i, k), "is %d, which breaks[%d] has already: ids of a vehicle's breaks must differ", b.ID, other)
			}
			breaks[b.ID] = k
		}
	}
	return nil
}

// checkAmounts wants as many amounts everywhere as the first vehicle has capacities. None at all means none of each.
func (p *Problem) checkAmounts() error {
	size := len(p.Vehicles[0].Capacity)
	wrong := func(got []int64, path string, at ...any) error {
		if got == nil || len(got) == size {
			return nil
		}
		return refuse(fmt.Sprintf(path, at...), "has %d amounts, and vehicles[0].capacity has %d: give as many", len(got), size)
	}
	for i, v := range p.Vehicles {
		if size > 0 && v.Capacity == nil {
			return refuse(fmt.Sprintf("vehicles[%d]", i), "has no capacity, and vehicles[0] has: give all or none")
		}
		if err := wrong(v.Capacity, "vehicles[%d].capacity", i); err != nil {
			return err
		}
		for k, b := range v.Breaks {
			if err := wrong(b.MaxLoad, "vehicles[%d].breaks[%d].max_load", i, k); err != nil {
				return err
			}
		}
	}
	for i, j := range p.Jobs {
		if err := wrong(j.Delivery, "jobs[%d].delivery", i); err != nil {
			return err
		}
		if err := wrong(j.Pickup, "jobs[%d].pickup", i); err != nil {
			return err
		}
	}
	for i, s := range p.Shipments {
		if err := wrong(s.Amount, "shipments[%d].amount", i); err != nil {
			return err
		}
	}
	return nil
}

// checkSteps wants the steps of vehicles to be tasks there are, each once.
func (p *Problem) checkSteps() error {
	known := map[string]map[uint64]bool{"job": {}, "pickup": {}, "delivery": {}}
	for _, j := range p.Jobs {
		known["job"][j.ID] = true
	}
	for _, s := range p.Shipments {
		known["pickup"][s.Pickup.ID] = true
		known["delivery"][s.Delivery.ID] = true
	}
	type task struct {
		kind string
		id   uint64
	}
	taken := map[task]string{}
	for i, v := range p.Vehicles {
		for k, step := range v.Steps {
			path := fmt.Sprintf("vehicles[%d].steps[%d]", i, k)
			switch step.Type {
			case "start":
				if k > 0 {
					return refuse(path, "is the start, and not the first step")
				}
				continue
			case "end":
				if k < len(v.Steps)-1 {
					return refuse(path, "is the end, and not the last step")
				}
				continue
			case "break":
				if !slices.ContainsFunc(v.Breaks, func(b Break) bool { return b.ID == step.ID }) {
					return refuse(path+".id", "is %d, and the vehicle has no such break", step.ID)
				}
			default:
				if !known[step.Type][step.ID] {
					return refuse(path+".id", "is %d, and there is no such %s", step.ID, step.Type)
				}
			}
			key := task{step.Type, step.ID}
			if step.Type == "break" {
				key.kind = fmt.Sprintf("break of vehicle %d", v.ID)
			}
			if other := taken[key]; other != "" {
				return refuse(path+".id", "is %s %d, which is already at %s: each is done once", step.Type, step.ID, other)
			}
			taken[key] = path
		}
	}
	return nil
}
