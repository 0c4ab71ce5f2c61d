package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/notify/fcmtest"
)

// TestMorning starts the real program and plays a morning: a company's file comes in, territories and the day are made, a rep
// looks at the day, a dispatcher moves a visit, both reps hear of it, and a restart loses nothing.
func TestMorning(t *testing.T) {
	t.Parallel()
	file := shared(t, "data/moscow_clients_osm.csv")
	push := fcmtest.New(t)
	p := newInstallation(t, "HEXBEAT_FCM_CREDENTIALS="+push.CredentialsFile, "HEXBEAT_FCM_ENDPOINT="+push.URL)

	p.run("organization", "add", "--name", "Утро")
	p.run("branch", "add", "--name", "Москва", "--time-zone", "Europe/Moscow")
	p.run("user", "add", "--email", "disp@example.com", "--name", "Диана Диспетчер", "--role", "dispatcher", "--branch", "Москва")
	p.run("import", "reps", p.write("reps.csv", repsFile(50)))
	p.run("import", "customers", file)
	if again := p.run("import", "customers", file); !strings.Contains(again, "7550 unchanged") {
		t.Errorf("importing the same file again says %q, want 7550 unchanged", again)
	}
	p.run("alignment", "draft")
	p.run("alignment", "publish")
	day := workday(t)
	p.run("plan", "--date", day.String())
	dispatcher := p.run("token", "--email", "disp@example.com")
	api := p.serve()

	// The dispatcher finds a rep with a visit ahead, and another rep.
	var reps struct {
		Reps struct {
			Nodes []struct {
				ID, Name string
				Route    *struct {
					Stops []struct {
						Visit *struct {
							ID, State string
							Version   int
						}
					}
				}
			}
		}
	}
	api.ask(dispatcher, `query ($day: Date!) { reps(first: 50) { nodes { id name route(date: $day) { stops { visit { id state version } } } } } }`,
		map[string]any{"day": day}, &reps)
	if len(reps.Reps.Nodes) != 50 {
		t.Fatalf("the dispatcher sees %d reps, want 50", len(reps.Reps.Nodes))
	}
	planned := 0
	from, visit, version := -1, "", 0
	for i, rep := range reps.Reps.Nodes {
		if rep.Route == nil {
			continue
		}
		for _, stop := range rep.Route.Stops {
			if stop.Visit == nil {
				continue
			}
			planned++
			if from < 0 && stop.Visit.State == "ASSIGNED" {
				from, visit, version = i, stop.Visit.ID, stop.Visit.Version
			}
		}
	}
	if from < 0 {
		t.Fatal("nobody has a visit ahead")
	}
	t.Logf("%d visits are on the routes of 50 reps", planned)
	giver, taker := reps.Reps.Nodes[from], reps.Reps.Nodes[(from+1)%50]
	giverToken, takerToken := p.token(giver.Name), p.token(taker.Name)

	// The rep's phone shows the day; the other rep's phone can be pushed to and listens.
	var today struct {
		Today struct {
			Route      struct{ Stops []struct{ Position int } }
			SyncCursor string
		}
	}
	api.ask(giverToken, `query ($day: Date) { today(date: $day) { route { stops { position } } syncCursor } }`, map[string]any{"day": day}, &today)
	if len(today.Today.Route.Stops) == 0 || today.Today.SyncCursor == "" {
		t.Fatalf("the rep's day is %+v, want stops and a cursor", today.Today)
	}
	api.ask(takerToken, `mutation ($id: UUID!) { deviceRegister(input: {requestId: $id, token: "phone-1", transport: "FCM", platform: "android", locale: "ru"}) {
		__typename ... on DeviceRegistered { device { id } } ... on Problem { code message } } }`, map[string]any{"id": uuid.New()}, nil)
	hints := api.listen(takerToken)

	// The reassignment, once more with the same request id.
	wish := map[string]any{"in": map[string]any{
		"requestId": uuid.New(), "visitId": visit, "toRepId": taker.ID, "expectedVersion": version, "reason": "OVERLOAD",
	}}
	const reassign = `mutation ($in: VisitReassignInput!) { visitReassign(input: $in) { __typename
		... on VisitReassigned { batchId visit { version rep { id } } decision { id explanation } alerts { kind rep { id } } }
		... on Problem { code message } } }`
	var first, second struct {
		VisitReassign struct {
			Typename string `json:"__typename"`
			BatchID  string
			Code     string
			Message  string
			Visit    struct {
				Version int
				Rep     struct{ ID string }
			}
			Decision struct{ ID, Explanation string }
		}
	}
	api.ask(dispatcher, reassign, wish, &first)
	api.ask(dispatcher, reassign, wish, &second)
	if got := first.VisitReassign; got.Typename != "VisitReassigned" || got.Visit.Rep.ID != taker.ID || got.Visit.Version != version+1 || got.Decision.Explanation == "" {
		t.Fatalf("visitReassign = %+v, want the visit with %s", got, taker.Name)
	}
	if first.VisitReassign.BatchID != second.VisitReassign.BatchID {
		t.Errorf("the repeated request made batch %s, want the first one's %s", second.VisitReassign.BatchID, first.VisitReassign.BatchID)
	}

	// The hint on the open socket, the push at the provider, the alert in both inboxes.
	hints.wait("visit")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := push.Wait(ctx, 1); err != nil {
		t.Fatalf("no push arrived: %v", err)
	}
	type inbox struct {
		Alerts struct {
			Nodes []struct{ ID, Kind, State, Text string }
		}
	}
	const alerts = `{ alerts(first: 10) { nodes { id kind state text } } }`
	var given, taken inbox
	api.ask(giverToken, alerts, nil, &given)
	api.ask(takerToken, alerts, nil, &taken)
	if len(given.Alerts.Nodes) == 0 || given.Alerts.Nodes[0].Kind != "VISITS_LOST" {
		t.Errorf("the inbox of who lost the visit holds %+v, want VISITS_LOST first", given.Alerts.Nodes)
	}
	if len(taken.Alerts.Nodes) == 0 || taken.Alerts.Nodes[0].Kind != "VISITS_GAINED" {
		t.Fatalf("the inbox of who got the visit holds %+v, want VISITS_GAINED first", taken.Alerts.Nodes)
	}
	api.ask(takerToken, `mutation ($id: UUID!, $alert: ID!) { alertAcknowledge(input: {requestId: $id, alertId: $alert}) {
		__typename ... on AlertAcknowledged { alert { state } } ... on Problem { code message } } }`,
		map[string]any{"id": uuid.New(), "alert": taken.Alerts.Nodes[0].ID}, nil)

	// Killed without a word, it comes back with everything.
	p.kill()
	api = p.serve()
	api.ask(takerToken, alerts, nil, &taken)
	if len(taken.Alerts.Nodes) == 0 || taken.Alerts.Nodes[0].State != "ACKNOWLEDGED" {
		t.Errorf("after a restart the inbox holds %+v, want the first alert ACKNOWLEDGED", taken.Alerts.Nodes)
	}
	var after struct {
		Visit struct {
			State string
			Rep   struct{ ID string }
		}
	}
	api.ask(takerToken, `query ($id: ID!) { visit(id: $id) { state rep { id } } }`, map[string]any{"id": visit}, &after)
	if after.Visit.Rep.ID != taker.ID || after.Visit.State != "ASSIGNED" {
		t.Errorf("after a restart the visit is %+v, want it ASSIGNED to %s", after.Visit, taker.Name)
	}
}

// workday is today or the next day on which an ordinary branch is open.
func workday(t *testing.T) hours.Date {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Moscow")
	if err != nil {
		t.Fatal(err)
	}
	// Tomorrow at the earliest: a shift of today may be over.
	day := hours.DateOf(time.Now().In(zone)) + 1
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day++
	}
	return day
}

func repsFile(n int) string {
	var b strings.Builder
	b.WriteString("name,email,branch\n")
	for i := range n {
		fmt.Fprintf(&b, "Представитель %02d,rep%02d@example.com,Москва\n", i+1, i+1)
	}
	return b.String()
}
