package vroom

import "github.com/hexbeat/hexbeat/geo"

// Extra is what Hexbeat adds to a problem, under the name hexbeat. Costs have the unit of VROOM's: with the usual
// per_hour a second of travel costs 1.
type Extra struct {
	Balance  int64                 // cost for each vehicle and squared hour of its work
	Churn    *Churn                // nil: nothing was published
	Together [][2]uint64           // pairs of jobs that two vehicles do at the same moment
	Travel   map[string]geo.Travel // by profile, where there is no matrix
}

// Churn prices what changes against what was published.
type Churn struct {
	Vehicle   int64 // cost of a task on another vehicle
	Arrival   int64 // cost of a task that begins further than Tolerance from what was published
	Tolerance int64 // seconds
	Most      int64 // at most so many tasks may change; -1: any number
}

// JobExtra is what Hexbeat adds to a job, or to a shipment.
type JobExtra struct {
	Mandatory bool     // before all priorities
	Prize     *int64   // optional: served only where it costs less than this
	Allowed   []uint64 // the only vehicles that may do it; nil: all
	Banned    []uint64 // vehicles that may not
	Preferred []uint64 // vehicles that cost nothing more
	Elsewhere int64    // cost of any vehicle that is not named in Preferred or On
	On        []On
	After     []uint64 // jobs that must have ended before
	Release   *int64   // not before this
	Published *Published
}

// On is what it costs to have a task done by a certain vehicle.
type On struct {
	Vehicle uint64
	Cost    int64
}

// Published is what somebody was told: who comes, and when.
type Published struct {
	Vehicle uint64
	Arrival int64 // when service begins
}

// VehicleExtra is what Hexbeat adds to a vehicle.
type VehicleExtra struct {
	Overtime *Overtime
	PerVisit int64 // cost of each task
	Frozen   int64 // so many tasks at the head of its steps stay where they are
}

// Overtime is work after the end of a shift, up to the end of the vehicle's time window.
type Overtime struct {
	From    int64 // when the shift ends
	PerHour int64 // cost
}

func (s *scanner) extra(e *Extra) {
	s.object("an object", func(key string) {
		switch key {
		case "balance":
			e.Balance = s.whole(0, mostCost)
		case "churn":
			e.Churn = s.churn()
		case "together":
			s.array("an array of pairs of jobs", func(int) {
				pair := s.identities()
				if len(pair) != 2 {
					s.refuse("must be two jobs, [id, id]")
				}
				e.Together = append(e.Together, [2]uint64(pair))
			})
		case "travel":
			e.Travel = map[string]geo.Travel{}
			s.object("an object of ways to travel by profile", func(profile string) { e.Travel[profile] = s.travel() })
		default:
			s.unknown(key, "balance", "churn", "together", "travel")
		}
	})
}

func (s *scanner) churn() *Churn {
	c := Churn{Most: -1}
	s.object("an object of costs", func(key string) {
		switch key {
		case "vehicle":
			c.Vehicle = s.whole(0, mostCost)
		case "arrival":
			c.Arrival = s.whole(0, mostCost)
		case "tolerance":
			c.Tolerance = s.whole(0, mostSeconds)
		case "most":
			c.Most = s.whole(0, mostSeconds)
		default:
			s.unknown(key, "vehicle", "arrival", "tolerance", "most")
		}
	})
	return &c
}

func (s *scanner) travel() geo.Travel {
	t := geo.CityTravel
	s.object("a way to travel", func(key string) {
		switch key {
		case "speed":
			if t.Speed = s.decimal(); !(t.Speed >= 1 && t.Speed <= 1000) {
				s.refuse("must lie between 1 and 1000 km/h, and is %v", t.Speed)
			}
		case "detour":
			if t.Detour = s.decimal(); !(t.Detour >= 1 && t.Detour <= 10) {
				s.refuse("must lie between 1 and 10, and is %v", t.Detour)
			}
		default:
			s.unknown(key, "speed", "detour")
		}
	})
	return t
}

func (s *scanner) jobExtra(e *JobExtra) {
	s.object("an object", func(key string) {
		switch key {
		case "mandatory":
			e.Mandatory = s.truth()
		case "prize":
			e.Prize = s.optional(mostCost)
		case "allowed":
			e.Allowed = s.identities()
		case "banned":
			e.Banned = s.identities()
		case "preferred":
			e.Preferred = s.identities()
		case "elsewhere":
			e.Elsewhere = s.whole(0, mostCost)
		case "on":
			s.array("an array of costs", func(int) { e.On = append(e.On, s.on()) })
		case "after":
			e.After = s.identities()
		case "release":
			e.Release = s.optional(mostSeconds)
		case "published":
			e.Published = s.published()
		default:
			s.unknown(key, "mandatory", "prize", "allowed", "banned", "preferred", "elsewhere", "on", "after", "release", "published")
		}
	})
	if e.Mandatory && e.Prize != nil {
		s.refuse("has mandatory and prize: a job is one or the other")
	}
}

func (s *scanner) on() On {
	var on On
	named := false
	s.object("a cost", func(key string) {
		switch key {
		case "vehicle":
			on.Vehicle, named = s.identity(), true
		case "cost":
			on.Cost = s.whole(0, mostCost)
		default:
			s.unknown(key, "vehicle", "cost")
		}
	})
	s.needs(named, "cost", "vehicle")
	return on
}

func (s *scanner) published() *Published {
	var p Published
	var vehicle, arrival bool
	s.object("what was published", func(key string) {
		switch key {
		case "vehicle":
			p.Vehicle, vehicle = s.identity(), true
		case "arrival":
			p.Arrival, arrival = s.whole(0, mostSeconds), true
		default:
			s.unknown(key, "vehicle", "arrival")
		}
	})
	s.needs(vehicle, "published task", "vehicle")
	s.needs(arrival, "published task", "arrival")
	return &p
}

func (s *scanner) vehicleExtra(e *VehicleExtra) {
	s.object("an object", func(key string) {
		switch key {
		case "overtime":
			e.Overtime = s.overtime()
		case "per_visit":
			e.PerVisit = s.whole(0, mostCost)
		case "frozen":
			e.Frozen = s.whole(0, mostSeconds)
		default:
			s.unknown(key, "overtime", "per_visit", "frozen")
		}
	})
}

func (s *scanner) overtime() *Overtime {
	var o Overtime
	from := false
	s.object("overtime", func(key string) {
		switch key {
		case "from":
			o.From, from = s.whole(0, mostSeconds), true
		case "per_hour":
			o.PerHour = s.whole(0, mostCost)
		default:
			s.unknown(key, "from", "per_hour")
		}
	})
	s.needs(from, "vehicle's overtime", "from")
	return &o
}

func (s *scanner) identities() []uint64 {
	ids := []uint64{}
	s.array("an array of ids", func(int) { ids = append(ids, s.identity()) })
	return ids
}
