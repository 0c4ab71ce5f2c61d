package graph_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/hexbeat/hexbeat/desk/desktest"
)

// raced is what one of many at once was answered.
type raced struct {
	Typename      string `json:"__typename"`
	Code, Message string
	State         string
	BatchID       string
	Visit         *visitNow
	Change        *struct{ Kind string }
}

// TestSixtyFourClientsOfTwoServers claim and reassign the same three visits. Each visit is with one rep at last; what was accepted made one
// version each and stands in the history; what was refused says why, and shows what is there now.
func TestSixtyFourClientsOfTwoServers(t *testing.T) {
	t.Parallel()
	const clients, wishes = 64, 3
	h := aHouse(t)
	doors := []*house{h, open(t, h.World, false)} // each with a pool, a board and a desk of its own
	for i := range 4 {
		for _, door := range doors {
			door.know(fmt.Sprint("rep", i), h.Caller(0, i))
		}
	}
	var hot []visitNow
	for i := range 3 {
		var made struct {
			VisitCreate struct{ Visit visitNow }
		}
		h.must(t, "dispatcher", `mutation($i:VisitCreateInput!){visitCreate(input:$i){...on VisitCreated{visit{id version state}}}}`,
			map[string]any{"i": map[string]any{"requestId": desktest.NewID(), "siteId": h.Branches[0].Sites[i][0]}}, &made)
		hot = append(hot, made.VisitCreate.Visit)
	}
	const claim = `mutation($i:VisitClaimInput!){got:visitClaim(input:$i){__typename ...on VisitClaimed{batchId visit{id version}} ...on VisitTaken{state} ` + problemFields + `}}`
	const reassign = `mutation($i:VisitReassignInput!){got:visitReassign(input:$i){__typename ...on VisitReassigned{batchId visit{id version}}
	    ...on VersionConflict{visit{id version state rep{id}} change{kind}} ` + problemFields + `}}`

	var mu sync.Mutex
	taken, batches := map[string]bool{}, map[string]bool{} // versions and batches of what was accepted
	count := map[string]int{}
	hear := func(wish string, visit visitNow, got raced) {
		mu.Lock()
		defer mu.Unlock()
		count[wish+" "+got.Typename]++
		switch got.Typename {
		case "VisitClaimed", "VisitReassigned":
			version := fmt.Sprint(got.Visit.ID, " ", got.Visit.Version)
			if got.Visit.ID != visit.ID || taken[version] || batches[got.BatchID] {
				t.Errorf("%s %s was accepted twice", wish, version)
			}
			taken[version], batches[got.BatchID] = true, true
		case "VersionConflict":
			if got.Message == "" || got.Visit.ID != visit.ID || got.Visit.Version <= visit.Version || got.Visit.Rep == nil || got.Change == nil {
				t.Errorf("%s of version %d: %+v, want the visit as it is now and what changed it", wish, visit.Version, got)
			}
		case "VisitTaken":
			if got.Message == "" || got.State != "ASSIGNED" {
				t.Errorf("%s: %+v, want where it is now", wish, got)
			}
		case "Refused":
			if got.Message == "" || got.Code != "SAME_REP" {
				t.Errorf("%s: %+v, want nothing but SAME_REP", wish, got)
			}
		default:
			t.Errorf("%s is answered %+v", wish, got)
		}
	}
	var gate, all sync.WaitGroup
	gate.Add(1)
	for i := range clients {
		all.Go(func() {
			rng, door := rand.New(rand.NewPCG(9, uint64(i))), doors[i%2]
			seen := map[string]visitNow{}
			for _, v := range hot {
				seen[v.ID] = v
			}
			gate.Wait()
			for n := range wishes {
				visit := seen[hot[rng.IntN(len(hot))].ID]
				who, query := fmt.Sprint("rep", rng.IntN(4)), claim
				input := map[string]any{"requestId": desktest.NewID(), "visitId": visit.ID}
				if (i/2+n)%2 == 1 {
					who, query = "dispatcher", reassign
					input["toRepId"], input["expectedVersion"], input["reason"] = h.Branches[0].Reps[rng.IntN(4)].ID, visit.Version, "OTHER"
				}
				answer := door.ask(t, who, query, map[string]any{"i": input})
				var got struct{ Got raced }
				if err := json.Unmarshal(answer.Data, &got); err != nil || len(answer.Errors) > 0 {
					t.Errorf("%v: %s", err, answer.body)
					continue
				}
				hear(map[string]string{claim: "claim", reassign: "reassign"}[query], visit, got.Got)
				if now := got.Got.Visit; now != nil {
					seen[now.ID] = *now
				}
			}
		})
	}
	gate.Done()
	all.Wait()
	for _, outcome := range []string{"claim VisitTaken", "reassign VisitReassigned", "reassign VersionConflict"} {
		if count[outcome] == 0 {
			t.Errorf("no %s: nobody raced: %v", outcome, count)
		}
	}
	versions := 0
	for _, v := range hot {
		var got struct{ Visit visitNow }
		h.must(t, "dispatcher", `query($id:ID!){visit(id:$id){id version state rep{id}}}`, map[string]any{"id": v.ID}, &got)
		versions += got.Visit.Version - v.Version
		if got.Visit.State != "ASSIGNED" || got.Visit.Rep == nil {
			t.Errorf("at last %+v, want it with a rep", got.Visit)
			continue
		}
		if n := h.Count(t, `SELECT count(*) FROM stop AS st JOIN route AS ro ON ro.id = st.route_id WHERE st.visit_id = $1 AND ro.rep_id = $2`, v.ID, got.Visit.Rep.ID); n != 1 {
			t.Errorf("on %d routes of its rep, want one", n)
		}
		if n := h.Count(t, `SELECT count(*) FROM stop WHERE visit_id = $1`, v.ID); n != 1 {
			t.Errorf("on %d routes, want one", n)
		}
		if n := h.Count(t, `SELECT count(*) FROM assignment WHERE visit_id = $1`, v.ID); n != got.Visit.Version-v.Version+1 {
			t.Errorf("%d hands in its history, want the first and one for each of %d changes", n, got.Visit.Version-v.Version)
		}
	}
	if versions != len(taken) {
		t.Errorf("%d changes of the visits for %d accepted wishes", versions, len(taken))
	}
}
