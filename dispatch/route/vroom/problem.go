package vroom

// Problem is what VROOM is asked: who is to visit what. Times are seconds from any common zero, or of the Unix
// clock; distances are metres; costs have the caller's unit. Every field has VROOM's meaning, which its API.md
// tells, but for those under Extra.
type Problem struct {
	Vehicles  []Vehicle
	Jobs      []Job
	Shipments []Shipment
	Matrices  map[string]Matrices // by the profile of a vehicle
	Plan      bool                // options.c: the steps of the vehicles are the routes; only their times are asked for
	Extra     Extra
}

// Matrices are the tables of one profile. A table that was not given has size 0.
type Matrices struct {
	Durations, Distances, Costs Matrix
}

// Task is something to do at a place: a job, or one end of a shipment.
type Task struct {
	ID             uint64
	Description    string
	Place          Place
	Setup, Service int64            // seconds
	SetupPerType   map[string]int64 // by the type of a vehicle, in place of Setup
	ServicePerType map[string]int64
	Windows        []Window // ascending and apart; none: at any time
}

// Place is where something is, as an index into the matrices, as coordinates, or as both.
type Place struct {
	Index       int       // -1: none given
	Coordinates []float64 // [lon, lat]; none: not given
}

func (p Place) given() bool { return p.Index >= 0 || p.Coordinates != nil }

// Window is a stretch of time, both ends included.
type Window struct{ Start, End int64 }

// Job is a task by itself.
type Job struct {
	Task
	Delivery []int64 // on board from the start
	Pickup   []int64 // on board until the end
	Skills   []uint32
	Priority int
	Extra    JobExtra
}

// Shipment is a pickup and a delivery by the same vehicle, in that order.
type Shipment struct {
	Pickup, Delivery Task
	Amount           []int64
	Skills           []uint32
	Priority         int
	Extra            JobExtra
}

// Vehicle is a rep's shift.
type Vehicle struct {
	ID            uint64
	Description   string
	Profile       string // whose matrices; "car" if none was given
	Type          string
	Start, End    Place
	Capacity      []int64
	Costs         Costs
	Skills        []uint32
	Window        *Window // nil: at any time
	Breaks        []Break
	SpeedFactor   float64
	MaxTasks      *int64
	MaxTravelTime *int64 // seconds
	MaxDistance   *int64 // metres
	Steps         []VehicleStep
	Extra         VehicleExtra
}

// Costs of using a vehicle.
type Costs struct {
	Fixed, PerHour, PerTaskHour, PerKm int64
}

// Break is time off in a shift.
type Break struct {
	ID          uint64
	Description string
	Service     int64 // seconds
	Windows     []Window
	MaxLoad     []int64 // nil: any
}

// VehicleStep is part of a route that is given.
type VehicleStep struct {
	Type string // start, job, pickup, delivery, break or end
	ID   uint64
	// At, After and Before bound when service may begin; nil: not given.
	At, After, Before *int64
}
