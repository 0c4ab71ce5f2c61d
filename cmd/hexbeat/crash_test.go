package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/local"
)

// TestNothingAcceptedIsLost kills serving processes and PostgreSQL at random moments under writers that repeat what was not
// answered. In the end the record must hold every reassignment answered "ok", each once, with its alerts and jobs, and every visit
// made, each once: nothing but the request id guards against making it twice. HEXBEAT_CRASHES
// says how many kills; HEXBEAT_CRASH_SEED repeats a run's moments.
func TestNothingAcceptedIsLost(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for half a minute")
	}
	t.Parallel()
	kills, seed := fromEnv("HEXBEAT_CRASHES", 4), fromEnv("HEXBEAT_CRASH_SEED", int(time.Now().UnixNano()))
	t.Logf("HEXBEAT_CRASHES=%d HEXBEAT_CRASH_SEED=%d", kills, seed)
	dice := rand.New(rand.NewPCG(uint64(seed), 1))

	p := newInstallation(t)
	token, reps, visits := p.smallTown(12)
	pair := []*serving{p.serveFor(t), p.serveFor(t)}
	writing, stop := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	for _, v := range visits {
		writers.Go(func() { v.shuttle(writing, pair, token, reps) })
	}
	for n := range kills {
		<-time.After(time.Duration(300+dice.IntN(1500)) * time.Millisecond) // the moment is the test's subject
		if n%3 == 2 {
			p.killPostgreSQL()
		} else {
			pair[n%2].crash()
			pair[n%2].start()
		}
	}
	stop()
	writers.Wait()
	for _, s := range pair {
		if s.gone() {
			t.Errorf("a serving process ended by itself")
		}
	}
	p.reckon(t, visits)
}

// fromEnv reads a count from the environment.
func fromEnv(variable string, fallback int) int {
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil {
		return n
	}
	return fallback
}

// errand is one visit that a writer carries from rep to rep, and what the writer was told.
type errand struct {
	id      string
	site    string
	version int
	made    int // visits at the site, one for each wish
	rep     string
	asked   map[string]bool // request ids answered "ok"
	repeats int             // sent again, for want of an answer or to try the memory
	pause   time.Duration   // between two turns
	wrong   []string
}

// smallTown is a branch with a planned day, and as many visits of it as asked for.
func (p *installation) smallTown(wanted int) (token string, reps []string, visits []*errand) {
	p.t.Helper()
	p.run("organization", "add", "--name", "Стойкость")
	p.run("branch", "add", "--name", "Москва", "--time-zone", "Europe/Moscow")
	p.run("user", "add", "--email", "disp@example.com", "--name", "Д", "--role", "dispatcher", "--branch", "Москва")
	p.run("import", "reps", p.write("reps.csv", repsFile(5)))
	var sites strings.Builder
	sites.WriteString("name,lat,lon\n")
	for i := range 10 * wanted { // not every site is due on the day
		fmt.Fprintf(&sites, "Точка %d,%.4f,%.4f\n", i, 55.70+float64(i%12)*0.005, 37.50+float64(i/12)*0.005)
	}
	p.run("import", "customers", p.write("sites.csv", sites.String()))
	p.run("alignment", "draft")
	p.run("alignment", "publish")
	day := workday(p.t)
	p.run("plan", "--date", day.String())
	token = p.run("token", "--email", "disp@example.com")
	var list struct {
		Reps   struct{ Nodes []struct{ ID string } }
		Visits struct {
			Nodes []struct {
				ID      string
				Version int
				Rep     *struct{ ID string }
				Site    struct{ ID string }
			}
		}
	}
	p.serve().ask(token, `query ($day: Date!) { reps(first: 10) { nodes { id } }
		visits(first: 100, filter: {date: $day, states: [ASSIGNED]}) { nodes { id version rep { id } site { id } } } }`, map[string]any{"day": day}, &list)
	p.kill()
	for _, rep := range list.Reps.Nodes {
		reps = append(reps, rep.ID)
	}
	for _, v := range list.Visits.Nodes {
		if len(visits) < wanted {
			visits = append(visits, &errand{id: v.ID, site: v.Site.ID, version: v.Version, rep: v.Rep.ID, asked: map[string]bool{}})
		}
	}
	if len(reps) < 2 || len(visits) < wanted {
		p.t.Fatalf("%d reps and %d visits on their routes, want 5 and %d", len(reps), len(visits), wanted)
	}
	return token, reps, visits
}

