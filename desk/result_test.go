package desk_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/dispatch"
	"pgregory.net/rapid"
)

// A repeated request gets the routes that the first one got.
func TestKeptRoutesComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.Custom(func(t *rapid.T) uuid.UUID {
			return uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		})
		at := rapid.Custom(func(t *rapid.T) time.Time {
			return time.UnixMicro(rapid.Int64Range(-1<<50, 1<<53).Draw(t, "moment")).UTC()
		})
		stop := rapid.Custom(func(t *rapid.T) dispatch.Stop {
			s := dispatch.Stop{
				Position: rapid.IntRange(1, 60).Draw(t, "position"), Travel: time.Duration(rapid.Int64().Draw(t, "travel")),
				Arrival: at.Draw(t, "arrival"), Departure: at.Draw(t, "departure"),
			}
			if whose := id.Draw(t, "whose"); rapid.Bool().Draw(t, "visit") {
				s.VisitID = &whose
			} else {
				s.EngagementID = &whose
			}
			if rapid.Bool().Draw(t, "told") {
				told := at.Draw(t, "told at")
				s.Told = &told
			}
			return s
		})
		want := desk.DayChange{
			Rep: id.Draw(t, "rep"), After: dispatch.Load{Visits: 3},
			Was:   dispatch.Route{ID: id.Draw(t, "was"), Date: desktest.Monday, Version: 4, Travel: time.Hour, Distance: 7.25},
			Route: dispatch.Route{Stops: rapid.SliceOfN(stop, 1, 30).Draw(t, "stops")},
		}
		doc, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got desk.DayChange
		if err := json.Unmarshal(doc, &got); err != nil {
			t.Fatalf("%v in %s", err, doc)
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Fatalf("%s\nin %s", diff, doc)
		}
	})
}

// Answers are kept for 30 days: those of the program before are read too.
func TestRoutesWrittenOutAreRead(t *testing.T) {
	t.Parallel()
	id, at := desktest.NewID(), desktest.Monday.At(9*60, time.UTC)
	stops := []dispatch.Stop{{Position: 1, VisitID: &id, Travel: time.Minute, Arrival: at, Departure: at.Add(time.Hour), Told: &at}}
	out, err := json.Marshal(map[string]any{"Route": dispatch.Route{Version: 2, Stops: stops}})
	if err != nil {
		t.Fatal(err)
	}
	var got desk.DayChange
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got.Route, dispatch.Route{Version: 2, Stops: stops}); diff != "" {
		t.Error(diff)
	}
	for _, broken := range []string{`{"Route":{"Stops":"AAAA"}}`, `{"Route":{"Stops":"!"}}`} {
		if json.Unmarshal([]byte(broken), &got) == nil {
			t.Errorf("%s was read as %v", broken, got.Route.Stops)
		}
	}
}
