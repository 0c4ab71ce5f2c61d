package graph_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/hours"
)

const askSlots = `query($site: ID!, $minutes: Int!, $from: Date!, $days: Int!) {
  slots(siteId: $site, minutes: $minutes, from: $from, days: $days) { rep { id } date window { from to } travelMinutes costMinutes }
}`

type offered struct {
	Slots []struct {
		Rep           struct{ ID uuid.UUID }
		Date          hours.Date
		Window        hours.Window
		TravelMinutes float64
		CostMinutes   float64
	}
}

func slotsAt(site uuid.UUID) map[string]any {
	return map[string]any{"site": site, "minutes": 30, "from": "2026-11-22", "days": 3}
}

func TestSlotsAreOfTheSitesBranchAndCanBeKept(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	h := open(t, w, false)
	site := w.Branches[0].Sites[1][2]
	var got offered
	h.must(t, "dispatcher", askSlots, slotsAt(site), &got)
	if len(got.Slots) != 10 {
		t.Fatalf("%d slots, want ten", len(got.Slots))
	}
	colleagues := map[uuid.UUID]bool{}
	for _, r := range w.Branches[0].Reps {
		colleagues[r.ID] = true
	}
	for i, s := range got.Slots {
		if !colleagues[s.Rep.ID] || s.Date < desktest.Monday || s.Window.Length() < 15*time.Minute || s.Window.From.Before(w.Now()) {
			t.Errorf("slot %d is %+v, want one of the branch's reps, from today on", i, s)
		}
		if i > 0 && s.CostMinutes < got.Slots[i-1].CostMinutes {
			t.Errorf("slot %d is cheaper than the one before", i)
		}
	}
	for _, s := range got.Slots {
		if s.Date != desktest.Monday {
			continue
		}
		// What is promised is kept: the visit is planned into the window.
		made, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.CreateVisit{
			Site: site, Kind: "URGENT", Rep: &s.Rep.ID, Promised: &s.Window,
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := w.Count(t, "SELECT count(*) FROM stop WHERE visit_id = $1 AND arrival <= $2", made.ID, s.Window.To); n != 1 {
			t.Errorf("promised %v, and the rep comes later", s.Window)
		}
		break
	}
}

func TestARepIsOfferedTheOwnDaysOnly(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	h := open(t, w, false)
	var got offered
	h.must(t, "rep", askSlots, slotsAt(w.Branches[0].Sites[0][0]), &got)
	for _, s := range got.Slots {
		if s.Rep.ID != w.Branches[0].Reps[0].ID {
			t.Errorf("a rep is offered a day of %s", s.Rep.ID)
		}
	}
	if len(got.Slots) != 4 {
		t.Errorf("%d slots, want two of today and two of tomorrow", len(got.Slots))
	}
}

func TestSitesOfOtherBranchesHaveNoSlots(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	h := open(t, w, false)
	for _, who := range []string{"dispatcher", "rep"} {
		for name, site := range map[string]uuid.UUID{"another branch's": w.Branches[1].Sites[0][0], "no": desktest.NewID()} {
			var got offered
			h.must(t, who, askSlots, slotsAt(site), &got)
			if len(got.Slots) != 0 {
				t.Errorf("%s gets %d slots of %s site", who, len(got.Slots), name)
			}
		}
	}
}

func TestSlotsRefuseWhatMakesNoSense(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	h := open(t, w, false)
	for field, value := range map[string]int{"minutes": 0, "days": 32} {
		asked := slotsAt(w.Branches[0].Sites[0][0])
		asked[field] = value
		got := h.ask(t, "dispatcher", askSlots, asked)
		if got.code() != "BAD_USER_INPUT" || !strings.Contains(fmt.Sprint(got.Errors), field) {
			t.Errorf("%s = %d: %s", field, value, got.body)
		}
	}
	past := slotsAt(w.Branches[0].Sites[0][0])
	past["from"], past["days"] = "2026-11-01", 7
	var got offered
	h.must(t, "dispatcher", askSlots, past, &got)
	if len(got.Slots) != 0 {
		t.Errorf("%d slots in the past", len(got.Slots))
	}
}
