package graph_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/pgtest"
)

const firstScreen = `
query FirstScreen {
  today {
    date
    rep { id name branch { id name timeZone } }
    shift { id startsAt endsAt timeZone }
    route {
      id version travelMinutes travelKm
      stops {
        position arrival departure
        visit {
          id version state priority
          kind { code name }
          due { from to }
          site { id name address point { lat lon } timeZone customer { name } }
        }
        engagement { kind title }
      }
    }
    backlogCount
    load { ratio serviceMinutes travelMinutes availableMinutes visits }
    alerts(first: 20) { nodes { id kind text state createdAt } }
    syncCursor
  }
}`

type screen struct {
	Today struct {
		Date  string
		Route struct {
			Stops []struct {
				Arrival string
				Visit   *struct {
					ID      uuid.UUID
					Version int
					Site    struct{ Name string }
				}
			}
		}
		Load       struct{ Visits int }
		Alerts     struct{ Nodes []struct{ Text, Kind string } }
		SyncCursor string
	}
}

// TestFirstScreenCostsThreeStatements holds rule 6, whatever the number of visits.
func TestFirstScreenCostsThreeStatements(t *testing.T) {
	t.Parallel()
	for _, sites := range []int{5, 60} {
		t.Run(fmt.Sprint(sites), func(t *testing.T) {
			t.Parallel()
			w := desktest.Add(t, postgres.New(pgtest.New(t)), sites)
			w.Align(t, 0)
			w.Plan(t, 0)
			h := open(t, w, false)
			h.counter.Take()
			var got screen
			h.must(t, "rep", firstScreen, nil, &got)
			if statements := h.counter.Take(); len(statements) != 3 {
				t.Errorf("the first screen cost %d statements, want 3: %q", len(statements), statements)
			}
			if len(got.Today.Route.Stops) < 5 || got.Today.Date != "2026-11-23" || got.Today.SyncCursor == "" {
				t.Errorf("the first screen shows %+v", got)
			}
		})
	}
}
