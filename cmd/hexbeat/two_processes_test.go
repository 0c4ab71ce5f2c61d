package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/local"
	"github.com/hexbeat/hexbeat/work"
)

// midday is a town in whose zone it is about ten o'clock, whenever the test runs, with everybody at work for seven hours to come.
type midday struct {
	*installation
	db         *postgres.DB
	dispatcher string // bearer tokens
	admin      string
	bearers    []string // of the reps
	reps       []string // in the same order
	sites      []string
	branch     uuid.UUID
	today      hours.Date
}

// newMidday sets the town up. Its PostgreSQL runs until the test ends, whoever else comes and goes.
func newMidday(t *testing.T, reps int, env ...string) *midday {
	t.Helper()
	m := &midday{installation: newInstallation(t, env...)}
	server, err := local.Start(t.Context(), local.Options{DataDir: filepath.Join(m.dir, "data")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop(context.Background()) })
	m.run("organization", "add", "--name", "Полдень")
	east := 10 - time.Now().UTC().Hour() // of Greenwich, in hours
	if east < -12 {
		east += 24
	}
	m.run("branch", "add", "--name", "Москва", "--time-zone", fmt.Sprintf("Etc/GMT%+d", -east)) // such names count the other way
	m.run("user", "add", "--email", "disp@example.com", "--name", "Д", "--role", "dispatcher", "--branch", "Москва")
	m.run("user", "add", "--email", "admin@example.com", "--name", "А", "--role", "admin")
	m.run("import", "reps", m.write("reps.csv", repsFile(reps)))
	var sites strings.Builder
	sites.WriteString("name,lat,lon,cadence_days,weekdays\n")
	for i := range 8 * reps {
		fmt.Fprintf(&sites, "Точка %d,%.4f,%.4f,1,1-7\n", i, 55.70+float64(i%8)*0.005, 37.50+float64(i/8)*0.005)
	}
	m.run("import", "customers", m.write("sites.csv", sites.String()))
	m.run("alignment", "draft")
	m.run("alignment", "publish")
	m.dispatcher, m.admin = m.run("token", "--email", "disp@example.com"), m.run("token", "--email", "admin@example.com")
	if m.db, err = postgres.Open(t.Context(), server.URL()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.db.Close)
	for i := range reps {
		m.bearers = append(m.bearers, m.run("token", "--email", fmt.Sprintf("rep%02d@example.com", i+1)))
	}
	m.reps = m.column(`SELECT r.id::text FROM rep AS r JOIN person_email AS e ON e.person_id = r.person_id ORDER BY e.email`)
	m.sites = m.column(`SELECT id::text FROM site ORDER BY id`)
	if len(m.reps) != reps || len(m.sites) != 8*reps {
		t.Fatalf("%d reps and %d sites, want %d and %d", len(m.reps), len(m.sites), reps, 8*reps)
	}
	m.open()
	return m
}

// open gives everybody a shift of today.
func (m *midday) open() {
	m.t.Helper()
	jobs, err := work.NewInserter(m.db)
	if err != nil {
		m.t.Fatal(err)
	}
	organization := uuid.MustParse(m.column(`SELECT organization_id::text FROM organization`)[0])
	m.branch = uuid.MustParse(m.column(`SELECT id::text FROM branch`)[0])
	zone := hours.Zone(m.column(`SELECT time_zone FROM branch`)[0])
	now := time.Now()
	m.today = hours.DateOf(now.In(zone))
	d := &desk.Desk{DB: m.db, Jobs: jobs, Clock: time.Now}
	if n, err := desk.Do(asAdmin(m.t.Context(), organization, auth.API), d, uuid.Nil, desk.OpenShifts{
		Branch: m.branch, Date: m.today, Window: &hours.Window{From: now.Add(-2 * time.Hour), To: now.Add(7 * time.Hour)},
	}); err != nil || n != len(m.reps) {
		m.t.Fatalf("%d shifts opened, %v", n, err)
	}
}

// column reads the record past every wall.
func (m *midday) column(sql string, args ...any) (list []string) {
	m.t.Helper()
	rows, err := m.db.Pool().Query(m.t.Context(), sql, args...)
	if err != nil {
		m.t.Fatalf("%s: %v", sql, err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			m.t.Fatalf("%s: %v", sql, err)
		}
		list = append(list, text)
	}
	if err := rows.Err(); err != nil {
		m.t.Fatalf("%s: %v", sql, err)
	}
	return list
}

