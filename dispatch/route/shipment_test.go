package route

import (
	"slices"
	"testing"
)

// VROOM counts tasks: a shipment is two of them, and its priority counts for both.
func TestAShipmentCountsAsTwoVisits(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		job, shipment int32 // priorities
		want          []int32
	}{
		"two tasks before one":             {0, 0, []int32{1, 2}},
		"twice the priority before once":   {5, 3, []int32{1, 2}},
		"once the priority, if it is more": {5, 2, []int32{0}},
	} {
		p := &Problem{
			Travel: []Table{{Places: 2, Durations: []int32{0, 50, 50, 0}}},
			Visits: []Visit{
				{Service: 100, Priority: tt.job},
				{Place: 1, Service: 50, Priority: tt.shipment}, {Place: 1, Service: 50, Priority: tt.shipment},
			},
			Shipments: []Shipment{{1, 2}},
			Vehicles:  []Vehicle{{Closes: 200, PerHour: 3600}},
		}
		s, err := NewSolver(p, Options{})
		if err != nil {
			t.Fatal(err)
		}
		s.Step(500, 0, 1)
		if got := s.Best().Routes[0].Visits(); !slices.Equal(got, tt.want) {
			t.Errorf("%s: served are %v, want %v", name, got, tt.want)
		}
	}
}
