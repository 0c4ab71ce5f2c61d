package vroom

import (
	"cmp"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
)

// Limits of single values: VROOM's own, which are those of 32 bits without a sign.
const (
	mostSeconds  = math.MaxUint32
	mostAmount   = math.MaxUint32
	mostCost     = math.MaxUint32
	mostSkill    = math.MaxUint32
	mostPriority = 100
	mostSpeed    = 5
	mostTasks    = 1_000_000
	mostVehicles = 50_000
)

// usualPerHour makes a second of travel cost 1.
const usualPerHour = 3600

// Read reads a problem. What it can't take is an *Error that names the place; other errors are the stream's.
// A field that VROOM does not know is refused too, since more often than not it is a misspelt one.
func Read(from io.Reader) (p Problem, err error) {
	s := newScanner(from)
	defer func() {
		switch caught := recover().(type) {
		case nil:
		case *Error:
			p, err = Problem{}, caught
		case error:
			if !errors.Is(caught, s.sourceFail) {
				panic(caught)
			}
			p, err = Problem{}, caught
		default:
			panic(caught)
		}
	}()
	s.passMark()
	if s.over() && s.sourceFail == nil {
		s.refuse("the input is empty: give a problem in VROOM's JSON")
	}
	s.problem(&p)
	if !s.over() {
		s.malformed("the end")
	}
	if s.sourceFail != nil {
		panic(s.sourceFail)
	}
	return p, p.check()
}

func (s *scanner) problem(p *Problem) {
	if c := s.peek(); c != '{' {
		s.refuse("the input must be an object, {…}, not %s", s.kind())
	}
	s.object("a problem", func(key string) {
		switch key {
		case "vehicles":
			s.array("an array of vehicles", func(i int) {
				s.notMore(i, mostVehicles)
				p.Vehicles = append(p.Vehicles, s.vehicle())
			})
		case "jobs":
			s.array("an array of jobs", func(i int) {
				s.notMore(i, mostTasks)
				p.Jobs = append(p.Jobs, s.job())
			})
		case "shipments":
			s.array("an array of shipments", func(i int) {
				s.notMore(i, mostTasks/2)
				p.Shipments = append(p.Shipments, s.shipment())
			})
		case "matrices":
			p.Matrices = s.matrices(p.Matrices)
		case "matrix": // deprecated in VROOM's words, and still read
			if p.Matrices == nil {
				p.Matrices = map[string]Matrices{}
			}
			m := p.Matrices[usualProfile]
			if m.Durations.Size > 0 {
				s.refuse("is the old name of matrices.%s.durations, which is given too", usualProfile)
			}
			m.Durations = s.matrix()
			p.Matrices[usualProfile] = m
		case "options":
			s.options(p)
		case "hexbeat":
			s.extra(&p.Extra)
		default:
			s.unknown(key, "vehicles", "jobs", "shipments", "matrices", "options", "hexbeat")
		}
	})
}

// notMore refuses item number i of an array that may have so many.
func (s *scanner) notMore(i, most int) {
	if i >= most {
		s.refuse("is one too many: at most %d can be read", most)
	}
}

// usualProfile is the profile of a vehicle that names none.
const usualProfile = "car"

// unknown refuses a key, with the one that may have been meant.
func (s *scanner) unknown(key string, known ...string) {
	for _, k := range known {
		if strings.EqualFold(k, key) || k == key+"s" || key == k+"s" || strings.ReplaceAll(k, "_", "") == strings.ToLower(strings.ReplaceAll(key, "-", "")) {
			s.refuse("is not known: is %s meant?", k)
		}
	}
	s.refuse("is not known: leave it out, or put it under a name that is (%s)", strings.Join(known, ", "))
}

// options are those of vroom-express, which sends them with the problem. Most are flags of the command here.
func (s *scanner) options(p *Problem) {
	s.object("options", func(key string) {
		switch key {
		case "g":
			if s.truth() {
				s.refuse("is not supported: geometry needs a road network, and travel here is a matrix or an estimate; leave it out")
			}
		case "c":
			p.Plan = s.truth()
		case "t":
			s.refuse("is a flag here: hexbeat solve --threads")
		case "l":
			s.refuse("is a flag here: hexbeat solve --limit")
		case "x":
			s.refuse("is not supported: there are no levels of exploration; hexbeat solve --limit says how long to search")
		default:
			s.unknown(key, "g", "c", "t", "l")
		}
	})
}

func (s *scanner) matrices(known map[string]Matrices) map[string]Matrices {
	if known == nil {
		known = map[string]Matrices{}
	}
	s.object("an object of matrices by profile", func(profile string) {
		m := known[profile]
		s.object("an object of matrices", func(key string) {
			switch key {
			case "durations":
				if m.Durations.Size > 0 {
					s.refuse("is given as matrix too, its old name")
				}
				m.Durations = s.matrix()
			case "distances":
				m.Distances = s.matrix()
			case "costs":
				m.Costs = s.matrix()
			default:
				s.unknown(key, "durations", "distances", "costs")
			}
		})
		known[profile] = m
	})
	return known
}

