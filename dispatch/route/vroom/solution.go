package vroom

import (
	"encoding/json"
	"errors"
	"io"

	"github.com/hexbeat/hexbeat/dispatch/route"
)

// Solution is what VROOM answers. Its fields are VROOM's, in VROOM's order.
type Solution struct {
	Code       int          `json:"code"`
	Summary    Summary      `json:"summary"`
	Unassigned []Unassigned `json:"unassigned"`
	Routes     []Route      `json:"routes"`
	Extra      any          `json:"hexbeat,omitempty"`
}

// Sums are what a route and the summary of all have in common.
type Sums struct {
	Delivery    []int64     `json:"delivery,omitempty"`
	Amount      []int64     `json:"amount,omitempty"` // the old name of Delivery
	Pickup      []int64     `json:"pickup,omitempty"`
	Setup       int64       `json:"setup"`
	Service     int64       `json:"service"`
	Duration    int64       `json:"duration"` // of travel
	WaitingTime int64       `json:"waiting_time"`
	Priority    int64       `json:"priority"`
	Distance    *int64      `json:"distance,omitempty"`
	Violations  []Violation `json:"violations"`
}

// Summary is the sum of all routes.
type Summary struct {
	Cost       int64 `json:"cost"`
	Routes     int   `json:"routes"`
	Unassigned int   `json:"unassigned"`
	Sums
	ComputingTimes ComputingTimes `json:"computing_times"`
}

// ComputingTimes are milliseconds. They are all that differs between two runs.
type ComputingTimes struct {
	Loading int64 `json:"loading"`
	Solving int64 `json:"solving"`
	Routing int64 `json:"routing"` // always 0: no routing engine is asked
}

// Route is what one vehicle does.
type Route struct {
	Vehicle     uint64 `json:"vehicle"`
	Cost        int64  `json:"cost"`
	Description string `json:"description,omitempty"`
	Sums
	Steps []Step `json:"steps"`
}

// Step is a moment of a route: its start, a task, a break, or its end.
type Step struct {
	Type          string      `json:"type"`
	Description   string      `json:"description,omitempty"`
	Location      []float64   `json:"location,omitempty"`
	LocationIndex *int        `json:"location_index,omitempty"`
	ID            *uint64     `json:"id,omitempty"`
	Setup         int64       `json:"setup"`
	Service       int64       `json:"service"`
	WaitingTime   int64       `json:"waiting_time"`
	Job           *uint64     `json:"job,omitempty"` // the old name of ID
	Load          []int64     `json:"load,omitempty"`
	Arrival       int64       `json:"arrival"`
	Duration      int64       `json:"duration"` // of travel so far
	Violations    []Violation `json:"violations"`
	Distance      *int64      `json:"distance,omitempty"`
}

// Violation is a constraint that a given route breaks. Routes that were searched for break none.
type Violation struct {
	Cause    string `json:"cause"`
	Duration *int64 `json:"duration,omitempty"` // by how much service is late, where Cause is "delay"
}

// Unassigned is a task that no vehicle does.
type Unassigned struct {
	ID            uint64    `json:"id"`
	Location      []float64 `json:"location,omitempty"`
	LocationIndex *int      `json:"location_index,omitempty"`
	Type          string    `json:"type"`
	Description   string    `json:"description,omitempty"`
	Extra         any       `json:"hexbeat,omitempty"`
}

// VROOM's codes: what the program ends with, and what stands in its answer.
const (
	CodeDone     = 0
	CodeInternal = 1
	CodeInput    = 2
	CodeRouting  = 3 // a routing engine failed; never, since none is asked
)

// CodeOf is VROOM's code for how reading or solving ended.
func CodeOf(err error) int {
	var wrong *Error
	switch {
	case err == nil:
		return CodeDone
	case errors.As(err, &wrong), errors.Is(err, route.ErrProblem):
		return CodeInput
	}
	return CodeInternal
}

// Write writes the answer.
func (s *Solution) Write(to io.Writer) error { return write(to, s) }

// WriteError writes what VROOM answers where there is no solution.
func WriteError(to io.Writer, err error) error {
	return write(to, struct {
		Code  int    `json:"code"`
		Error string `json:"error"`
	}{CodeOf(err), err.Error()})
}

func write(to io.Writer, answer any) error {
	encoder := json.NewEncoder(to)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(answer)
}
