package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/notify/fcmtest"
	"github.com/hexbeat/hexbeat/notify/notifytest"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/local"
)

// TestAlertsArriveWhateverFails reassigns visits while everything fails that can: workers are killed between the provider's word and our
// commit, PostgreSQL is killed, the provider is down, slow, cuts connections, rotates its tokens and delivers what it says it refused. In the
// end every alert that was not annulled or superseded has reached each phone of its rep, phones that got their pushes shuffled and doubled show
// each once, and notify prove is clean. HEXBEAT_ALERT_FAULTS says how many faults; HEXBEAT_ALERT_SEED repeats a run's choices.
func TestAlertsArriveWhateverFails(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for a minute")
	}
	t.Parallel()
	faults, seed := fromEnv("HEXBEAT_ALERT_FAULTS", 6), fromEnv("HEXBEAT_ALERT_SEED", int(time.Now().UnixNano()))
	t.Logf("HEXBEAT_ALERT_FAULTS=%d HEXBEAT_ALERT_SEED=%d", faults, seed)
	dice := rand.New(rand.NewPCG(uint64(seed), 2))

	push := fcmtest.New(t)
	p := newInstallation(t, "HEXBEAT_FCM_CREDENTIALS="+push.CredentialsFile, "HEXBEAT_FCM_ENDPOINT="+push.URL)
	token, reps, visits := p.smallTown(8)
	pair := []*serving{p.serveFor(t), p.serveFor(t)}
	phones := p.phones(pair[0], len(reps))
	writing, stop := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	for _, v := range visits {
		writers.Go(func() { v.shuttle(writing, pair, token, reps) })
	}
	kills := 0
	for n := range faults {
		for range 5 {
			push.Next(anyAnswer(dice))
		}
		switch n % 6 {
		case 0, 3: // the provider has the push, and who sent it does not live to write that down
			kills++
			victim := pair[n/3%2]
			var once atomic.Bool
			dead := make(chan struct{})
			push.OnTaken(func() {
				if once.CompareAndSwap(false, true) {
					victim.crash()
					close(dead)
				}
			})
			select {
			case <-dead:
			case <-time.After(20 * time.Second): // the others send nothing either: backoff
				push.OnTaken(nil)
				once.Store(true)
				victim.crash()
			}
			push.OnTaken(nil)
			victim.start()
		case 1:
			p.killPostgreSQL()
		case 2:
			push.ExpireTokens()
		case 4:
			push.Always("", fcmtest.Unavailable(0))
			<-time.After(2 * time.Second) // the provider is down for a while
			push.Always("", fcmtest.OK())
		case 5:
			push.RefuseTokens(503, "unavailable")
			<-time.After(time.Second)
			push.RefuseTokens(0, "")
		}
		<-time.After(time.Duration(300+dice.IntN(1200)) * time.Millisecond) // the moment is the test's subject
	}
	stop()
	writers.Wait()

	server, err := local.Start(t.Context(), local.Options{DataDir: filepath.Join(p.dir, "data")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Stop(context.Background()) }()
	db, err := postgres.Open(t.Context(), server.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	settled(t, db)
	if out := p.run("notify", "prove"); out == "" {
		t.Error("notify prove says nothing")
	} else {
		t.Log(out)
	}
	p.arrived(t, db, push, phones, kills, dice)
}

// TestAKilledWorkersJobIsTakenOver kills a process while the provider says nothing to it. Another hands the alert over within 75 seconds.
func TestAKilledWorkersJobIsTakenOver(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a job to be rescued")
	}
	t.Parallel()
	push := fcmtest.New(t)
	p := newInstallation(t, "HEXBEAT_FCM_CREDENTIALS="+push.CredentialsFile, "HEXBEAT_FCM_ENDPOINT="+push.URL)
	token, reps, visits := p.smallTown(1)
	first := p.serveFor(t)
	p.phones(first, len(reps))
	push.Always("", fcmtest.Hang())
	visit := visits[0]
	to := reps[0]
	if to == visit.rep {
		to = reps[1]
	}
	if answer, answered := first.mutate(token, reassignment, map[string]any{
		"requestId": uuid.New(), "visitId": visit.id, "toRepId": to, "expectedVersion": visit.version, "reason": "OVERLOAD",
	}); !answered || answer.Code != "" {
		t.Fatalf("reassign: %+v", answer)
	}
	if _, err := push.WaitCalls(t.Context(), 2); err != nil { // both reps' phones
		t.Fatal(err)
	}
	first.crash()
	died := time.Now()
	push.Always("", fcmtest.OK())
	p.serveFor(t)
	ctx, cancel := context.WithTimeout(t.Context(), 75*time.Second)
	defer cancel()
	if _, err := push.Wait(ctx, 2); err != nil {
		t.Fatalf("nobody took the jobs over within 75 s: %d arrived", len(push.Messages()))
	}
	t.Logf("taken over after %s", time.Since(died).Round(time.Second))
}