func (s *scanner) vehicle() Vehicle {
	v := Vehicle{
		Profile: usualProfile, SpeedFactor: 1, Costs: Costs{PerHour: usualPerHour},
		Start: Place{Index: -1}, End: Place{Index: -1},
	}
	named := false
	s.object("a vehicle", func(key string) {
		switch key {
		case "id":
			v.ID, named = s.identity(), true
		case "description":
			v.Description = s.text()
		case "profile":
			v.Profile = cmp.Or(s.text(), usualProfile)
		case "type":
			v.Type = s.text()
		case "start":
			v.Start.Coordinates = s.coordinates()
		case "start_index":
			v.Start.Index = s.index()
		case "end":
			v.End.Coordinates = s.coordinates()
		case "end_index":
			v.End.Index = s.index()
		case "capacity":
			v.Capacity = s.amounts()
		case "costs":
			s.costs(&v.Costs)
		case "skills":
			v.Skills = s.skills()
		case "time_window":
			w := s.window()
			v.Window = &w
		case "breaks":
			s.array("an array of breaks", func(int) { v.Breaks = append(v.Breaks, s.rest()) })
		case "speed_factor":
			v.SpeedFactor = s.decimal()
			if !(v.SpeedFactor > 0 && v.SpeedFactor <= mostSpeed) {
				s.refuse("must be more than 0 and at most %d, and is %v", mostSpeed, v.SpeedFactor)
			}
		case "max_tasks":
			v.MaxTasks = s.optional(mostSeconds)
		case "max_travel_time":
			v.MaxTravelTime = s.optional(mostSeconds)
		case "max_distance":
			v.MaxDistance = s.optional(mostSeconds)
		case "steps":
			s.array("an array of steps", func(int) { v.Steps = append(v.Steps, s.vehicleStep()) })
		case "hexbeat":
			s.vehicleExtra(&v.Extra)
		default:
			s.unknown(key, "id", "profile", "description", "start", "start_index", "end", "end_index", "capacity", "costs", "skills", "type",
				"time_window", "breaks", "speed_factor", "max_tasks", "max_travel_time", "max_distance", "steps", "hexbeat")
		}
	})
	s.needs(named, "vehicle", "id")
	return v
}

// needs refuses an object that lacks a field.
func (s *scanner) needs(given bool, what, field string) {
	if !given {
		s.refuse("a %s needs %s", what, field)
	}
}

func (s *scanner) costs(c *Costs) {
	s.object("an object of costs", func(key string) {
		switch key {
		case "fixed":
			c.Fixed = s.whole(0, mostCost)
		case "per_hour":
			c.PerHour = s.whole(0, mostCost)
		case "per_task_hour":
			c.PerTaskHour = s.whole(0, mostCost)
		case "per_km":
			c.PerKm = s.whole(0, mostCost)
		default:
			s.unknown(key, "fixed", "per_hour", "per_task_hour", "per_km")
		}
	})
}

func (s *scanner) rest() Break {
	var b Break
	named := false
	s.object("a break", func(key string) {
		switch key {
		case "id":
			b.ID, named = s.identity(), true
		case "description":
			b.Description = s.text()
		case "service":
			b.Service = s.whole(0, mostSeconds)
		case "time_windows":
			b.Windows = s.windows()
		case "max_load":
			b.MaxLoad = s.amounts()
		default:
			s.unknown(key, "id", "time_windows", "service", "description", "max_load")
		}
	})
	s.needs(named, "break", "id")
	return b
}

func (s *scanner) vehicleStep() VehicleStep {
	var v VehicleStep
	named := false
	s.object("a step", func(key string) {
		switch key {
		case "type":
			v.Type = s.text()
			if !slices.Contains([]string{"start", "job", "pickup", "delivery", "break", "end"}, v.Type) {
				s.refuse("must be start, job, pickup, delivery, break or end, not %q", v.Type)
			}
		case "id":
			v.ID, named = s.identity(), true
		case "service_at":
			v.At = s.optional(mostSeconds)
		case "service_after":
			v.After = s.optional(mostSeconds)
		case "service_before":
			v.Before = s.optional(mostSeconds)
		default:
			s.unknown(key, "type", "id", "service_at", "service_after", "service_before")
		}
	})
	s.needs(v.Type != "", "step", "type")
	s.needs(named || v.Type == "start" || v.Type == "end", "step of type "+v.Type, "id")
	return v
}

