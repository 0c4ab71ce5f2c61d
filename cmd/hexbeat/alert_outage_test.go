package main

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/hexbeat/hexbeat/notify/fcmtest"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/local"
)

// TestAlertsOutlastALongOutage is a region's worst hour: HEXBEAT_ALERT_BURST alerts at once (10000 by hand), then HEXBEAT_ALERT_OUTAGE seconds in
// which every provider answers 503, then 429 with a Retry-After, then refuses connections, while a trickle of changes goes on. PostgreSQL is
// restarted during the burst and again during the outage, Google's tokens rotate, and a worker is killed with a push in its hands. Calls are
// counted: nobody calls sooner than it was asked to. HEXBEAT_ALERT_CHANNELS and HEXBEAT_ALERT_SEED as in TestAlertsArriveWhateverFails.
func TestAlertsOutlastALongOutage(t *testing.T) {
	outageTime, burst := time.Duration(fromEnv("HEXBEAT_ALERT_OUTAGE", 0))*time.Second, fromEnv("HEXBEAT_ALERT_BURST", 1000)
	if outageTime == 0 {
		t.Skip("takes many minutes: HEXBEAT_ALERT_OUTAGE=300 HEXBEAT_ALERT_BURST=10000")
	}
	dice := rand.New(rand.NewPCG(uint64(fromEnv("HEXBEAT_ALERT_SEED", 1)), 3))
	record := newOwnRecord(t)
	f := newFaults(t, "DATABASE_URL="+record.server.URL())
	db, err := postgres.Open(t.Context(), record.server.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()

	began, restarted := time.Now(), false
	stop := f.write(t.Context())
	for made := 0; made < burst; <-time.After(100 * time.Millisecond) {
		if db.Pool().QueryRow(t.Context(), "SELECT count(*) FROM alert").Scan(&made) == nil && made > burst/2 && !restarted {
			restarted = true
			record.restart()
		}
	}
	stop()
	t.Logf("%d alerts made in %s, PostgreSQL restarted among them", burst, time.Since(began).Round(time.Second))

	for _, v := range f.visits {
		v.pause = 5 * time.Second
	}
	stop = f.write(t.Context())
	for _, how := range []outage{unavailable, tooMany, refused} {
		before := f.tries(db)
		since := time.Now()
		f.down(how)
		<-time.After(outageTime / 6)
		if how == unavailable {
			record.restart()
			f.rotateTokens()
		}
		<-time.After(outageTime / 6)
		until := time.Now()
		f.up()
		t.Logf("%s for %s: %d tries", how, until.Sub(since).Round(time.Second), f.tries(db)-before)
		f.nobodyCameEarly(how, since, until)
	}
	f.killWhoSent(f.pair[0])
	stop()
	settling := time.Now()
	f.reckon(record.server.URL(), dice, 20*time.Minute)
	t.Logf("settled and proved %s after the last fault", time.Since(settling).Round(time.Second))
}

// write has every visit carried from rep to rep until the returned function is called.
func (f *faults) write(ctx context.Context) (stop func()) {
	writing, cancel := context.WithCancel(ctx)
	var writers sync.WaitGroup
	for _, v := range f.visits {
		writers.Go(func() { v.shuttle(writing, f.pair, f.dispatcher, f.reps) })
	}
	return func() {
		cancel()
		writers.Wait()
	}
}

// tries is how often anybody has tried to hand anything over.
func (f *faults) tries(db *postgres.DB) (n int) {
	f.t.Helper()
	if err := db.Pool().QueryRow(f.t.Context(), "SELECT count(*) FROM delivery").Scan(&n); err != nil {
		f.t.Fatal(err)
	}
	return n
}

// nobodyCameEarly looks at Google's calls of an outage: about one alert a phone is called for again only after what was asked, or after the
// least of our own waits.
func (f *faults) nobodyCameEarly(how outage, since, until time.Time) {
	f.t.Helper()
	least := map[outage]time.Duration{unavailable: 10 * time.Second, tooMany: retryAfter}[how]
	for _, e := range f.ends {
		google, ok := e.(*firebase)
		if !ok || least == 0 {
			continue
		}
		calls := map[string][]fcmtest.Call{}
		for _, c := range google.Calls() {
			if c.At.Before(since) || c.At.After(until) || c.Status != http.StatusServiceUnavailable && c.Status != http.StatusTooManyRequests {
				continue
			}
			var body struct {
				Message struct{ Data map[string]string }
			}
			if err := json.Unmarshal(c.Raw, &body); err != nil {
				f.t.Fatal(err)
			}
			key := c.Token + " " + body.Message.Data["alertId"]
			calls[key] = append(calls[key], c)
		}
		sum, most, soonest := 0, 0, time.Duration(0)
		for key, list := range calls {
			sum, most = sum+len(list), max(most, len(list))
			for i, later := range list[1:] {
				gap := later.At.Sub(list[i].At)
				if soonest == 0 || gap < soonest {
					soonest = gap
				}
				if gap < least {
					f.t.Errorf("%s: called again after %s, want %s at least", key, gap.Round(time.Millisecond), least)
				}
			}
		}
		f.t.Logf("FCM during %s: %d calls about %d pushes, at most %d about one, the soonest after %s", how, sum, len(calls), most, soonest.Round(100*time.Millisecond))
	}
}

// ownRecord is a PostgreSQL that is the test's, and not the program's: the program finds it gone and back.
type ownRecord struct {
	t      *testing.T
	dir    string
	server *local.Server
}

func newOwnRecord(t *testing.T) *ownRecord {
	t.Helper()
	r := &ownRecord{t: t, dir: filepath.Join(openFolder(t), "data")}
	r.start()
	t.Cleanup(func() { _ = r.server.Stop(context.Background()) })
	db, err := postgres.Open(t.Context(), r.server.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := postgres.Migrate(t.Context(), db.Pool(), nil); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *ownRecord) start() {
	r.t.Helper()
	server, err := local.Start(context.Background(), local.Options{DataDir: r.dir})
	if err != nil {
		r.t.Fatal(err)
	}
	r.server = server
}

// restart is what pg_ctl restart does in its fast mode: clients are cut off, everything is written down, and the server comes back.
func (r *ownRecord) restart() {
	r.t.Helper()
	if err := r.server.Stop(context.Background()); err != nil {
		r.t.Fatal(err)
	}
	<-time.After(2 * time.Second) // gone for a while
	r.start()
}
