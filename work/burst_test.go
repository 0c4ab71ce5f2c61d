package work_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"sync"
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

// BenchmarkAlertLatency reassigns visits at a steady pace (HEXBEAT_RATE, 200 a second) for some seconds and measures from the commit to the
// provider's door. Beside it, in the same run, a plain outbox is polled: a loop that looks for new alerts every second.
func BenchmarkAlertLatency(b *testing.B) {
	rate := 200
	if n, err := strconv.Atoi(os.Getenv("HEXBEAT_RATE")); err == nil {
		rate = n
	}
	const seconds = 10
	w, fake := running(b, 60)
	reps := w.Branches[0].Reps
	for rep := range reps {
		w.Phone(b, 0, rep, notify.FCM)
	}
	type held struct {
		id  uuid.UUID
		rep int
	}
	var visits []held
	for n, r := range reps {
		rows, err := w.DB.Pool().Query(b.Context(), "SELECT id FROM visit WHERE rep_id = $1 AND state IN ('ASSIGNED', 'BACKLOG') ORDER BY id", r.ID)
		if err != nil {
			b.Fatal(err)
		}
		for rows.Next() {
			v := held{rep: n}
			if err := rows.Scan(&v.id); err != nil {
				b.Fatal(err)
			}
			visits = append(visits, v)
		}
	}
	for b.Loop() {
		var mu sync.Mutex
		committed := map[string]time.Time{}
		polled := map[string]time.Time{}
		ctx, cancel := context.WithCancel(b.Context())
		var background sync.WaitGroup
		background.Go(func() {
			tick := time.NewTicker(pollEvery)
			defer tick.Stop()
			var last uuid.UUID
			for {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
				}
				rows, err := w.DB.Pool().Query(ctx, "SELECT id FROM alert WHERE id > $1 ORDER BY id", last)
				if err != nil {
					return
				}
				for rows.Next() {
					if rows.Scan(&last) == nil {
						mu.Lock()
						polled[last.String()] = time.Now()
						mu.Unlock()
					}
				}
			}
		})
		var asking sync.WaitGroup
		pace, late, began := time.NewTicker(time.Second/time.Duration(rate)), 0, time.Now()
		free := make(chan held, len(visits))
		for _, v := range visits {
			free <- v
		}
		for time.Since(began) < seconds*time.Second {
			<-pace.C
			select {
			case v := <-free:
				asking.Go(func() {
					v.rep = (v.rep + 1) % len(reps)
					var seen int
					if w.DB.Pool().QueryRow(ctx, "SELECT version FROM visit WHERE id = $1", v.id).Scan(&seen) == nil {
						wish := desk.ReassignVisit{Visit: v.id, To: reps[v.rep].ID, Seen: dispatch.Revision(seen), Reason: "OVERLOAD"}
						done, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), wish)
						at := time.Now()
						if err == nil {
							mu.Lock()
							committed[done.Batch.String()] = at
							mu.Unlock()
						}
					}
					free <- v
				})
			default:
				late++ // more is asked for than the machine does
			}
		}
		pace.Stop()
		asking.Wait()
		<-time.After(3 * time.Second) // the last ones arrive
		cancel()
		background.Wait()
		ours, plain := latencies(b, w, fake, committed, polled)
		for name, list := range map[string][]time.Duration{"": ours, "polled-": plain} {
			slices.Sort(list)
			if len(list) == 0 {
				b.Fatalf("nothing arrived (%s)", name)
			}
			b.ReportMetric(float64(list[len(list)/2].Microseconds())/1000, name+"p50-ms")
			b.ReportMetric(float64(list[len(list)*99/100].Microseconds())/1000, name+"p99-ms")
		}
		b.ReportMetric(float64(len(committed))/seconds, "reassignments/s")
		b.ReportMetric(float64(len(ours)), "pushes")
		b.Log(fmt.Sprintf("%d reassignments committed, %d turns skipped for want of a free visit", len(committed), late))
	}
}

// latencies are from the commit to the provider's door, and to the plain outbox's.
func latencies(b *testing.B, w *desktest.World, fake *fcmtest.Server, committed, polled map[string]time.Time) (ours, plain []time.Duration) {
	arrived := map[string]time.Time{}
	for _, m := range fake.Messages() {
		if _, known := arrived[m.Data["alertId"]]; !known {
			arrived[m.Data["alertId"]] = m.At
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
		from, known := committed[batch]
		if !known {
			continue
		}
		if at, sent := arrived[id]; sent {
			ours = append(ours, max(0, at.Sub(from)))
		}
		if at, sent := polled[id]; sent {
			plain = append(plain, max(0, at.Sub(from)))
		}
	}
	return ours, plain
}
