package desk_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/pgtest"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// trips counts round trips to the server, where statements are prepared already.
type trips struct{ n atomic.Int64 }

func (c *trips) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.n.Add(1)
	return ctx
}
func (c *trips) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
func (c *trips) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	c.n.Add(1)
	return ctx
}
func (c *trips) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}
func (c *trips) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData)     {}

// counted is a company whose round trips are counted.
func counted(t testing.TB, sites int) (*desktest.World, *trips) {
	t.Helper()
	count := &trips{}
	config := pgtest.New(t).Config()
	config.ConnConfig.Tracer = count
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	w := desktest.Add(t, postgres.New(pool), sites)
	w.Align(t, 0)
	return w, count
}

// mostTrips is what a reassignment with two alerts may take, BEGIN and COMMIT included.
const mostTrips = 4

// Every trip holds two days' locks for as long as the network takes.
func TestReassignmentTakesFewRoundTrips(t *testing.T) {
	t.Parallel()
	w, count := counted(t, 8)
	w.Plan(t, 0)
	before := int64(0)
	for _, v := range planned(t, w, w.Branches[0].Reps[0].ID)[:2] { // the first one prepares
		before = count.n.Load()
		if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), overload(v, w.Branches[0].Reps[1].ID)); err != nil {
			t.Fatal(err)
		}
	}
	if got := count.n.Load() - before; got > mostTrips {
		t.Errorf("%d round trips, want at most %d", got, mostTrips)
	} else {
		t.Logf("%d round trips", got)
	}
}

func BenchmarkReassignVisit(b *testing.B) {
	w, count := counted(b, 20)
	w.Plan(b, 0)
	reps := w.Branches[0].Reps
	v := planned(b, w, reps[0].ID)[3]
	pass := func() {
		to := reps[0].ID
		if *v.RepID == to {
			to = reps[1].ID
		}
		got, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), overload(v, to))
		if err != nil {
			b.Fatal(err)
		}
		v = got.Visit
	}
	for range 50 {
		pass()
	}
	// As after the first minute of a record's life: the planner knows how much is in the tables.
	if _, err := w.DB.Pool().Exec(b.Context(), "ANALYZE"); err != nil {
		b.Fatal(err)
	}
	before := count.n.Load()
	for b.Loop() {
		pass()
	}
	b.ReportMetric(float64(count.n.Load()-before)/float64(b.N), "trips/op")
}

func BenchmarkPlanDayOf150(b *testing.B) {
	w, count := counted(b, 150)
	ctx, branch := w.As(w.Admin), w.Branches[0].ID
	if _, err := desk.Do(ctx, w.Desk, uuid.Nil, desk.OpenShifts{Branch: branch, Date: desktest.Monday}); err != nil {
		b.Fatal(err)
	}
	if _, err := desk.Do(ctx, w.Desk, uuid.Nil, desk.OweVisits{Branch: branch, Date: desktest.Monday}); err != nil {
		b.Fatal(err)
	}
	before := count.n.Load()
	for b.Loop() {
		// Only tried: the next finds the same backlog.
		got, err := desk.Try(ctx, w.Desk, desk.PlanDay{Rep: w.Branches[0].Reps[0].ID, Date: desktest.Monday})
		if err != nil || got.Placed == 0 {
			b.Fatal(got, err)
		}
	}
	b.ReportMetric(float64(count.n.Load()-before)/float64(b.N), "trips/op")
}
