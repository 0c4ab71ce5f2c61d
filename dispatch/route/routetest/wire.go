package routetest

import (
	"encoding/json"
	"fmt"
)

// problem is VROOM's input, as far as days and checks need it.
type problem struct {
	Jobs      []job             `json:"jobs,omitempty"`
	Shipments []shipment        `json:"shipments,omitempty"`
	Vehicles  []vehicle         `json:"vehicles"`
	Matrices  map[string]tables `json:"matrices,omitempty"`
	Matrix    [][]*int64        `json:"matrix,omitempty"` // the old name of the durations of a car
	Hexbeat   *wishes           `json:"hexbeat,omitempty"`
}

type tables struct {
	Durations [][]*int64 `json:"durations,omitempty"`
	Distances [][]*int64 `json:"distances,omitempty"`
	Costs     [][]*int64 `json:"costs,omitempty"`
}

type task struct {
	ID             uint64           `json:"id"`
	Description    string           `json:"description,omitempty"`
	Location       []float64        `json:"location,omitempty"`
	Index          *int             `json:"location_index,omitempty"`
	Setup          int64            `json:"setup,omitempty"`
	Service        int64            `json:"service,omitempty"`
	SetupPerType   map[string]int64 `json:"setup_per_type,omitempty"`
	ServicePerType map[string]int64 `json:"service_per_type,omitempty"`
	Windows        [][2]int64       `json:"time_windows,omitempty"`
}

type job struct {
	task
	Delivery []int64  `json:"delivery,omitempty"`
	Amount   []int64  `json:"amount,omitempty"` // the old name of what is delivered
	Pickup   []int64  `json:"pickup,omitempty"`
	Skills   []int    `json:"skills,omitempty"`
	Priority int64    `json:"priority,omitempty"`
	Hexbeat  *jobWish `json:"hexbeat,omitempty"`
}

type shipment struct {
	Pickup   task     `json:"pickup"`
	Delivery task     `json:"delivery"`
	Amount   []int64  `json:"amount,omitempty"`
	Skills   []int    `json:"skills,omitempty"`
	Priority int64    `json:"priority,omitempty"`
	Hexbeat  *jobWish `json:"hexbeat,omitempty"`
}

type vehicle struct {
	ID            uint64       `json:"id"`
	Description   string       `json:"description,omitempty"`
	Profile       string       `json:"profile,omitempty"`
	Type          string       `json:"type,omitempty"`
	Start         []float64    `json:"start,omitempty"`
	StartIndex    *int         `json:"start_index,omitempty"`
	End           []float64    `json:"end,omitempty"`
	EndIndex      *int         `json:"end_index,omitempty"`
	Capacity      []int64      `json:"capacity,omitempty"`
	Costs         *costs       `json:"costs,omitempty"`
	Skills        []int        `json:"skills,omitempty"`
	Window        *[2]int64    `json:"time_window,omitempty"`
	Breaks        []rest       `json:"breaks,omitempty"`
	SpeedFactor   float64      `json:"speed_factor,omitempty"`
	MaxTasks      *int64       `json:"max_tasks,omitempty"`
	MaxTravelTime *int64       `json:"max_travel_time,omitempty"`
	MaxDistance   *int64       `json:"max_distance,omitempty"`
	Steps         []givenStep  `json:"steps,omitempty"`
	Hexbeat       *vehicleWish `json:"hexbeat,omitempty"`
}

type costs struct {
	Fixed       int64  `json:"fixed,omitempty"`
	PerHour     *int64 `json:"per_hour,omitempty"`
	PerTaskHour int64  `json:"per_task_hour,omitempty"`
	PerKm       int64  `json:"per_km,omitempty"`
}

type rest struct {
	ID      uint64     `json:"id"`
	Service int64      `json:"service,omitempty"`
	Windows [][2]int64 `json:"time_windows,omitempty"`
	MaxLoad []int64    `json:"max_load,omitempty"`
}

type givenStep struct {
	Type string `json:"type"`
	ID   uint64 `json:"id,omitempty"`
}

type wishes struct {
	Balance  int64             `json:"balance,omitempty"`
	Together [][2]uint64       `json:"together,omitempty"`
	Travel   map[string]travel `json:"travel,omitempty"`
}

type travel struct {
	Speed  float64 `json:"speed"`
	Detour float64 `json:"detour"`
}

type jobWish struct {
	Mandatory bool     `json:"mandatory,omitempty"`
	Prize     *int64   `json:"prize,omitempty"`
	Allowed   []uint64 `json:"allowed,omitempty"`
	Banned    []uint64 `json:"banned,omitempty"`
	Preferred []uint64 `json:"preferred,omitempty"`
	Elsewhere int64    `json:"elsewhere,omitempty"`
	After     []uint64 `json:"after,omitempty"`
}

type vehicleWish struct {
	Overtime *overtime `json:"overtime,omitempty"`
	Frozen   int       `json:"frozen,omitempty"`
}

type overtime struct {
	From    int64 `json:"from"`
	PerHour int64 `json:"per_hour"`
}

// parse reads a problem, old names included.
func parse(given []byte) (p problem, err error) {
	if err := json.Unmarshal(given, &p); err != nil {
		return p, fmt.Errorf("the problem is no JSON of VROOM's: %w", err)
	}
	if p.Matrix != nil {
		p.Matrices = map[string]tables{"car": {Durations: p.Matrix}}
		p.Matrix = nil
	}
	for i, j := range p.Jobs {
		if j.Delivery == nil && j.Pickup == nil {
			p.Jobs[i].Delivery = j.Amount
		}
	}
	return p, nil
}

// solution is VROOM's output. What must be there is a pointer, so that its absence can be seen.
type solution struct {
	Code       *int    `json:"code"`
	Error      string  `json:"error"`
	Summary    *totals `json:"summary"`
	Unassigned *[]left `json:"unassigned"`
	Routes     []tour  `json:"routes"`
}

type totals struct {
	Cost       *int64 `json:"cost"`
	Routes     *int64 `json:"routes"`
	Unassigned *int64 `json:"unassigned"`
	sums
}

type sums struct {
	Delivery   []int64 `json:"delivery"`
	Amount     []int64 `json:"amount"`
	Pickup     []int64 `json:"pickup"`
	Setup      *int64  `json:"setup"`
	Service    *int64  `json:"service"`
	Duration   *int64  `json:"duration"`
	Waiting    *int64  `json:"waiting_time"`
	Priority   *int64  `json:"priority"`
	Distance   *int64  `json:"distance"`
	Violations *[]any  `json:"violations"`
}

type tour struct {
	Vehicle     uint64 `json:"vehicle"`
	Cost        *int64 `json:"cost"`
	Description string `json:"description"`
	sums
	Steps []stop `json:"steps"`
}

type stop struct {
	Type        string    `json:"type"`
	Description string    `json:"description"`
	Location    []float64 `json:"location"`
	Index       *int      `json:"location_index"`
	ID          *uint64   `json:"id"`
	Setup       *int64    `json:"setup"`
	Service     *int64    `json:"service"`
	Waiting     *int64    `json:"waiting_time"`
	Load        []int64   `json:"load"`
	Arrival     *int64    `json:"arrival"`
	Duration    *int64    `json:"duration"`
	Distance    *int64    `json:"distance"`
	Violations  *[]any    `json:"violations"`
}

type left struct {
	ID          uint64    `json:"id"`
	Type        string    `json:"type"`
	Description string    `json:"description"`
	Location    []float64 `json:"location"`
	Index       *int      `json:"location_index"`
}