// anyAnswer is what a provider says on a bad day.
func anyAnswer(dice *rand.Rand) fcmtest.Answer {
	answers := []fcmtest.Answer{
		fcmtest.OK(), fcmtest.OK(), fcmtest.TooMany(time.Second), fcmtest.Internal(), fcmtest.Unavailable(time.Second),
		fcmtest.Unavailable(0).Delivered(), fcmtest.CutBefore(), fcmtest.CutInside(), fcmtest.Unauthenticated(),
	}
	return answers[dice.IntN(len(answers))]
}

// phones registers a phone for each rep, and a tablet for the first; by token, whose they are.
func (p *installation) phones(s *serving, reps int) map[string]string {
	p.t.Helper()
	api := &api{t: p.t, url: "http://" + s.address}
	api.ready()
	owners := map[string]string{}
	for i := range reps {
		bearer := p.run("token", "--email", fmt.Sprintf("rep%02d@example.com", i+1))
		tokens := []string{fmt.Sprintf("phone-%d", i)}
		if i == 0 {
			tokens = append(tokens, "tablet-0")
		}
		var me struct {
			Me struct{ Rep struct{ ID string } }
		}
		api.ask(bearer, `{ me { rep { id } } }`, nil, &me)
		for _, token := range tokens {
			api.ask(bearer, `mutation ($id: UUID!, $token: String!) { deviceRegister(input: {requestId: $id, token: $token, transport: "FCM", platform: "android", locale: "ru"}) {
				__typename } }`, map[string]any{"id": uuid.New(), "token": token}, nil)
			owners[token] = me.Me.Rep.ID
		}
	}
	return owners
}

// settled waits until no push is on its way: an alert that a channel was asked to carry has been handed over, or has ended.
func settled(t *testing.T, db *postgres.DB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	ask := time.NewTicker(500 * time.Millisecond)
	defer ask.Stop()
	for {
		var left int
		if err := db.Pool().QueryRow(ctx, `SELECT count(*) FROM river.river_job AS j JOIN alert AS a ON a.id = (j.args->>'alert')::uuid
			WHERE j.kind = 'send_alert' AND j.finalized_at IS NULL`).Scan(&left); err == nil && left == 0 {
			return
		}
		select {
		case <-ask.C:
		case <-ctx.Done():
			t.Fatalf("%d pushes are still on their way", left)
		}
	}
}

// arrived compares what the phones got with the record.
func (p *installation) arrived(t *testing.T, db *postgres.DB, push *fcmtest.Server, owners map[string]string, kills int, dice *rand.Rand) {
	t.Helper()
	rows, err := db.Pool().Query(t.Context(), `SELECT a.id, a.rep_id::text, a.state, a.version, a.seq, a.trying_at IS NOT NULL FROM alert AS a
		JOIN batch AS b ON b.id = a.batch_id WHERE b.kind = 'REASSIGN' ORDER BY a.rep_id, a.seq`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	alerts, tried, ofRep := map[uuid.UUID]notify.Alert{}, map[uuid.UUID]bool{}, map[uuid.UUID]string{}
	for rows.Next() {
		var a notify.Alert
		var rep string
		var began bool
		if err := rows.Scan(&a.ID, &rep, &a.State, &a.Version, &a.Seq, &began); err != nil {
			t.Fatal(err)
		}
		alerts[a.ID], tried[a.ID], ofRep[a.ID] = a, began, rep
	}
	pushes, doubles, states := map[string][]map[string]string{}, 0, map[notify.State]int{}
	for _, m := range push.Messages() {
		id := uuid.MustParse(m.Data["alertId"])
		a, known := alerts[id]
		switch {
		case !known || owners[m.Token] != ofRep[id]:
			t.Errorf("%s got alert %s, which is not its rep's", m.Token, id)
		case a.State == notify.Annulled || !tried[id]:
			t.Errorf("%s got alert %s, which is %s", m.Token, id, a.State)
		}
		pushes[m.Token] = append(pushes[m.Token], m.Data)
	}
	for token, rep := range owners {
		got := map[string]int{}
		for _, data := range pushes[token] {
			if got[data["alertId"]]++; got[data["alertId"]] > 1 {
				doubles++
			}
		}
		phone := notifytest.Phone{Fetch: func(id uuid.UUID) (notify.Alert, bool) { a, found := alerts[id]; return a, found }}
		list := slices.Concat(pushes[token], pushes[token])
		dice.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		for _, data := range list {
			phone.Push(data)
		}
		shown := phone.Shown()
		for id, a := range alerts {
			if ofRep[id] != rep {
				continue
			}
			states[a.State]++
			if open := a.State.Open() || a.State == notify.Escalated; open && shown[id] != 1 {
				t.Errorf("%s rang %d times for alert %s (%s), want once", token, shown[id], id, a.State)
			} else if !open && shown[id] > 0 {
				t.Errorf("%s rang for alert %s, which is %s", token, id, a.State)
			}
		}
	}
	// A push is sent again only where nobody could know that it had been taken.
	unsure := 0
	for _, c := range push.Calls() {
		if c.Status == 0 || c.Status == 503 {
			unsure++
		}
	}
	if doubles > unsure+50*kills {
		t.Errorf("%d pushes came twice, but only %d answers and %d processes were lost", doubles, unsure, kills)
	}
	t.Logf("%d alerts %v, %d pushes to %d phones, %d of them twice", len(alerts), states, len(push.Messages()), len(owners), doubles)
}
