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
// commit, PostgreSQL is killed, providers are down, slow, cut connections, rotate their tokens and deliver what they say they refused. In the
// end every alert that was not annulled or superseded has reached each device of its rep, phones that got their pushes shuffled and doubled show
// each once, and notify prove is clean. Each rep has a channel of the own. HEXBEAT_ALERT_CHANNELS names others, such as FCM alone;
// HEXBEAT_ALERT_FAULTS says how many faults; HEXBEAT_ALERT_SEED repeats a run's choices.
func TestAlertsArriveWhateverFails(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for a minute")
	}
	t.Parallel()
	faults, seed := fromEnv("HEXBEAT_ALERT_FAULTS", 6), fromEnv("HEXBEAT_ALERT_SEED", int(time.Now().UnixNano()))
	t.Logf("HEXBEAT_ALERT_FAULTS=%d HEXBEAT_ALERT_SEED=%d", faults, seed)
	dice := rand.New(rand.NewPCG(uint64(seed), 2))

	f := newFaults(t)
	writing, stop := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	for _, v := range f.visits {
		writers.Go(func() { v.shuttle(writing, f.pair, f.dispatcher, f.reps) })
	}
	for n := range faults {
		for _, e := range f.ends {
			e.stumble(dice)
		}
		switch n % 6 {
		case 0, 3:
			f.killWhoSent(f.pair[n/3%2])
		case 1:
			f.killPostgreSQL()
		case 2:
			f.rotateTokens()
		case 4:
			f.down(unavailable)
			<-time.After(2 * time.Second) // the providers are down for a while
			f.up()
		case 5:
			f.refuseTokens(503, "unavailable")
			<-time.After(time.Second)
			f.refuseTokens(0, "")
		}
		<-time.After(time.Duration(300+dice.IntN(1200)) * time.Millisecond) // the moment is the test's subject
	}
	stop()
	writers.Wait()
	server, err := local.Start(t.Context(), local.Options{DataDir: filepath.Join(f.dir, "data")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Stop(context.Background()) }()
	f.reckon(server.URL(), dice, 4*time.Minute)
}

// faults is an installation under a fault run: two processes, reps with a channel each, and what stands at the far ends.
type faults struct {
	*installation
	ends       []end
	dispatcher string
	reps       []string
	visits     []*errand
	pair       []*serving
	owners     map[string]owner // by the token of a device
	kills      int
}

// owner is whose a device is, and where it is reached.
type owner struct {
	rep string
	end end
}

func newFaults(t *testing.T, env ...string) *faults {
	t.Helper()
	f := &faults{ends: endsOf(t), owners: map[string]owner{}}
	for _, e := range f.ends {
		env = append(env, e.settings()...)
	}
	f.installation = newInstallation(t, env...)
	f.dispatcher, f.reps, f.visits = f.smallTown(8)
	f.pair = []*serving{f.serveFor(t), f.serveFor(t)}
	f.register()
	return f
}

// register gives each rep a device of one channel after the other, and the first one two.
func (f *faults) register() {
	f.t.Helper()
	api := &api{t: f.t, url: "http://" + f.pair[0].address}
	api.ready()
	for i := range f.reps {
		bearer := f.run("token", "--email", fmt.Sprintf("rep%02d@example.com", i+1))
		var me struct {
			Me         struct{ Rep struct{ ID string } }
			WebPushKey string
		}
		api.ask(bearer, `{ me { rep { id } } webPushKey }`, nil, &me)
		e := f.ends[i%len(f.ends)]
		if b, ok := e.(*browsers); ok {
			b.vapid = me.WebPushKey
		}
		tokens := []string{e.token(i)}
		if i == 0 {
			tokens = append(tokens, e.token(100))
		}
		for _, token := range tokens {
			var registered struct {
				DeviceRegister struct{ Device struct{ ID string } }
			}
			api.ask(bearer, `mutation ($id: UUID!, $token: String!, $transport: String!) { deviceRegister(input: {requestId: $id, token: $token, transport: $transport,
				platform: "test", locale: "ru"}) { ... on DeviceRegistered { device { id } } ... on Problem { code } } }`,
				map[string]any{"id": uuid.New(), "token": token, "transport": e.transport()}, &registered)
			f.owners[token] = owner{me.Me.Rep.ID, e}
			if p, ok := e.(*pages); ok {
				p.look(&page{of: p, servers: f.pair, bearer: bearer, token: token, device: registered.DeviceRegister.Device.ID, confirmed: map[string]bool{}})
			}
		}
	}
}