// count is the result of a query that counts.
func (m *midday) count(sql string, args ...any) (n int) {
	m.t.Helper()
	if err := m.db.Pool().QueryRow(m.t.Context(), sql, args...).Scan(&n); err != nil {
		m.t.Fatalf("%s: %v", sql, err)
	}
	return n
}

// create makes a visit for the queue.
func (m *midday) create(s *serving, site string) hotVisit {
	m.t.Helper()
	answer, _ := s.race(m.dispatcher, `mutation ($in: VisitCreateInput!) { done: visitCreate(input: $in) { __typename
		... on VisitCreated { visit { id version state rep { id } } } ... on Problem { code message } } }`,
		map[string]any{"requestId": uuid.New(), "siteId": site, "serviceMinutes": 5})
	if answer.Visit == nil {
		m.t.Fatalf("create a visit: %+v", answer)
	}
	return *answer.Visit
}

// hotVisit is a visit as an answer shows it.
type hotVisit struct {
	ID, State string
	Version   int
	Rep       *struct{ ID string }
}

// raceAnswer is what one of many at once was told.
type raceAnswer struct {
	Typename      string `json:"__typename"`
	Code, Message string
	State         string
	BatchID       string
	Visit         *hotVisit
	Change        *struct{ Kind string }
}

// race sends a wish once. What is no answer of the trade is an error of the test.
func (s *serving) race(bearer, mutation string, input map[string]any) (raceAnswer, string) {
	a := &api{t: s.p.t, url: "http://" + s.address}
	data, errs, err := a.post(bearer, mutation, map[string]any{"in": input})
	if err != nil || len(errs) > 0 {
		return raceAnswer{}, fmt.Sprintf("%v %s", err, errs)
	}
	var answer struct{ Done raceAnswer }
	if err := json.Unmarshal(data, &answer); err != nil {
		return raceAnswer{}, err.Error()
	}
	return answer.Done, ""
}

// The wishes of the race.
var raceWishes = map[string]string{
	"claim": `mutation ($in: VisitClaimInput!) { done: visitClaim(input: $in) { __typename ... on VisitClaimed { batchId visit { id version state rep { id } } }
		... on VisitTaken { state } ... on Problem { code message } ... on VersionConflict { visit { id version state rep { id } } change { kind } } } }`,
	"reassign": `mutation ($in: VisitReassignInput!) { done: visitReassign(input: $in) { __typename ... on VisitReassigned { batchId visit { id version state rep { id } } }
		... on VersionConflict { visit { id version state rep { id } } change { kind } } ... on Problem { code message } } }`,
	"release": `mutation ($in: VisitReleaseInput!) { done: visitRelease(input: $in) { __typename ... on VisitReleased { batchId visit { id version state rep { id } } }
		... on VersionConflict { visit { id version state rep { id } } change { kind } } ... on Problem { code message } } }`,
}

// raceCall is one wish with everything that was said to it: by one process, or by both when it was sent to both at once.
type raceCall struct {
	wish, request string
	visit         string
	seen          int    // the version the client was looking at
	rep           string // who was to have it; "" for nobody
	answers       []raceAnswer
	faults        []string
}

