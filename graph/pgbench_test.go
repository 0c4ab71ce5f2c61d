package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/board"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/graph"
	"github.com/hexbeat/hexbeat/live"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/local"
)

// span is how long each side is measured.
const span = 5 * time.Second

// BenchmarkReassignBesidePgbench compares whole reassignments, by desk.Do and through HTTP, on a server that syncs to disk, with the three
// statements of pgbench -N on the same server right after, by as many clients. Each client has two reps of its own, so that none waits for
// another's locks.
func BenchmarkReassignBesidePgbench(b *testing.B) {
	program := pgbench(b)
	debug.SetGCPercent(400) // as the server does
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
	var doors []benchDoor
	for range most / pairs {
		w := desktest.Add(b, db, 8)
		w.Align(b, 0)
		w.Plan(b, 0)
		doors = append(doors, aBenchDoor(b, w))
	}
	// rate has the clients hand visits to and fro, each by way of its company, and says how many they do in a second, and how long one takes.
	rate := func(clients int, way func(benchDoor) handOver) (perSecond float64, p50, p99 time.Duration) {
		took := make([][]time.Duration, clients)
		var all sync.WaitGroup
		began := time.Now()
		for c := range clients {
			door := doors[c%len(doors)]
			all.Go(func() { took[c] = handToAndFro(b, door.World, c/len(doors), way(door)) })
		}
		all.Wait()
		passed := time.Since(began)
		every := slices.Sorted(slices.Values(slices.Concat(took...)))
		if len(every) == 0 {
			b.Fatal("nothing was handed over")
		}
		return float64(len(every)) / passed.Seconds(), every[len(every)/2], every[len(every)*99/100]
	}
	rate(most, benchDoor.atDesk) // a record with a history, as the planner would see it a minute later
	if _, err := db.Pool().Exec(b.Context(), "ANALYZE"); err != nil {
		b.Fatal(err)
	}
	for _, clients := range []int{1, 4, most} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			for b.Loop() {
				desked, p50, p99 := rate(clients, benchDoor.atDesk)
				asked, ask50, ask99 := rate(clients, benchDoor.overHTTP)
				theirs := transactions(b, program, server.URL(), clients)
				for unit, n := range map[string]float64{
					"desk/s": desked, "desk-p50-ms": ms(p50), "desk-p99-ms": ms(p99), "desk/pgbench": desked / theirs,
					"http/s": asked, "http-p50-ms": ms(ask50), "http-p99-ms": ms(ask99), "http/pgbench": asked / theirs,
					"pgbench-N/s": theirs,
				} {
					b.ReportMetric(n, unit)
				}
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// benchDoor is a company with its door open to HTTP.
type benchDoor struct {
	*desktest.World
	url string
}

func aBenchDoor(b *testing.B, w *desktest.World) benchDoor {
	server := httptest.NewServer(graph.New(graph.Config{
		DB: w.DB, Board: board.New(w.DB, w.Now), Desk: w.Desk, Hub: live.NewHub(), Clock: w.Now, Log: slog.New(slog.DiscardHandler),
		SignIn: func(context.Context, string) (auth.Caller, error) {
			caller := w.Dispatcher
			caller.Expires = w.Now().AddDate(1, 0, 0)
			return caller, nil
		},
	}))
	b.Cleanup(server.Close)
	return benchDoor{w, server.URL + "/graphql"}
}

// handOver gives a visit at a version to a rep, and answers the version it has then.
type handOver func(ctx context.Context, visit uuid.UUID, seen dispatch.Revision, to uuid.UUID) (dispatch.Revision, error)

func (d benchDoor) atDesk() handOver {
	return func(ctx context.Context, visit uuid.UUID, seen dispatch.Revision, to uuid.UUID) (dispatch.Revision, error) {
		got, err := desk.Do(auth.With(ctx, d.Dispatcher), d.Desk, uuid.New(), desk.ReassignVisit{Visit: visit, To: to, Seen: seen, Reason: "OVERLOAD"})
		return got.Visit.Version, err
	}
}

// overHTTP asks as the page does when a dispatcher drops a stop on a rep.
func (d benchDoor) overHTTP() handOver {
	const query = `mutation($i:VisitReassignInput!){visitReassign(input:$i){__typename ...on VisitReassigned{batchId visit{version rep{id}} decision{explanation}
		days{rep{id} before{ratio} after{ratio}}} ...on Problem{message}}}`
	return func(ctx context.Context, visit uuid.UUID, seen dispatch.Revision, to uuid.UUID) (dispatch.Revision, error) {
		body, err := json.Marshal(map[string]any{"query": query, "variables": map[string]any{"i": map[string]any{
			"requestId": uuid.New(), "visitId": visit, "toRepId": to, "expectedVersion": seen, "reason": "OVERLOAD",
		}}})
		if err != nil {
			return 0, err
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url, bytes.NewReader(body))
		if err != nil {
			return 0, err
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer dispatcher")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return 0, err
		}
		defer answer.Body.Close()
		var got struct {
			Data struct {
				VisitReassign struct {
					Message string
					Visit   struct{ Version dispatch.Revision }
				}
			}
		}
		if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
			return 0, err
		}
		if got.Data.VisitReassign.Visit.Version == 0 {
			return 0, fmt.Errorf("the visit was not handed over: %s %s", answer.Status, got.Data.VisitReassign.Message)
		}
		return got.Data.VisitReassign.Visit.Version, nil
	}
}

// handToAndFro hands one visit between a pair of reps for a span, and says how long each time took.
func handToAndFro(b *testing.B, w *desktest.World, pair int, give handOver) (took []time.Duration) {
	reps := w.Branches[0].Reps[2*pair : 2*pair+2]
	visit, seen := aPlannedVisit(b, w, reps[0].ID)
	at := 0
	for began := time.Now(); time.Since(began) < span || at == 1; { // back where it came from, for the next measurement
		at = 1 - at
		asked := time.Now()
		version, err := give(b.Context(), visit, seen, reps[at].ID)
		if err != nil {
			b.Error(err)
			return took
		}
		took, seen = append(took, time.Since(asked)), version
	}
	return took
}

// aPlannedVisit is the first visit of a rep's day.
func aPlannedVisit(b *testing.B, w *desktest.World, rep uuid.UUID) (visit uuid.UUID, seen dispatch.Revision) {
	err := w.DB.Read(b.Context(), w.Organization, func(tx *postgres.Tx) error {
		return tx.QueryRow(b.Context(), `SELECT v.id, v.version FROM visit AS v JOIN stop AS st ON st.visit_id = v.id JOIN route AS ro ON ro.id = st.route_id
			WHERE ro.rep_id = $1 ORDER BY st.position LIMIT 1`, rep).Scan(&visit, &seen)
	})
	if err != nil {
		b.Fatal(err)
	}
	return visit, seen
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
