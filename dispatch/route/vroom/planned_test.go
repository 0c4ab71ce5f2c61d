package vroom_test

import (
	"bytes"
	"testing"

	"github.com/hexbeat/hexbeat/dispatch/route/routetest"
	"github.com/hexbeat/hexbeat/dispatch/route/vroom"
)

// Routes that keep to every constraint are timed so that somebody who knows nothing of this package agrees.
func TestPlannedRoutesAreSound(t *testing.T) {
	t.Parallel()
	var tasks, left int
	for seed := range uint64(100) {
		day := routetest.Random(seed)
		day.Traits &^= routetest.Breaks // steps say where they are; this greedy does not
		problem, err := routetest.WithSteps(day.JSON())
		if err != nil {
			t.Fatal(err)
		}
		p, err := vroom.Read(bytes.NewReader(problem))
		if err != nil {
			t.Fatalf("day %+v: %v", day, err)
		}
		m, err := p.Model()
		if err != nil {
			t.Fatalf("day %+v: %v", day, err)
		}
		plan, err := m.Planned()
		if err != nil {
			t.Fatalf("day %+v: %v", day, err)
		}
		var answer bytes.Buffer
		if err := plan.Write(&answer); err != nil {
			t.Fatal(err)
		}
		for _, fault := range routetest.Check(problem, answer.Bytes()) {
			t.Errorf("day %+v: %s", day, fault)
		}
		tasks += day.Visits
		left += len(plan.Unassigned)
	}
	if left > tasks/2 {
		t.Errorf("%d of %d tasks are in no route, which says little of routes", left, tasks)
	}
}