// TestSixtyFourClientsOfTwoProcesses claim, reassign and release the same three visits at two real processes on one database, some wishes sent
// to both at once. Everything is written down; then the record alone says what happened, and every answer is held against it. HEXBEAT_RACE_WISHES
// says how many wishes each client has, HEXBEAT_RACE_SEED repeats a run's choices.
func TestSixtyFourClientsOfTwoProcesses(t *testing.T) {
	t.Parallel()
	const clients = 64
	wishes, seed := fromEnv("HEXBEAT_RACE_WISHES", 4), fromEnv("HEXBEAT_RACE_SEED", int(time.Now().UnixNano()))
	t.Logf("HEXBEAT_RACE_WISHES=%d HEXBEAT_RACE_SEED=%d", wishes, seed)
	m := newMidday(t, 4)
	pair := []*serving{m.serveFor(t), m.serveFor(t)}
	for _, s := range pair {
		(&api{t: t, url: "http://" + s.address}).ready()
	}
	var hot []hotVisit
	for i := range 3 {
		hot = append(hot, m.create(pair[i%2], m.sites[i*8]))
	}
	calls := make([][]raceCall, clients)
	var gate, all sync.WaitGroup
	gate.Add(1)
	for i := range clients {
		all.Go(func() {
			dice := rand.New(rand.NewPCG(uint64(seed), uint64(i)))
			seen := map[string]hotVisit{}
			for _, v := range hot {
				seen[v.ID] = v
			}
			gate.Wait()
			for range wishes {
				c := m.wishOf(dice, pair, seen[hot[dice.IntN(len(hot))].ID])
				for _, a := range c.answers {
					if a.Visit != nil && a.Visit.Version > seen[a.Visit.ID].Version {
						seen[a.Visit.ID] = *a.Visit
					}
				}
				calls[i] = append(calls[i], c)
			}
		})
	}
	gate.Done()
	all.Wait()
	m.judge(t, hot, slices.Concat(calls...))
	for _, v := range hot { // both show the same
		for _, s := range pair {
			var got struct{ Visit hotVisit }
			(&api{t: t, url: "http://" + s.address}).ask(m.dispatcher, `query ($id: ID!) { visit(id: $id) { id version state rep { id } } }`, map[string]any{"id": v.ID}, &got)
			if n := m.count(`SELECT version FROM visit WHERE id = $1`, v.ID); got.Visit.Version != n {
				t.Errorf("%s shows version %d of visit %s, want %d", s.address, got.Visit.Version, v.ID, n)
			}
		}
	}
	if said := m.run("notify", "prove"); !strings.Contains(said, "The promise holds") {
		t.Errorf("notify prove says %q", said)
	}
}

// wishOf has a client wish for something about a visit, one time in four of both processes at once.
func (m *midday) wishOf(dice *rand.Rand, pair []*serving, visit hotVisit) raceCall {
	c := raceCall{visit: visit.ID, seen: visit.Version, request: uuid.NewString()}
	n := dice.IntN(len(m.reps))
	input := map[string]any{"requestId": c.request, "visitId": visit.ID, "expectedVersion": visit.Version}
	bearer := m.dispatcher
	switch k := dice.IntN(8); {
	case k < 4:
		c.wish, c.rep, bearer = "claim", m.reps[n], m.bearers[n]
		delete(input, "expectedVersion") // whatever it is, as long as it waits
	case k < 7:
		c.wish, c.rep = "reassign", m.reps[n]
		input["toRepId"], input["reason"] = c.rep, "OTHER"
	default:
		c.wish = "release"
		input["reason"] = "OTHER"
	}
	first, twins := dice.IntN(2), 1+(dice.IntN(4)+1)/4
	c.answers, c.faults = make([]raceAnswer, twins), make([]string, twins)
	var both sync.WaitGroup
	for i := range twins {
		both.Go(func() { c.answers[i], c.faults[i] = pair[(first+i)%2].race(bearer, raceWishes[c.wish], input) })
	}
	both.Wait()
	return c
}

// hand is a line of a visit's history.
type hand struct{ batch, rep string }