// shuttle gives the visit to one rep after the other, and makes a new visit at its site each time.
func (e *errand) shuttle(ctx context.Context, pair []*serving, token string, reps []string) {
	for turn := 0; ctx.Err() == nil; turn++ {
		to := reps[turn%len(reps)]
		if to == e.rep {
			continue
		}
		request := uuid.NewString()
		if _, ok := e.wish(pair, token, turn, reassignment, map[string]any{
			"requestId": request, "visitId": e.id, "toRepId": to, "expectedVersion": e.version, "reason": "OVERLOAD",
		}); !ok {
			return
		}
		e.version, e.rep, e.asked[request] = e.version+1, to, true
		if _, ok := e.wish(pair, token, turn, creation, map[string]any{"requestId": uuid.NewString(), "siteId": e.site}); !ok {
			return
		}
		e.made++
		select {
		case <-ctx.Done():
		case <-time.After(e.pause): // how fast the day goes
		}
	}
}

// wish is sent until it is answered, every other time by two at once.
func (e *errand) wish(pair []*serving, token string, turn int, mutation string, input map[string]any) (told, bool) {
	answers := make(chan told, 2)
	var senders sync.WaitGroup
	for twin := range 1 + turn%2 {
		senders.Go(func() {
			for try := 0; ; try++ {
				if answer, answered := pair[(turn+twin+try)%2].mutate(token, mutation, input); answered {
					answers <- answer
					return
				}
				<-time.After(20 * time.Millisecond) // a process that was killed can only be asked again
			}
		})
	}
	senders.Wait()
	close(answers)
	first := <-answers
	for other := range answers {
		e.repeats++
		if other != first {
			e.wrong = append(e.wrong, fmt.Sprintf("one request was answered %+v and %+v", first, other))
		}
	}
	if first.Code != "" {
		e.wrong = append(e.wrong, fmt.Sprintf("visit %s at version %d: refused with %s", e.id, e.version, first.Code))
	}
	return first, first.Code == ""
}