func (s *scanner) job() Job {
	j := Job{Task: Task{Place: Place{Index: -1}}}
	named := false
	var amount []int64
	s.object("a job", func(key string) {
		switch key {
		case "id":
			named = true
			s.taskField(&j.Task, key)
		case "delivery":
			j.Delivery = s.amounts()
		case "pickup":
			j.Pickup = s.amounts()
		case "amount":
			amount = s.amounts()
		case "skills":
			j.Skills = s.skills()
		case "priority":
			j.Priority = int(s.whole(0, mostPriority))
		case "hexbeat":
			s.jobExtra(&j.Extra)
		default:
			if !s.taskField(&j.Task, key) {
				s.unknown(key, append(slices.Clone(taskFields), "delivery", "pickup", "skills", "priority", "hexbeat")...)
			}
		}
	})
	s.needs(named, "job", "id")
	if j.Delivery == nil && j.Pickup == nil {
		j.Delivery = amount // what VROOM called it before it had two names for it
	}
	return j
}

func (s *scanner) shipment() Shipment {
	var p Shipment
	var pickup, delivery bool
	s.object("a shipment", func(key string) {
		switch key {
		case "pickup":
			p.Pickup, pickup = s.shipmentStep(), true
		case "delivery":
			p.Delivery, delivery = s.shipmentStep(), true
		case "amount":
			p.Amount = s.amounts()
		case "skills":
			p.Skills = s.skills()
		case "priority":
			p.Priority = int(s.whole(0, mostPriority))
		case "hexbeat":
			s.jobExtra(&p.Extra)
		default:
			s.unknown(key, "pickup", "delivery", "amount", "skills", "priority", "hexbeat")
		}
	})
	s.needs(pickup, "shipment", "pickup")
	s.needs(delivery, "shipment", "delivery")
	return p
}

func (s *scanner) shipmentStep() Task {
	t := Task{Place: Place{Index: -1}}
	named := false
	s.object("a shipment's step", func(key string) {
		named = named || key == "id"
		if !s.taskField(&t, key) {
			s.unknown(key, taskFields...)
		}
	})
	s.needs(named, "shipment's step", "id")
	return t
}

// taskFields are what jobs and the steps of shipments have in common.
var taskFields = []string{
	"id", "description", "location", "location_index", "setup", "service", "setup_per_type", "service_per_type", "time_windows",
}

// taskField reads one of taskFields, and says whether key is one.
func (s *scanner) taskField(t *Task, key string) bool {
	switch key {
	case "id":
		t.ID = s.identity()
	case "description":
		t.Description = s.text()
	case "location":
		t.Place.Coordinates = s.coordinates()
	case "location_index":
		t.Place.Index = s.index()
	case "setup":
		t.Setup = s.whole(0, mostSeconds)
	case "service":
		t.Service = s.whole(0, mostSeconds)
	case "setup_per_type":
		t.SetupPerType = s.perType()
	case "service_per_type":
		t.ServicePerType = s.perType()
	case "time_windows":
		t.Windows = s.windows()
	default:
		return false
	}
	return true
}

func (s *scanner) perType() map[string]int64 {
	seconds := map[string]int64{}
	s.object("an object of seconds by type of vehicle", func(kind string) { seconds[kind] = s.whole(0, mostSeconds) })
	return seconds
}

// optional reads a whole number that may as well not be given.
func (s *scanner) optional(most int64) *int64 {
	n := s.whole(0, most)
	return &n
}

func (s *scanner) index() int { return int(s.whole(0, mostPlaces-1)) }

func (s *scanner) coordinates() []float64 {
	var at []float64
	s.array("coordinates", func(i int) {
		if number := s.decimal(); i < 2 { // VROOM too passes over a height
			at = append(at, number)
		}
	})
	if len(at) < 2 {
		s.refuse("must be [lon, lat]")
	}
	return at
}

func (s *scanner) amounts() []int64 {
	amounts := []int64{}
	s.array("an array of amounts", func(int) { amounts = append(amounts, s.whole(0, mostAmount)) })
	return amounts
}

func (s *scanner) skills() []uint32 {
	var skills []uint32
	s.array("an array of skills", func(int) { skills = append(skills, uint32(s.whole(0, mostSkill))) })
	slices.Sort(skills)
	return slices.Compact(skills)
}

func (s *scanner) window() Window {
	var bound [2]int64
	n := 0
	s.array("a time window", func(i int) {
		if i > 1 {
			s.refuse("is one number too many: a time window is [start, end]")
		}
		bound[i] = s.whole(0, mostSeconds)
		n++
	})
	if n < 2 {
		s.refuse("must be [start, end]")
	}
	if bound[1] < bound[0] {
		s.refuse("ends at %d, before it starts at %d", bound[1], bound[0])
	}
	return Window{bound[0], bound[1]}
}

func (s *scanner) windows() []Window {
	var windows []Window
	s.array("an array of time windows", func(int) { windows = append(windows, s.window()) })
	if len(windows) == 0 {
		s.refuse("is empty, so that service could never begin: leave it out if service may begin at any time")
	}
	slices.SortFunc(windows, func(a, b Window) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	for i, w := range windows[1:] {
		if before := windows[i]; w.Start <= before.End {
			s.refuse("has windows that overlap, [%d, %d] and [%d, %d]: join them into one", before.Start, before.End, w.Start, w.End)
		}
	}
	return windows
}
