package vroom

import (
	"fmt"
	"slices"

	"github.com/hexbeat/hexbeat/dispatch/route"
)

// mostSpan is the longest service or set-up, in seconds: three years, or a month where hundredths are counted.
func (m *Model) mostSpan() int64 { return 100_000_000 / m.ticks * max(1, m.ticks/40) }

// setVisits makes the visits of jobs and shipments.
func (m *Model) setVisits() error {
	for i, j := range m.problem.Jobs {
		v, err := m.visit(j.Task, fmt.Sprintf("jobs[%d]", i))
		if err != nil {
			return err
		}
		v.Delivery, v.Pickup = j.Delivery, j.Pickup
		v.Skills, v.Priority = skillsOf(j.Skills), int32(j.Priority)
		m.engine.Visits = append(m.engine.Visits, v)
	}
	for i, s := range m.problem.Shipments {
		pickup, err := m.visit(s.Pickup, fmt.Sprintf("shipments[%d].pickup", i))
		if err != nil {
			return err
		}
		delivery, err := m.visit(s.Delivery, fmt.Sprintf("shipments[%d].delivery", i))
		if err != nil {
			return err
		}
		pickup.Pickup, delivery.Delivery = s.Amount, s.Amount
		pickup.Skills, delivery.Skills = skillsOf(s.Skills), skillsOf(s.Skills)
		pickup.Priority, delivery.Priority = int32(s.Priority), int32(s.Priority)
		first := int32(len(m.engine.Visits))
		m.engine.Visits = append(m.engine.Visits, pickup, delivery)
		m.engine.Shipments = append(m.engine.Shipments, route.Shipment{Pickup: first, Delivery: first + 1})
	}
	return nil
}

func (m *Model) visit(t Task, path string) (route.Visit, error) {
	v := route.Visit{Place: m.at(t.Place), Setup: t.Setup * m.ticks, Service: t.Service * m.ticks, Windows: m.windows(t.Windows)}
	longest := max(t.Setup, t.Service)
	for kind, perType := range map[string]map[string]int64{"setup": t.SetupPerType, "service": t.ServicePerType} {
		if perType == nil {
			continue
		}
		usual, spans := t.Setup, &v.Setups
		if kind == "service" {
			usual, spans = t.Service, &v.Services
		}
		for _, name := range m.types {
			span, differs := perType[name]
			if !differs {
				span = usual
			}
			longest = max(longest, span)
			*spans = append(*spans, span*m.ticks)
		}
	}
	if longest > m.mostSpan() {
		return v, refuse(path, "takes %d s, and at most %d can be counted", longest, m.mostSpan())
	}
	return v, nil
}

func (m *Model) windows(given []Window) []route.Window {
	windows := make([]route.Window, 0, len(given))
	for _, w := range given {
		windows = append(windows, route.Window{Open: w.Start * m.ticks, Close: w.End * m.ticks})
	}
	return windows
}

func skillsOf(given []uint32) []int32 {
	skills := make([]int32, 0, len(given))
	for _, s := range given {
		skills = append(skills, int32(s)) // another number for the same skill is as good
	}
	slices.Sort(skills)
	return skills
}

// setWishes translates what stands under hexbeat.
func (m *Model) setWishes() error {
	extra := m.problem.Extra
	m.engine.Balance = extra.Balance
	if m.ticks > 1 {
		m.engine.Balance = (extra.Balance + m.ticks - 1) / m.ticks // by squared hours, which are ten thousand times as many
	}
	if c := extra.Churn; c != nil {
		m.engine.Churn = &route.Churn{
			Vehicle: c.Vehicle * m.ticks, Arrival: c.Arrival * m.ticks, Tolerance: c.Tolerance * m.ticks, Most: int(c.Most),
		}
	}
	for i, pair := range extra.Together {
		path := fmt.Sprintf("hexbeat.together[%d]", i)
		visits, err := m.jobsOf(pair[:], path)
		if err != nil {
			return err
		}
		m.engine.Together = append(m.engine.Together, route.Together{A: visits[0], B: visits[1]})
	}
	for i, j := range m.problem.Jobs {
		if err := m.wish(int32(i), j.Extra, fmt.Sprintf("jobs[%d].hexbeat", i)); err != nil {
			return err
		}
	}
	for i, s := range m.problem.Shipments {
		pair := m.engine.Shipments[i]
		path := fmt.Sprintf("shipments[%d].hexbeat", i)
		if err := m.wish(pair.Pickup, s.Extra, path); err != nil {
			return err
		}
		delivery := &m.engine.Visits[pair.Delivery]
		pickup := m.engine.Visits[pair.Pickup]
		delivery.Allowed, delivery.Banned = pickup.Allowed, pickup.Banned
		delivery.Mandatory, delivery.Optional = pickup.Mandatory, pickup.Optional
	}
	for i, v := range m.problem.Vehicles {
		if v.MaxTasks != nil && *v.MaxTasks == 0 {
			for k := range m.engine.Visits {
				m.engine.Visits[k].Banned = append(m.engine.Visits[k].Banned, int32(i))
			}
		}
	}
	return nil
}

// wish sets what one task asks for.
func (m *Model) wish(visit int32, e JobExtra, path string) (err error) {
	v := &m.engine.Visits[visit]
	v.Mandatory = e.Mandatory
	if e.Prize != nil {
		v.Optional, v.Prize = true, *e.Prize*m.ticks
	}
	if v.Allowed, err = m.vehiclesOf(e.Allowed, path+".allowed"); err != nil {
		return err
	}
	if v.Banned, err = m.vehiclesOf(e.Banned, path+".banned"); err != nil {
		return err
	}
	preferred, err := m.vehiclesOf(e.Preferred, path+".preferred")
	if err != nil {
		return err
	}
	for _, k := range preferred {
		v.On = append(v.On, route.On{Vehicle: k})
	}
	for i, on := range e.On {
		k, err := m.vehiclesOf([]uint64{on.Vehicle}, fmt.Sprintf("%s.on[%d].vehicle", path, i))
		if err != nil {
			return err
		}
		v.On = append(v.On, route.On{Vehicle: k[0], Cost: on.Cost * m.ticks})
	}
	v.Elsewhere = e.Elsewhere * m.ticks
	if v.After, err = m.jobsOf(e.After, path+".after"); err != nil {
		return err
	}
	if e.Release != nil {
		v.Release = *e.Release * m.ticks
	}
	if e.Published != nil {
		k, err := m.vehiclesOf([]uint64{e.Published.Vehicle}, path+".published.vehicle")
		if err != nil {
			return err
		}
		v.Published = &route.Published{Vehicle: k[0], Arrival: e.Published.Arrival * m.ticks}
	}
	return nil
}

// vehiclesOf finds vehicles by their ids. None asked for is nil, which is not the same as an empty list.
func (m *Model) vehiclesOf(ids []uint64, path string) ([]int32, error) {
	if ids == nil {
		return nil, nil
	}
	found := make([]int32, 0, len(ids))
	for _, id := range ids {
		k, known := m.vehicles[id]
		if !known {
			return nil, refuse(path, "names vehicle %d, which there is not", id)
		}
		found = append(found, k)
	}
	return found, nil
}

func (m *Model) jobsOf(ids []uint64, path string) ([]int32, error) {
	var found []int32
	for _, id := range ids {
		k, known := m.jobs[id]
		if !known {
			return nil, refuse(path, "names job %d, which there is not", id)
		}
		found = append(found, k)
	}
	return found, nil
}