// reckon compares the record with what the writers were told.
func (p *installation) reckon(t *testing.T, visits []*errand) {
	t.Helper()
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
	accepted, made, twice := 0, 0, 0
	for _, e := range visits {
		for _, wrong := range e.wrong {
			t.Error(wrong)
		}
		accepted, made, twice = accepted+len(e.asked), made+e.made, twice+e.repeats
		var version, epochs int
		var rep, holder string
		if err := db.Pool().QueryRow(t.Context(), `SELECT v.version, v.rep_id::text,
			(SELECT count(*) FROM assignment AS a WHERE a.visit_id = v.id) - 1,
			(SELECT a.rep_id::text FROM assignment AS a WHERE a.visit_id = v.id ORDER BY a.epoch DESC LIMIT 1)
			FROM visit AS v WHERE v.id = $1`, e.id).Scan(&version, &rep, &epochs, &holder); err != nil {
			t.Fatal(err)
		}
		if version != e.version || rep != e.rep || holder != e.rep || epochs != len(e.asked) {
			t.Errorf("visit %s is at version %d with %s (%s) after %d hand-overs, want version %d with %s after %d",
				e.id, version, rep, holder, epochs, e.version, e.rep, len(e.asked))
		}
		for request := range e.asked {
			p.once(t, db, request)
		}
	}
	count := func(sql string) (n int) {
		if err := db.Pool().QueryRow(t.Context(), sql).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := count("SELECT count(*) FROM batch WHERE kind = 'REASSIGN'"); n != accepted {
		t.Errorf("%d reassignments are in the record, want the %d that were answered", n, accepted)
	}
	if n := count("SELECT count(*) FROM visit WHERE origin = 'MANUAL'"); n != made {
		t.Errorf("%d visits were made, want the %d that were answered", n, made)
	}
	alerts := count("SELECT count(*) FROM alert AS a JOIN batch AS b ON b.id = a.batch_id WHERE b.kind = 'REASSIGN'")
	if alerts != 2*accepted {
		t.Errorf("%d alerts were made, want two for each of %d reassignments", alerts, accepted)
	}
	if lost := count(`SELECT count(*) FROM alert AS a JOIN batch AS b ON b.id = a.batch_id WHERE b.kind = 'REASSIGN'
		AND a.state IN ('QUEUED', 'SENT', 'DELIVERED', 'SEEN') AND a.due_at IS NULL`); lost != 0 {
		t.Errorf("%d alerts have nobody who follows them", lost)
	}
	t.Logf("%d reassignments and %d new visits were answered, %d of them asked for twice at once", accepted, made, twice)
}

// once: the request has one line in the audit.
func (p *installation) once(t *testing.T, db *postgres.DB, request string) {
	t.Helper()
	var lines int
	if err := db.Pool().QueryRow(t.Context(), "SELECT count(*) FROM audit WHERE request_id = $1", request).Scan(&lines); err != nil {
		t.Fatal(err)
	}
	if lines != 1 {
		t.Errorf("request %s had %d effects, want one", request, lines)
	}
}

// killPostgreSQL ends the server without a word. Whoever serves starts it again.
func (p *installation) killPostgreSQL() {
	text, err := os.ReadFile(filepath.Join(p.dir, "data", "postgres", "postmaster.pid"))
	if err != nil {
		return // it is being started
	}
	first, _, _ := strings.Cut(string(text), "\n")
	if pid, err := strconv.Atoi(first); err == nil && pid > 1 {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// serving is one of several processes on one record, at an address that outlives it.
type serving struct {
	p       *installation
	address string
	log     string
	cmd     *exec.Cmd
	ended   chan struct{}
}

func (p *installation) serveFor(t *testing.T) *serving {
	t.Helper()
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer probe.Close()
	s := &serving{p: p, address: probe.Addr().String(), log: filepath.Join(p.dir, "serve-"+uuid.NewString()+".log")}
	_ = probe.Close()
	s.start()
	t.Cleanup(func() {
		s.crash()
		if log, err := os.ReadFile(s.log); t.Failed() && err == nil {
			t.Logf("log of %s:\n%s", s.address, log[max(0, len(log)-8000):])
		}
	})
	return s
}

func (s *serving) start() {
	s.p.t.Helper()
	log, err := os.OpenFile(s.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.p.t.Fatal(err)
	}
	defer log.Close()
	cmd, ended := s.p.command("serve", "--addr", s.address), make(chan struct{})
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		s.p.t.Fatal(err)
	}
	go func() {
		defer close(ended)
		_ = cmd.Wait() // it is killed
	}()
	s.cmd, s.ended = cmd, ended
}

// crash ends the process as a power cut would.
func (s *serving) crash() {
	_ = s.cmd.Process.Kill()
	<-s.ended
}

func (s *serving) gone() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// told is an answer to a wish, as far as it must be the same whenever it is given.
type told struct {
	Code    string
	BatchID string
	Visit   struct{ ID string }
}

// The wishes, each with the answer under the name "done".
const (
	reassignment = `mutation ($in: VisitReassignInput!) { done: visitReassign(input: $in) { ... on VisitReassigned { batchId } ... on Problem { code } } }`
	creation     = `mutation ($in: VisitCreateInput!) { done: visitCreate(input: $in) { ... on VisitCreated { visit { id } } ... on Problem { code } } }`
)

// mutate sends a wish. It counts as answered only when the process said what came of it.
func (s *serving) mutate(token, mutation string, input map[string]any) (told, bool) {
	body, err := json.Marshal(map[string]any{"query": mutation, "variables": map[string]any{"in": input}})
	if err != nil {
		s.p.t.Error(err)
		return told{}, true
	}
	request, err := http.NewRequest(http.MethodPost, "http://"+s.address+"/graphql", bytes.NewReader(body))
	if err != nil {
		s.p.t.Error(err)
		return told{}, true
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	client := http.Client{Timeout: 30 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return told{}, false
	}
	defer response.Body.Close()
	var answer struct {
		Data   *struct{ Done *told }
		Errors []struct{ Extensions struct{ Code string } }
	}
	if json.NewDecoder(response.Body).Decode(&answer) != nil {
		return told{}, false
	}
	if len(answer.Errors) > 0 {
		code := answer.Errors[0].Extensions.Code
		return told{Code: code}, code != "UNAVAILABLE"
	}
	return *answer.Data.Done, true
}
