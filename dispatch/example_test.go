package dispatch_test

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/roster"
)

// A dispatcher gives a visit from the queue to Petrov, who has nothing else to do.
func ExampleReassign() {
	home := geo.Point{Lat: 55.75, Lon: 37.62}
	monday := hours.NewDate(2026, time.November, 23)
	petrov := dispatch.RepDay{
		Rep:    roster.Rep{ID: uuid.MustParse("00000000-0000-0000-0000-000000000001"), Name: "Petrov", Start: &home},
		Shift:  &roster.Shift{StartsAt: monday.At(9*60, time.UTC), EndsAt: monday.At(18*60, time.UTC)},
		Route:  dispatch.Route{Date: monday},
		Travel: geo.CityTravel,
	}
	call := dispatch.Call{
		Visit: dispatch.Visit{ID: uuid.New(), State: dispatch.Queued, Service: 30 * time.Minute, Version: 1},
		Site:  customer.Site{Point: &geo.Point{Lat: 55.80, Lon: 37.62}},
	}
	got, err := dispatch.Reassign(call, nil, petrov, 1, "URGENT", monday.At(8*60, time.UTC))
	if err != nil {
		fmt.Println(err)
		return
	}
	stop := got.To.Route.Stops[0]
	fmt.Println(got.Visit.State, stop.Arrival.Format("15:04"), stop.Departure.Format("15:04"))
	fmt.Println(dispatch.Explain(got.Decision, func(uuid.UUID) string { return petrov.Rep.Name }, "en"))
	// Output:
	// ASSIGNED 09:18 09:48
	// Petrov makes the visit at a cost of 38 min (driving 38).
}