// judge holds every answer against the record: what was accepted is in the history of its visit once, what was refused is not, and says why and
// how the visit stood at some moment after the wish was made.
func (m *midday) judge(t *testing.T, hot []hotVisit, calls []raceCall) {
	t.Helper()
	history, at := map[string][]hand{}, map[string]hand{} // by visit; by batch
	for _, v := range hot {
		for _, line := range m.column(`SELECT batch_id::text || ' ' || coalesce(rep_id::text, '') FROM assignment WHERE visit_id = $1 ORDER BY epoch`, v.ID) {
			batch, rep, _ := strings.Cut(line, " ")
			history[v.ID], at[batch] = append(history[v.ID], hand{batch, rep}), hand{v.ID, rep}
		}
	}
	outcome, accepted := map[string]int{}, map[string]bool{}
	for _, c := range calls {
		for i, a := range c.answers {
			if c.faults[i] != "" {
				t.Fatalf("%s: %s", c.wish, c.faults[i])
			}
			outcome[c.wish+" "+a.Typename+" "+a.Code]++
			if a.Typename != c.answers[0].Typename || a.BatchID != c.answers[0].BatchID || a.Code != c.answers[0].Code {
				t.Errorf("one request was answered %+v and %+v", c.answers[0], a)
			}
			m.judgeAnswer(t, c, a, history[c.visit], at)
		}
		if a := c.answers[0]; a.BatchID != "" {
			if accepted[a.BatchID] {
				t.Errorf("batch %s was given to two wishes", a.BatchID)
			}
			accepted[a.BatchID] = true
		}
		refused := c.answers[0].BatchID == ""
		if n := m.count(`SELECT count(*) FROM audit WHERE request_id = $1 AND (refused IS NOT NULL) = $2`, c.request, refused); n != 1 {
			t.Errorf("%d lines of the audit say of request %s that it was refused: %t; want one", n, c.request, refused)
		}
	}
	lines := 0
	for _, v := range hot {
		m.judgeVisit(t, v, history[v.ID])
		lines += len(history[v.ID]) - 1 // the first is of who made it
	}
	if lines != len(accepted) {
		t.Errorf("%d changes are in the history for %d accepted wishes", lines, len(accepted))
	}
	for _, kind := range []string{"claim VisitClaimed ", "claim VisitTaken TAKEN", "reassign VisitReassigned ", "reassign VersionConflict VERSION_CONFLICT"} {
		if outcome[kind] == 0 {
			t.Errorf("nobody was told %q: %v", kind, outcome)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(outcome)) {
		t.Logf("%4d %s", outcome[kind], kind)
	}
}

func (m *midday) judgeAnswer(t *testing.T, c raceCall, a raceAnswer, history []hand, at map[string]hand) {
	t.Helper()
	switch a.Typename {
	case "VisitClaimed", "VisitReassigned", "VisitReleased":
		if at[a.BatchID] != (hand{c.visit, c.rep}) {
			t.Errorf("%s of %s for %q was accepted as batch %s, which the history has as %+v", c.wish, c.visit, c.rep, a.BatchID, at[a.BatchID])
		}
		return
	case "VersionConflict":
		if a.Visit == nil || a.Visit.ID != c.visit || a.Visit.Version <= c.seen || a.Visit.Version > len(history) || a.Change == nil {
			t.Errorf("%s at version %d of %d: %+v, want the visit as it is", c.wish, c.seen, len(history), a)
			break
		}
		holder := ""
		if a.Visit.Rep != nil {
			holder = a.Visit.Rep.ID
		}
		if had := history[a.Visit.Version-1]; had.rep != holder {
			t.Errorf("version %d of %s is shown with %q; the history has %q", a.Visit.Version, c.visit, holder, had.rep)
		}
	case "VisitTaken":
		released := slices.ContainsFunc(history[1:], func(h hand) bool { return h.rep == "" })
		if a.State != "ASSIGNED" && (a.State != "QUEUED" || !released) { // it may be back by the time that is read
			t.Errorf("who claims too late is told that the visit is %s", a.State)
		}
	case "Refused":
		known := a.Code == "SAME_REP" && c.wish != "release" || a.Code == "THERE" && c.wish == "release"
		if !known || !slices.ContainsFunc(history, func(h hand) bool { return h.rep == c.rep }) {
			t.Errorf("%s for %q is refused with %s: %s", c.wish, c.rep, a.Code, a.Message)
		}
	default:
		t.Errorf("%s is answered %+v", c.wish, a)
	}
	if a.Message == "" {
		t.Errorf("%s is refused with %s without a word", c.wish, a.Code)
	}
}

// judgeVisit: the visit is with exactly one rep and on that rep's route alone, or with nobody and on none, and its versions are its history.
func (m *midday) judgeVisit(t *testing.T, v hotVisit, history []hand) {
	t.Helper()
	last := history[len(history)-1].rep
	for i, h := range history[1:] {
		if h.rep == history[i].rep {
			t.Errorf("visit %s went from %q to the same", v.ID, h.rep)
		}
	}
	state := "ASSIGNED"
	if last == "" {
		state = "QUEUED"
	}
	if n := m.count(`SELECT count(*) FROM visit WHERE id = $1 AND version = $2 AND state = $3 AND rep_id::text IS NOT DISTINCT FROM nullif($4, '')`,
		v.ID, v.Version+len(history)-1, state, last); n != 1 {
		t.Errorf("visit %s is not at version %d, %s of %q", v.ID, v.Version+len(history)-1, state, last)
	}
	on := m.column(`SELECT ro.rep_id::text FROM stop AS st JOIN route AS ro ON ro.id = st.route_id WHERE st.visit_id = $1`, v.ID)
	if last == "" && len(on) != 0 || last != "" && (len(on) != 1 || on[0] != last) {
		t.Errorf("visit %s of %q is on the routes of %v", v.ID, last, on)
	}
}
