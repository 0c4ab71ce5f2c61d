package vroom

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// planned reads a problem whose routes are given, and times them.
func planned(t *testing.T, input string) Solution {
	t.Helper()
	p, err := Read(strings.NewReader(input))
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	m, err := p.Model()
	if err != nil {
		t.Fatalf("Model: %v", err)
	}
	s, err := m.Planned()
	if err != nil {
		t.Fatalf("Planned: %v", err)
	}
	return s
}

// causes is what a list of violations says, in short.
func causes(violations []Violation) (all []string) {
	for _, v := range violations {
		all = append(all, v.Cause)
	}
	return all
}

const line = `"matrices":{"car":{"durations":[[0,100,200,300],[100,0,100,200],[200,100,0,100],[300,200,100,0]]}}`

func TestPlannedRouteLeavesAsLateAsItCan(t *testing.T) {
	t.Parallel()
	s := planned(t, `{`+line+`,"vehicles":[{"id":5,"start_index":0,"end_index":0,"time_window":[1000,9000],
			"breaks":[{"id":2,"service":50,"time_windows":[[2080,2100]]}],
			"steps":[{"type":"start"},{"type":"job","id":1},{"type":"break","id":2},{"type":"job","id":3},{"type":"end"}]}],
		"jobs":[{"id":1,"location_index":1,"service":10,"setup":7,"time_windows":[[2000,2600]]},
			{"id":3,"location_index":3,"service":20,"time_windows":[[2400,2700]]},{"id":4,"location_index":2}]}`)
	if len(s.Routes) != 1 || s.Summary.Unassigned != 1 || s.Unassigned[0].ID != 4 {
		t.Fatalf("solution is %+v, want one route, and job 4 left over", s)
	}
	type moment struct {
		Type                       string
		Arrival, Waiting, Duration int64
	}
	var got []moment
	for _, step := range s.Routes[0].Steps {
		got = append(got, moment{step.Type, step.Arrival, step.WaitingTime, step.Duration})
		if len(step.Violations) > 0 {
			t.Errorf("step %s breaks %v", step.Type, causes(step.Violations))
		}
	}
	// From 1000 on it would wait at job 1 until 2000, have its break on the road from 2080 to 2130, be at job 3 at 2267
	// and wait there until 2400. It leaves 983 later: the break can't begin after 2100.
	want := []moment{
		{"start", 1983, 0, 0}, {"job", 2083, 0, 100}, {"break", 2100, 0, 100}, {"job", 2350, 50, 300}, {"end", 2720, 0, 600},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if r := s.Routes[0]; r.Cost != 600 || r.Duration != 600 || r.Service != 80 || r.Setup != 7 || r.WaitingTime != 50 {
		t.Errorf("route is %+v", r)
	}
}

func TestPlannedRouteSaysWhatItBreaks(t *testing.T) {
	t.Parallel()
	s := planned(t, `{`+line+`,"vehicles":[{"id":5,"start_index":0,"end_index":0,"time_window":[0,500],"capacity":[5],"skills":[1],
			"max_tasks":3,"max_travel_time":500,"breaks":[{"id":1}],
			"steps":[{"type":"job","id":1},{"type":"delivery","id":9},{"type":"job","id":2},{"type":"pickup","id":9},{"type":"end"}]}],
		"jobs":[{"id":1,"location_index":2,"delivery":[4],"time_windows":[[0,150]]},
			{"id":2,"location_index":1,"delivery":[4],"skills":[1,2],"time_windows":[[0,100],[900,950]]}],
		"shipments":[{"pickup":{"id":9,"location_index":3},"delivery":{"id":9,"location_index":3},"amount":[1]}]}`)
	r := s.Routes[0]
	var got [][]string
	for _, step := range r.Steps {
		got = append(got, causes(step.Violations))
	}
	want := [][]string{{"load"}, {"delay"}, {"precedence"}, {"skills"}, nil, {"delay"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("violations of the steps (-want +got):\n%s", diff)
	}
	all := []string{"delay", "load", "max_tasks", "max_travel_time", "missing_break", "precedence", "skills"}
	if diff := cmp.Diff(all, causes(r.Violations)); diff != "" {
		t.Errorf("violations of the route (-want +got):\n%s", diff)
	}
	// Job 1 is 50 late; job 2 waits for its second window, and so the route ends at 900 + 200 + 300.
	if got, want := *r.Violations[0].Duration, int64(50+900); got != want {
		t.Errorf("the route is %d s late in all, want %d", got, want)
	}
	if diff := cmp.Diff(r.Violations, s.Summary.Violations); diff != "" {
		t.Errorf("the summary's violations differ from those of the only route (-route +summary):\n%s", diff)
	}
}

func TestPlannedRouteKeepsToBoundsOfItsSteps(t *testing.T) {
	t.Parallel()
	s := planned(t, `{`+line+`,"vehicles":[{"id":5,"start_index":0,"steps":[{"type":"job","id":1,"service_at":500},{"type":"job","id":2,"service_after":900}]}],
		"jobs":[{"id":1,"location_index":1,"time_windows":[[600,700]]},{"id":2,"location_index":2}]}`)
	first, second := s.Routes[0].Steps[1], s.Routes[0].Steps[2]
	if first.Arrival+first.WaitingTime != 500 || !cmp.Equal(causes(first.Violations), []string{"lead_time"}) || *first.Violations[0].Duration != 100 {
		t.Errorf("the first step is %+v, want it at 500, 100 too early", first)
	}
	if second.Arrival+second.WaitingTime != 900 {
		t.Errorf("the second step is %+v, want it at 900", second)
	}
	for _, test := range []struct{ step, want string }{
		{`{"type":"job","id":1,"service_before":50}`, "vehicles[0].steps[0]: can't begin before 100, and service_before is 50"},
		{`{"type":"job","id":1,"service_at":50}`, "vehicles[0].steps[0]: can't begin before 100, and service_at is 50"},
		{`{"type":"start","service_at":50}`, "vehicles[0].steps[0]: bounds the time of a start, which is not supported: give the vehicle a time_window"},
	} {
		p, err := Read(strings.NewReader(`{` + line + `,"vehicles":[{"id":5,"start_index":0,"time_window":[0,9999],"steps":[` + test.step + `,{"type":"job","id":2}]}],
			"jobs":[{"id":1,"location_index":1},{"id":2,"location_index":2}]}`))
		if err != nil {
			t.Fatalf("Read: %v", err)
		}
		m, err := p.Model()
		if err != nil {
			t.Fatalf("Model: %v", err)
		}
		_, err = m.Planned()
		var wrong *Error
		if !errors.As(err, &wrong) || err.Error() != test.want {
			t.Errorf("Planned with %s says %v, want %s", test.step, err, test.want)
		}
	}
}