// killWhoSent ends a process that a provider has just taken a push from, before it can write that down; or, where no provider can say so, now.
func (f *faults) killWhoSent(victim *serving) {
	f.kills++
	var once atomic.Bool
	dead := make(chan struct{})
	kill := func() {
		if once.CompareAndSwap(false, true) {
			victim.crash()
			close(dead)
		}
	}
	patience := time.Millisecond
	for _, e := range f.ends {
		if e.onTaken(kill) {
			patience = 20 * time.Second // longer, and nobody sends anything: backoff
		}
	}
	select {
	case <-dead:
	case <-time.After(patience):
		kill()
		<-dead
	}
	for _, e := range f.ends {
		e.onTaken(nil)
	}
	victim.start()
}

func (f *faults) down(how outage) {
	for _, e := range f.ends {
		e.down(how)
	}
}

func (f *faults) up() {
	for _, e := range f.ends {
		e.up()
	}
}

// rotateTokens makes Google's access tokens in use worth nothing.
func (f *faults) rotateTokens() {
	for _, e := range f.ends {
		if g, ok := e.(*firebase); ok {
			g.ExpireTokens()
		}
	}
}

// refuseTokens has Google give out no access tokens; 0 ends it.
func (f *faults) refuseTokens(status int, code string) {
	for _, e := range f.ends {
		if g, ok := e.(*firebase); ok {
			g.RefuseTokens(status, code)
		}
	}
}

// reckon waits until nothing is on its way, and compares what arrived with the record.
func (f *faults) reckon(url string, dice *rand.Rand, patience time.Duration) {
	f.t.Helper()
	db, err := postgres.Open(f.t.Context(), url)
	if err != nil {
		f.t.Fatal(err)
	}
	defer db.Close()
	settled(f.t, db, patience)
	for _, e := range f.ends {
		if n := e.finish(f.t.Context()); n > 0 {
			f.t.Logf("%s: %d more when it looked again", e.transport(), n)
		}
	}
	f.t.Log(f.run("notify", "prove"))
	f.arrived(db, dice)
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
func settled(t *testing.T, db *postgres.DB, patience time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
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

// arrived compares what the devices got with the record.
func (f *faults) arrived(db *postgres.DB, dice *rand.Rand) {
	t := f.t
	t.Helper()
	rows, err := db.Pool().Query(t.Context(), `SELECT a.id, a.rep_id::text, a.state, a.version, a.seq, a.trying_at IS NOT NULL, a.kind, b.kind = 'REASSIGN' FROM alert AS a
		JOIN batch AS b ON b.id = a.batch_id ORDER BY a.rep_id, a.seq`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	alerts, tried, ofRep, states := map[uuid.UUID]notify.Alert{}, map[uuid.UUID]bool{}, map[uuid.UUID]string{}, map[notify.State]int{}
	for rows.Next() {
		var a notify.Alert
		var rep string
		var began, reassigned bool
		if err := rows.Scan(&a.ID, &rep, &a.State, &a.Version, &a.Seq, &began, &a.Kind, &reassigned); err != nil {
			t.Fatal(err)
		}
		tried[a.ID], ofRep[a.ID] = began, rep
		if reassigned { // the plan came before any device did: it may arrive later, and need not
			alerts[a.ID] = a
			states[a.State]++
		}
	}
	pushes, sum := map[string][]map[string]string{}, map[string]int{}
	for _, e := range f.ends {
		for _, got := range e.arrivals() {
			id, _ := uuid.Parse(got.data["alertId"])
			a, known := alerts[id]
			switch {
			case f.owners[got.token].rep != ofRep[id]:
				t.Errorf("%s got alert %s, which is not its rep's", got.token, id)
			case !known:
				continue
			case e.transport() != notify.Socket && (a.State == notify.Annulled || !tried[id]):
				t.Errorf("%s got alert %s, which is %s", got.token, id, a.State)
			}
			pushes[got.token] = append(pushes[got.token], got.data)
			sum[e.transport()]++
		}
	}
	doubles := map[end]int{}
	for token, owner := range f.owners {
		got := map[string]int{}
		for _, data := range pushes[token] {
			if got[data["alertId"]]++; got[data["alertId"]] > 1 {
				doubles[owner.end]++
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
			if ofRep[id] != owner.rep {
				continue
			}
			if open := a.State.Open() || a.State == notify.Escalated; open && shown[id] != 1 {
				t.Errorf("%s rang %d times for alert %s (%s), want once", token, shown[id], id, a.State)
			} else if !open && shown[id] > 0 {
				t.Errorf("%s rang for alert %s, which is %s", token, id, a.State)
			}
		}
	}
	// A push is sent again only where nobody could know that it had been taken.
	for _, e := range f.ends {
		if unsure := e.unsure(); doubles[e] > unsure+50*f.kills {
			t.Errorf("%s: %d pushes came twice, but only %d answers and %d processes were lost", e.transport(), doubles[e], unsure, f.kills)
		}
		t.Logf("%s: %d arrived, %d of them again", e.transport(), sum[e.transport()], doubles[e])
	}
	t.Logf("%d alerts %v to %d devices, %d processes killed", len(alerts), states, len(f.owners), f.kills)
}
