package route

import "math"

// Forever closes what never closes.
const Forever int64 = math.MaxInt64

// Problem is the work of several vehicles, in numbers only. Visits, vehicles and profiles are named by their index.
// Moments are seconds from any common zero, spans are seconds, distances metres; costs are in whatever unit the caller
// counts in, the same everywhere. A rep-day is a vehicle: work over several days has a vehicle for each rep and day.
//
// A plan is better than another if it serves more mandatory visits; then if the priorities it serves add up to more;
// then if it serves more visits; then if it costs less. Visits with a Prize stand outside the first three: leaving one
// out costs its prize.
type Problem struct {
	Travel    []Table // by profile
	Visits    []Visit
	Vehicles  []Vehicle
	Shipments []Shipment
	Together  []Together
	Balance   int64  // cost per vehicle and squared hour of its work (travel, set-up and service); 0: nobody minds
	Churn     *Churn // nil: nothing was published
}

// Table is the travel between n places: n×n numbers each, row by row, from the row's place to the column's. It need
// be neither symmetric nor triangular. A negative duration means that there is no way.
type Table struct {
	Places    int
	Durations []int32 // seconds
	Distances []int32 // metres; nil: unknown, and nothing may depend on them
	Costs     []int32 // of a journey, in place of what PerHour and PerKm make of it; nil: those

	// Way stands in for all three where it is given: a travel model that is asked. It must always give the same answer.
	// A Solver asks it for every pair of places, a Live only for those that come up.
	Way func(from, to int32) (seconds, metres int32)
}

// Visit is a call at a place.
type Visit struct {
	Place    int32
	Setup    int64   // before service, unless the call before (or the start) was at the same place
	Service  int64   // after set-up
	Services []int64 // Service by Vehicle.Type, where it differs; nil: it does not
	Setups   []int64 // Setup by Vehicle.Type; nil: it does not differ
	Windows  []Window
	Release  int64 // it may not begin before this, whatever the windows say; 0: nothing

	Delivery []int64 // amounts brought from the start of the route
	Pickup   []int64 // amounts taken along to its end

	Skills  []int32 // the vehicle has all of these
	Allowed []int32 // the only vehicles that may serve it (a required one: that alone); nil: all
	Banned  []int32 // vehicles that may not

	// Elsewhere is the cost of serving it by a vehicle not named in On; On names vehicles with costs of their own.
	// A preferred rep, the owner of the territory and the rep it was published for are On at a low cost.
	Elsewhere int64
	On        []On

	Mandatory bool
	Priority  int32 // 0 to 100
	Optional  bool  // may be left out for Prize; priority then means nothing
	Prize     int64

	After []int32 // visits, all served and ended before this one begins

	Published *Published
}

// On is the cost of serving a visit by a certain vehicle.
type On struct {
	Vehicle int32
	Cost    int64
}

// Published is what somebody was told of a visit.
type Published struct {
	Vehicle int32 // -1: nothing was said of it
	Arrival int64
}

// Churn prices the difference between a plan and what was published.
type Churn struct {
	Vehicle   int64 // cost of a visit on another vehicle than published
	Arrival   int64 // cost of a visit that begins further than Tolerance from the published arrival
	Tolerance int64 // seconds

	// Most is how many published visits may change vehicle or arrival, or be dropped, at most; negative: any number. No
	// plan has more, unless so few can't be kept: then it has as many more as must be, or, with visits tied to others or
	// places without a way between them, as few as the search finds.
	Most int
}

// Shipment is two visits on one vehicle: what Pickup (as its Visit.Pickup says) takes along, Delivery brings (its
// Visit.Delivery, the same amounts), later on the same route. Both are served or neither. Each counts
// as a visit with its own priority; whether they are optional, and the prize, is the pickup's to say.
type Shipment struct{ Pickup, Delivery int32 }

// Together is a call for two: its visits begin at the same moment on two vehicles, or both are left out.
type Together struct{ A, B int32 }

// Vehicle is a rep's day.
type Vehicle struct {
	Profile int32   // of Travel
	Speed   float64 // durations are divided by it; 0 means 1
	Type    int32   // chooses among Visit.Services and Visit.Setups
	Start   int32   // place, or Nowhere: it begins where its first visit is
	End     int32   // place, or Nowhere: it ends where its last visit is

	Opens    int64 // leaves Start at the earliest
	Closes   int64 // must be at End; Forever: any time
	Ends     int64 // should be at End; after it every hour costs Overtime. Only with Overtime > 0
	Overtime int64 // cost per hour

	Fixed        int64 // cost of being used at all
	PerHour      int64 // cost of an hour of travel
	PerTaskHour  int64 // cost of an hour of set-up and service
	PerKm        int64 // cost of 1,000 metres
	PerVisit     int64
	Capacity     []int64 // by amount; missing ones are 0. nil: no bound
	Skills       []int32
	MostVisits   int   // 0: no bound
	MostTravel   int64 // seconds of travel; 0: no bound
	MostDistance int64 // metres; 0: no bound

	Breaks []Break

	// Given is the route to begin with. Its first Frozen visits stay where they are, and nothing gets between them.
	Given  []int32
	Frozen int
}

// Break is time off: it happens wherever the vehicle is, on the road too, once on every used vehicle. Breaks are taken
// in the order given. An engagement at a place is a mandatory visit allowed on one vehicle only.
type Break struct {
	Service int64
	Windows []Window // in which it begins; none: at any time
	MaxLoad []int64  // at most this is on board; nil: no bound
}
