package work_test

import (
	"context"
	"log/slog"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/notify/fcm"
	"github.com/hexbeat/hexbeat/notify/fcmtest"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/pgtest"
	"github.com/hexbeat/hexbeat/work"
	"github.com/riverqueue/river"
)

// running is a company on a database of its own with the real queue at work, and a Firebase.
func running(t testing.TB, sites int) (*desktest.World, *fcmtest.Server) {
	t.Helper()
	pool := pgtest.Empty(t)
	if err := postgres.Migrate(t.Context(), pool, nil); err != nil {
		t.Fatal(err)
	}
	w, fake := desktest.Add(t, postgres.New(pool), sites), fcmtest.New(t)
	w.Align(t, 0)
	w.Plan(t, 0)
	sender, err := fcm.New(t.Context(), fcm.Config{CredentialsFile: fake.CredentialsFile, Endpoint: fake.URL})
	if err != nil {
		t.Fatal(err)
	}
	client, err := work.New(work.Config{Desk: w.Desk, Senders: map[string]notify.Sender{notify.FCM: sender}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return w, fake
}

// A storm is handed over, each alert once. HEXBEAT_BURST says how many alerts; 10000 is a region's worst day.
func TestAStormIsHandedOver(t *testing.T) {
	t.Parallel()
	count := 200
	if n, err := strconv.Atoi(os.Getenv("HEXBEAT_BURST")); err == nil {
		count = n
	}
	w, fake := running(t, 2)
	for rep := range w.Branches[0].Reps {
		w.Phone(t, 0, rep, notify.FCM)
	}
	fake.Next(fcmtest.TooMany(time.Second), fcmtest.CutInside()) // even now
	rows, err := w.DB.Pool().Query(t.Context(), `
WITH b AS (INSERT INTO batch (organization_id, id, kind, door, created_at)
           SELECT $1, gen_random_uuid(), 'STORM', 'ENGINE', $2 FROM generate_series(1, $3) RETURNING id),
     r AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM rep WHERE branch_id = $4)
INSERT INTO alert (organization_id, id, rep_id, batch_id, kind, state, created_at, expires_at, channels, asked_at, due_at)
SELECT $1, gen_random_uuid(), r.id, b.id, 'VISITS_CHANGED', 'QUEUED', $2, $2::timestamptz + interval '1 day', '{FCM}', $2, $2::timestamptz + interval '10 minutes'
FROM  (SELECT id, row_number() OVER (ORDER BY id) AS n FROM b) AS b JOIN r ON r.n = b.n % (SELECT count(*) FROM r)
RETURNING id`, w.Organization, w.Now(), count, w.Branches[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	var jobs []river.InsertManyParams
	for rows.Next() {
		job := desk.SendAlert{Organization: w.Organization, Channel: notify.FCM}
		if err := rows.Scan(&job.Alert); err != nil {
			t.Fatal(err)
		}
		jobs = append(jobs, river.InsertManyParams{Args: job})
	}
	if rows.Err() != nil || len(jobs) != count {
		t.Fatalf("%d alerts, %v", len(jobs), rows.Err())
	}
	began := time.Now()
	for part := range slices.Chunk(jobs, 1000) {
		if _, err := w.Desk.Jobs.InsertManyFast(t.Context(), part); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := fake.Wait(t.Context(), count+1); err != nil { // one is handed over twice: its answer was cut
		t.Fatal(err)
	}
	t.Logf("%d alerts were at the provider's door after %s", count, time.Since(began).Round(time.Millisecond))
	times := map[string]int{}
	for _, m := range fake.Messages() {
		times[m.Data["alertId"]]++
	}
	twice := 0
	for _, n := range times {
		twice += n - 1
	}
	if len(times) != count || twice != 1 {
		t.Errorf("%d alerts arrived, %d of them twice; want %d, and the one whose answer was cut", len(times), twice, count)
	}
}

// A slow channel has a queue of its own: what hangs there holds up nothing else.
func TestASlowChannelHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	w, fake := running(t, 2)
	fake.Always("", fcmtest.Hang())
	for rep := range 4 {
		w.Phone(t, 0, rep, notify.FCM)
	}
	var hung []river.InsertManyParams
	for range 60 { // more than the channel has workers
		hung = append(hung, river.InsertManyParams{Args: desk.SendAlert{Organization: w.Organization, Alert: anAlert(t, w, 0), Channel: notify.FCM}})
	}
	if _, err := w.Desk.Jobs.InsertManyFast(t.Context(), hung); err != nil {
		t.Fatal(err)
	}
	if _, err := fake.WaitCalls(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	other := anAlert(t, w, 1)
	if _, err := w.Desk.Jobs.Insert(t.Context(), desk.SendAlert{Organization: w.Organization, Alert: other, Channel: notify.Email}, nil); err != nil {
		t.Fatal(err)
	}
	// Nobody sends mail here: the job is done at once and the alert passed on, long before the first of the others gives up.
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
	defer cancel()
	for w.Count(t, "SELECT count(*) FROM river.river_job WHERE queue = 'push_email' AND state = 'completed'") == 0 {
		if ctx.Err() != nil {
			t.Fatal("mail waits for Firebase")
		}
	}
	fake.Always("", fcmtest.OK())
	_ = fake.Close() // what hangs is let go
}

func anAlert(t *testing.T, w *desktest.World, rep int) uuid.UUID {
	t.Helper()
	batch, alert := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	if _, err := w.DB.Pool().Exec(t.Context(), `
WITH b AS (INSERT INTO batch (organization_id, id, kind, door, created_at) VALUES ($1, $2, 'STORM', 'ENGINE', $5))
INSERT INTO alert (organization_id, id, rep_id, batch_id, kind, state, created_at, due_at) VALUES ($1, $3, $4, $2, 'VISITS_CHANGED', 'QUEUED', $5, $5::timestamptz + interval '1 hour')`,
		w.Organization, batch, alert, w.Branches[0].Reps[rep].ID, w.Now()); err != nil {
		t.Fatal(err)
	}
	return alert
}

// pollEvery is how often the plain outbox is looked at: the usual second.
const pollEvery = time.Second

// companies is how many work at once in the measurement: a reassignment locks the days of two reps, and two hundred a second want many.
const companies = 12

// collectAt is the program's own setting: a heap of a few megabytes need not be swept a hundred times a second.
const collectAt = 400

// warm is how long alerts go before they are measured.
const warm = 4 * time.Second

// BenchmarkAlertLatency reassigns visits at a steady pace (HEXBEAT_RATE, 200 a second) for some seconds and measures from the commit to the
// provider's door. Beside it, in the same run, a plain outbox is polled: a loop that looks for new alerts every second. Where the machine
// can't keep the pace, the rate reached is what counts.
func BenchmarkAlertLatency(b *testing.B) {
	rate := 200
	if n, err := strconv.Atoi(os.Getenv("HEXBEAT_RATE")); err == nil {
		rate = n
	}
	const seconds, writers = 10, 16
	first, fake := running(b, 8)
	all := []*desktest.World{first}
	for len(all) < companies {
		w := desktest.Add(b, first.DB, 8)
		w.Align(b, 0)
		w.Plan(b, 0)
		all = append(all, w)
	}
	free := make(chan *baton, 10_000)
	for _, w := range all {
		for rep := range w.Branches[0].Reps {
			w.Phone(b, 0, rep, notify.FCM)
		}
	}
	for turn := range 8 { // neighbours in the queue have nothing to do with one another
		for _, w := range all {
			for n, r := range w.Branches[0].Reps {
				if v, held := visitOf(b, w, r.ID, turn); held {
					free <- &baton{w: w, id: v, rep: n}
				}
			}
		}
	}
	defer debug.SetGCPercent(debug.SetGCPercent(collectAt))
	storm := func(ctx context.Context, m *measurement, rate int, long time.Duration) time.Duration {
		var asking sync.WaitGroup
		turns, began := make(chan struct{}), time.Now()
		for range writers {
			asking.Go(func() {
				for range turns {
					next := <-free
					m.pass(ctx, next)
					free <- next
				}
			})
		}
		pace := time.NewTicker(time.Second / time.Duration(rate))
		for time.Since(began) < long {
			<-pace.C
			turns <- struct{}{}
		}
		pace.Stop()
		close(turns)
		asking.Wait()
		return time.Since(began)
	}
	// Nobody has an empty record but for its first minutes: some alerts go before, and the planner hears of them, as it would by itself
	// within a minute.
	storm(b.Context(), newMeasurement(), 100, warm)
	if _, err := first.DB.Pool().Exec(b.Context(), "ANALYZE"); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		m := newMeasurement()
		ctx, cancel := context.WithCancel(b.Context())
		var polling sync.WaitGroup
		polling.Go(func() { m.poll(ctx, first) })
		spent := processorTime(b)
		took := storm(ctx, m, rate, seconds*time.Second)
		<-time.After(3 * time.Second) // the last ones arrive
		cancel()
		polling.Wait()
		spent = processorTime(b) - spent
		ours, plain := m.latencies(b, first, fake)
		for name, list := range map[string][]time.Duration{"": ours, "polled-": plain} {
			slices.Sort(list)
			if len(list) == 0 {
				b.Fatalf("nothing arrived (%s)", name)
			}
			b.ReportMetric(float64(list[len(list)/2].Microseconds())/1000, name+"p50-ms")
			b.ReportMetric(float64(list[len(list)*99/100].Microseconds())/1000, name+"p99-ms")
		}
		b.ReportMetric(float64(len(m.committed))/took.Seconds(), "reassignments/s")
		b.ReportMetric(float64(len(ours)), "pushes")
		b.ReportMetric(float64(spent.Microseconds())/1000/float64(len(m.committed)), "go-cpu-ms/reassignment")
	}
}

// visitOf is the rep's visit on that place of the route.
func visitOf(b *testing.B, w *desktest.World, rep uuid.UUID, place int) (visit uuid.UUID, held bool) {
	err := w.DB.Pool().QueryRow(b.Context(), `SELECT st.visit_id FROM stop AS st JOIN route AS ro ON ro.id = st.route_id
		WHERE ro.rep_id = $1 AND st.visit_id IS NOT NULL ORDER BY st.position OFFSET $2 LIMIT 1`, rep, place).Scan(&visit)
	return visit, err == nil
}

// baton is a visit that goes from rep to rep.
type baton struct {
	w   *desktest.World
	id  uuid.UUID
	rep int
}

// measurement is when things happened, by batch and by alert.
type measurement struct {
	mu                sync.Mutex
	committed, polled map[string]time.Time
}

func newMeasurement() *measurement {
	return &measurement{committed: map[string]time.Time{}, polled: map[string]time.Time{}}
}

// processorTime is what this process has used so far; Firebase's double and the benchmark itself are in it, PostgreSQL is not.
func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// pass gives the visit to the next rep.
func (m *measurement) pass(ctx context.Context, v *baton) {
	reps := v.w.Branches[0].Reps
	to := (v.rep + 1) % len(reps)
	var seen int
	if v.w.DB.Pool().QueryRow(ctx, "SELECT version FROM visit WHERE id = $1", v.id).Scan(&seen) != nil {
		return
	}
	done, err := desk.Do(v.w.As(v.w.Dispatcher), v.w.Desk, uuid.New(), desk.ReassignVisit{
		Visit: v.id, To: reps[to].ID, Seen: dispatch.Revision(seen), Reason: "OVERLOAD",
	})
	at := time.Now()
	if err != nil {
		return
	}
	v.rep = to
	m.mu.Lock()
	defer m.mu.Unlock()
	m.committed[done.Batch.String()] = at
}

// poll is the plain outbox.
func (m *measurement) poll(ctx context.Context, w *desktest.World) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	seen := map[string]bool{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		rows, err := w.DB.Pool().Query(ctx, "SELECT id::text FROM alert ORDER BY created_at DESC, id DESC LIMIT 1000")
		if err != nil {
			return
		}
		now := time.Now()
		for rows.Next() {
			var id string
			if rows.Scan(&id) == nil && !seen[id] {
				seen[id] = true
				m.mu.Lock()
				m.polled[id] = now
				m.mu.Unlock()
			}
		}
	}
}

// latencies are from the commit to the provider's door, and to the plain outbox's.
func (m *measurement) latencies(b *testing.B, w *desktest.World, fake *fcmtest.Server) (ours, plain []time.Duration) {
	arrived := map[string]time.Time{}
	for _, message := range fake.Messages() {
		if _, known := arrived[message.Data["alertId"]]; !known {
			arrived[message.Data["alertId"]] = message.At
		}
	}
	rows, err := w.DB.Pool().Query(b.Context(), "SELECT id::text, batch_id::text FROM alert WHERE trying_at IS NOT NULL")
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, batch string
		if err := rows.Scan(&id, &batch); err != nil {
			b.Fatal(err)
		}
		from, known := m.committed[batch]
		if !known {
			continue
		}
		if at, sent := arrived[id]; sent {
			ours = append(ours, max(0, at.Sub(from)))
		}
		if at, sent := m.polled[id]; sent {
			plain = append(plain, max(0, at.Sub(from)))
		}
	}
	return ours, plain
}
