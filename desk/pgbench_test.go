package desk_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/local"
)

// span is how long each side is measured.
const span = 5 * time.Second

// BenchmarkReassignBesidePgbench compares whole reassignments, on a server that syncs to disk, with the three statements of pgbench -N on
// the same server right after, by as many clients. Each client has two reps of its own, so that none waits for another's locks.
func BenchmarkReassignBesidePgbench(b *testing.B) {
	program := pgbench(b)
	dir, err := os.MkdirTemp("", "hexbeat-synced-")
	if err != nil {
		b.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // the server runs as another user
		b.Fatal(err)
	}
	server, err := local.Start(b.Context(), local.Options{DataDir: filepath.Join(dir, "data")})
	if err != nil {
		b.Skip("no server of our own: ", err)
	}
	b.Cleanup(func() {
		if err := server.Stop(context.Background()); err != nil {
			b.Error(err)
		}
		if err := os.RemoveAll(dir); err != nil {
			b.Error(err)
		}
	})
	db, err := postgres.Open(b.Context(), server.URL())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(db.Close)
	if err := postgres.Migrate(b.Context(), db.Pool(), nil); err != nil {
		b.Fatal(err)
	}
	if out, err := exec.CommandContext(b.Context(), program, "-i", "-q", "-s", "10", server.URL()).CombinedOutput(); err != nil {
		b.Fatalf("pgbench -i: %v\n%s", err, out)
	}
	const most, pairs = 16, 2
	var worlds []*desktest.World
	for range most / pairs {
		w := desktest.Add(b, db, 8)
		w.Align(b, 0)
		w.Plan(b, 0)
		worlds = append(worlds, w)
	}
	begin := func(clients int, long time.Duration) float64 {
		var done [most]int
		var all sync.WaitGroup
		began := time.Now()
		for c := range clients {
			all.Go(func() { done[c] = reassignFor(b, worlds[c%len(worlds)], c/len(worlds), long) })
		}
		all.Wait()
		sum := 0
		for _, n := range done {
			sum += n
		}
		return float64(sum) / time.Since(began).Seconds()
	}
	begin(most, span) // a record with a history, as the planner would see it a minute later
	if _, err := db.Pool().Exec(b.Context(), "ANALYZE"); err != nil {
		b.Fatal(err)
	}
	for _, clients := range []int{1, 4, most} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			for b.Loop() {
				ours, theirs := begin(clients, span), transactions(b, program, server.URL(), clients)
				b.ReportMetric(ours, "reassignments/s")
				b.ReportMetric(theirs, "pgbench-N/s")
				b.ReportMetric(ours/theirs, "ratio")
			}
		})
	}
}

// reassignFor hands one visit to and fro between a pair of reps, and counts.
func reassignFor(b *testing.B, w *desktest.World, pair int, long time.Duration) (n int) {
	reps := w.Branches[0].Reps[2*pair : 2*pair+2]
	v, at := planned(b, w, reps[0].ID)[0], 0
	for began := time.Now(); time.Since(began) < long; n++ {
		at = 1 - at
		got, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), overload(v, reps[at].ID))
		if err != nil {
			b.Error(err)
			return n
		}
		v = got.Visit
	}
	if at == 1 { // back where it came from, for the next measurement
		if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), overload(v, reps[0].ID)); err != nil {
			b.Error(err)
		}
	}
	return n
}

// transactions is how many pgbench makes in a second.
func transactions(b *testing.B, program, url string, clients int) float64 {
	out, err := exec.CommandContext(b.Context(), program, "-n", "-N", "-M", "prepared", "-c", strconv.Itoa(clients), "-j", strconv.Itoa(min(clients, 2)),
		"-T", strconv.Itoa(int(span.Seconds())), url).CombinedOutput()
	if err != nil {
		b.Fatalf("pgbench: %v\n%s", err, out)
	}
	tps := regexp.MustCompile(`tps = ([0-9.]+) \(without`).FindStringSubmatch(string(out))
	if tps == nil {
		b.Fatalf("pgbench says no tps:\n%s", out)
	}
	rate, err := strconv.ParseFloat(tps[1], 64)
	if err != nil {
		b.Fatal(err)
	}
	return rate
}

// pgbench finds the program, which lies beside the server's.
func pgbench(b *testing.B) string {
	if path, err := exec.LookPath("pgbench"); err == nil && !strings.HasPrefix(path, "/usr/bin") { // Debian's there is a wrapper
		return path
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench")
	if err != nil || len(found) == 0 {
		b.Skip("pgbench is missing: it comes with PostgreSQL")
	}
	return found[len(found)-1]
}
