package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/hexbeat/hexbeat/dispatch/route/routetest"
)

// solves runs hexbeat solve on a problem.
func solves(t *testing.T, problem []byte, args ...string) (code int, stdout []byte, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	env := environment{bytes.NewReader(problem), &out, &errs, func(string) string { return "" }}
	code = run(t.Context(), env, append([]string{"solve"}, args...))
	return code, out.Bytes(), errs.String()
}

// answered is what VROOM's answer has that these tests look at.
type answered struct {
	Code    int
	Error   string
	Summary struct {
		Cost, Routes, Unassigned, Setup, Service, Duration, Priority int64
	}
	Unassigned []struct {
		ID      int
		Type    string
		Hexbeat json.RawMessage
	}
	Routes []struct {
		Vehicle int
		Cost    int64
		Steps   []struct {
			Type                    string
			ID                      int
			Arrival, Setup, Service int64
			WaitingTime             int64 `json:"waiting_time"`
			Location                []float64
			Load                    []int64
			Violations              []struct{ Cause string }
		}
	}
}

// order is what a vehicle does, like "start job 1 break 2 end".
func (a answered) order(vehicle int) string {
	var words []string
	for _, r := range a.Routes {
		for _, s := range r.Steps {
			switch {
			case r.Vehicle != vehicle:
			case s.Type == "start" || s.Type == "end":
				words = append(words, s.Type)
			default:
				words = append(words, fmt.Sprint(s.Type, " ", s.ID))
			}
		}
	}
	return strings.Join(words, ", ")
}

// mustSolve solves a problem, and has the answer judged.
func mustSolve(t *testing.T, problem string, args ...string) answered {
	t.Helper()
	if len(args) == 0 {
		args = []string{"--iterations", "2000"}
	}
	code, out, errs := solves(t, []byte(problem), args...)
	if code != exitDone || errs != "" {
		t.Fatalf("solve ends with %d and says %q: %s", code, errs, out)
	}
	for _, fault := range append(routetest.Check([]byte(problem), out), routetest.Missed([]byte(problem), out)...) {
		t.Error(fault)
	}
	var a answered
	if err := json.Unmarshal(out, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestSolveFieldDays(t *testing.T) {
	t.Parallel()
	seeds := uint64(24)
	if testing.Short() {
		seeds = 12
	}
	for seed := range seeds {
		day := routetest.Random(seed)
		t.Run(fmt.Sprintf("%+v", day), func(t *testing.T) {
			t.Parallel()
			mustSolve(t, string(day.JSON()), "--iterations", "200", "--seed", fmt.Sprint(seed))
		})
	}
}

func TestSolveLargeFieldDays(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("some seconds each")
	}
	for _, day := range []routetest.Day{
		{Seed: 1, Visits: 400, Reps: 40, Traits: routetest.Windows | routetest.Breaks | routetest.Priorities},
		{Seed: 2, Visits: 400, Reps: 25, Traits: routetest.All &^ routetest.Coordinates},
		{Seed: 3, Visits: 1000, Reps: 100, Traits: routetest.Windows | routetest.Skills | routetest.Crowded | routetest.Setups | routetest.Coordinates},
	} {
		t.Run(fmt.Sprintf("%+v", day), func(t *testing.T) {
			t.Parallel()
			mustSolve(t, string(day.JSON()), "--iterations", "300")
		})
	}
}

// The answer depends on the problem, the seed and the iterations; not on the threads, the day or the machine.
func TestSolveIsTheSameWithAnyNumberOfThreads(t *testing.T) {
	t.Parallel()
	for _, day := range []routetest.Day{
		routetest.Random(5),
		{Seed: 9, Visits: 350, Reps: 20, Traits: routetest.Windows | routetest.Skills | routetest.Breaks},
	} {
		problem := day.JSON()
		_, one, _ := solves(t, problem, "--iterations", "1500", "--seed", "3", "--threads", "1")
		_, two, _ := solves(t, problem, "--iterations", "1500", "--seed", "3", "--threads", "2")
		if !bytes.Equal(one, two) {
			t.Errorf("day %+v: one thread and two give different answers", day)
		}
	}
}

func TestSolveAnswersBadInputAsVROOMDoes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ problem, want string }{
		{``, "the input is empty: give a problem in VROOM's JSON"},
		{`{"vehicles":[],"jobs":[]}`, "vehicles: there is none: give at least one vehicle"},
		{`{"vehicles":[{"id":1,"start":[2,48]}],"jobs":[{"id":1,"location":[2,48],"time_windows":[[9,5]]}]}`,
			"jobs[0].time_windows[0]: ends at 5, before it starts at 9"},
		{`{"vehicles":[{"id":1,"start":[2,48],"profile":"bike"}],"jobs":[{"id":1,"location":[2,48]}]}`,
			`hexbeat.travel: does not say how fast "bike" is, and there is no matrix for it: give hexbeat.travel.bike.speed in km/h, or the matrix`},
		{`{"vehicles":[{"id":1,"start":[2,48],"costs":{"per_hour":4294967295,"per_km":4294967295}}],"jobs":[{"id":1,"location":[-178,-42]}]}`,
			"no such problem can be solved: costs up to 2.34e+14 a visit are too large to add up"},
	} {
		code, out, errs := solves(t, []byte(test.problem))
		want, _ := json.Marshal(map[string]any{"code": 2, "error": test.want})
		if code != 2 || strings.TrimSpace(string(out)) != string(want) {
			t.Errorf("solve of %s ends with %d and answers %s, want 2 and %s", test.problem, code, out, want)
		}
		if errs != "hexbeat: "+test.want+"\n" {
			t.Errorf("solve of %s says %q on stderr, want %q", test.problem, errs, test.want)
		}
	}
}

// Ctrl-C gives the best so far, and ends the reading of an input that does not come.
func TestSolveInterrupted(t *testing.T) {
	t.Parallel()
	day := routetest.Day{Seed: 1, Visits: 60, Reps: 5, Traits: routetest.Windows}
	problem := day.JSON()
	ctx, stop := context.WithTimeout(t.Context(), time.Second)
	defer stop()
	var out, errs bytes.Buffer
	code := run(ctx, environment{bytes.NewReader(problem), &out, &errs, func(string) string { return "" }}, []string{"solve", "--limit", "100h"})
	if code != exitDone || errs.Len() > 0 {
		t.Errorf("an interrupted search ends with %d and says %q, want it done", code, errs.String())
	}
	for _, fault := range append(routetest.Check(problem, out.Bytes()), routetest.Missed(problem, out.Bytes())...) {
		t.Error(fault)
	}

	ctx, stop = context.WithCancel(t.Context())
	stop()
	silent, _ := io.Pipe()
	out.Reset()
	code = run(ctx, environment{silent, &out, &errs, func(string) string { return "" }}, []string{"solve"})
	if code != exitFailed || out.Len() > 0 || errs.String() != "hexbeat: interrupted\n" {
		t.Errorf("an interrupted reading ends with %d, answers %q and says %q", code, out.String(), errs.String())
	}
}

// Steps are where the search begins: it never ends worse than they are.
func TestSolveBeginsFromSteps(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		day := routetest.Day{Seed: seed, Visits: 50, Reps: 3, Traits: routetest.Windows | routetest.Amounts | routetest.Speeds | routetest.Crowded}
		problem, err := routetest.WithSteps(day.JSON())
		if err != nil {
			t.Fatal(err)
		}
		begun := mustSolve(t, string(problem), "-c")
		ended := mustSolve(t, string(problem), "--iterations", "1")
		a, b := begun.Summary, ended.Summary
		if b.Unassigned > a.Unassigned || b.Unassigned == a.Unassigned && b.Cost > a.Cost {
			t.Errorf("day %+v: from %+v the search came to %+v", day, a, b)
		}
	}
}

// A few visits need no ten seconds.
func TestSolveSmallProblemsAreSearchedThrough(t *testing.T) {
	t.Parallel()
	day := routetest.Day{Seed: 1, Visits: 12, Reps: 2, Traits: routetest.Windows}
	a := mustSolve(t, string(day.JSON()), "--limit", "100h")
	b := mustSolve(t, string(day.JSON()), "--iterations", "200000", "--seed", "2")
	if a.Summary != b.Summary {
		t.Errorf("searched through it is %+v, and with more iterations %+v", a.Summary, b.Summary)
	}
}

// The kinds of input that VROOM documents: coordinates with most of what a problem may have, matrices, and given routes.
func TestSolveWhatVROOMDocuments(t *testing.T) {
	t.Parallel()
	t.Run("coordinates", func(t *testing.T) {
		t.Parallel()
		a := mustSolve(t, `{"vehicles":[
				{"id":1,"description":"Анна","start":[37.60,55.75],"end":[37.60,55.75],"capacity":[4],"skills":[1,14],"time_window":[28800,43200],
					"breaks":[{"id":1,"description":"чай","service":300,"time_windows":[[32400,34200]]}]},
				{"id":2,"start":[37.50,55.70],"end":[37.50,55.70],"capacity":[4],"skills":[2,14],"time_window":[28800,43200],"profile":"car","speed_factor":1.2}],
			"jobs":[
				{"id":1,"service":300,"delivery":[1],"location":[37.49,55.71],"skills":[1],"time_windows":[[32400,36000]]},
				{"id":2,"service":300,"pickup":[1],"location":[37.62,55.76],"skills":[1]},
				{"id":3,"service":300,"amount":[1],"location":[37.52,55.69],"skills":[2]},
				{"id":4,"setup":60,"service":300,"delivery":[1],"location":[37.55,55.72],"skills":[14],"priority":10},
				{"id":5,"setup":60,"service":300,"delivery":[1],"location":[37.55,55.72],"skills":[14]}],
			"shipments":[{"amount":[1],"skills":[2],"pickup":{"id":4,"service":300,"location":[37.51,55.72]},"delivery":{"id":6,"service":300,"location":[37.53,55.70]}}],
			"options":{"g":false}}`)
		if a.Summary.Unassigned != 0 || a.Summary.Routes != 2 || a.Summary.Priority != 10 {
			t.Errorf("summary is %+v, want two routes and nothing left over", a.Summary)
		}
		if !strings.Contains(a.order(1), "break 1") {
			t.Errorf("the first vehicle does %q, want its break in it", a.order(1))
		}
	})
	t.Run("matrices", func(t *testing.T) {
		t.Parallel()
		const durations = `[[0,40,900,70],[45,0,30,800],[900,35,0,25],[65,800,20,0]]`
		a := mustSolve(t, `{"vehicles":[{"id":0,"start_index":0,"end_index":3}],"jobs":[{"id":18446744073709551,"location_index":1},{"id":2,"location_index":2}],
			"matrices":{"car":{"durations":`+durations+`}}}`)
		if want := "start, job 18446744073709551, job 2, end"; a.order(0) != want || a.Summary.Cost != 95 {
			t.Errorf("the vehicle does %q at %d, want %q at 95", a.order(0), a.Summary.Cost, want)
		}
		old := mustSolve(t, `{"vehicles":[{"id":0,"start_index":0,"end_index":3}],"jobs":[{"id":1,"location_index":1},{"id":2,"location_index":2}],"matrix":`+durations+`}`)
		if old.Summary.Cost != 95 {
			t.Errorf("under the old name of the matrix the cost is %d, want 95", old.Summary.Cost)
		}
		costs := mustSolve(t, `{"vehicles":[{"id":0,"start_index":0}],"jobs":[{"id":1,"location_index":1},{"id":2,"location_index":2}],
			"matrices":{"car":{"durations":`+durations+`,"costs":[[0,9,1,1],[9,0,9,1],[1,2,0,1],[1,1,1,0]]}}}`)
		if want := "start, job 2, job 1, end"; costs.order(0) != want || costs.Summary.Cost != 3 {
			t.Errorf("with a matrix of costs the vehicle does %q at %d, want %q at 3", costs.order(0), costs.Summary.Cost, want)
		}
	})
	t.Run("given routes", func(t *testing.T) {
		t.Parallel()
		const problem = `{"vehicles":[{"id":0,"start_index":0,"capacity":[3],"steps":[{"type":"start"},{"type":"job","id":1},{"type":"job","id":2},{"type":"end"}]}],
			"jobs":[{"id":1,"location_index":1,"delivery":[2]},{"id":2,"location_index":2,"delivery":[2],"time_windows":[[0,60]]}],
			"matrix":[[0,40,900,70],[45,0,30,800],[900,35,0,25],[65,800,20,0]]`
		for _, input := range []struct {
			problem string
			args    []string
		}{{problem + `}`, []string{"-c"}}, {problem + `,"options":{"c":true}}`, nil}} {
			code, out, errs := solves(t, []byte(input.problem), input.args...)
			var a answered
			if err := json.Unmarshal(out, &a); err != nil || code != exitDone || errs != "" {
				t.Fatalf("solve ends with %d and says %q: %s", code, errs, out)
			}
			steps := a.Routes[0].Steps
			if a.order(0) != "start, job 1, job 2, end" || steps[0].Violations[0].Cause != "load" || steps[2].Violations[0].Cause != "delay" || steps[2].Arrival != 70 {
				t.Errorf("the given route is answered with %+v", a)
			}
		}
	})
}

// What can't be done is left out; that is an answer, not an error.
func TestSolveLeavesOutWhatNobodyCanDo(t *testing.T) {
	t.Parallel()
	const fleet = `"vehicles":[{"id":1,"start_index":0,"end_index":0,"time_window":[0,1000],"skills":[1],"capacity":[10]}]`
	for _, test := range []struct{ name, reason, problem string }{
		{"a service longer than the shift", `"no_time":1`, `{` + fleet + `,"jobs":[{"id":1,"location_index":1},{"id":2,"location_index":1,"service":1001}],"matrix":[[0,5],[5,0]]}`},
		{"a service of many years", `"no_time":1`, `{` + fleet + `,"jobs":[{"id":1,"location_index":1},{"id":2,"location_index":1,"service":90000000}],"matrix":[[0,5],[5,0]]}`},
		{"a place without a way to it", `"no_way":1`, `{` + fleet + `,"jobs":[{"id":1,"location_index":1},{"id":2,"location_index":2}],"matrix":[[0,5,null],[5,0,null],[5,5,0]]}`},
		{"a place without a way from it", `"no_way":1`, `{` + fleet + `,"jobs":[{"id":1,"location_index":1},{"id":2,"location_index":2}],"matrix":[[0,5,5],[5,0,5],[-1,-1,0]]}`},
		{"a place too far", `"no_way":1`, `{` + fleet + `,"jobs":[{"id":1,"location_index":1},{"id":2,"location_index":2}],"matrix":[[0,5,2147483647],[5,0,2147483647],[2147483647,2147483647,0]]}`},
		{"a skill nobody has", `"unskilled":1`, `{` + fleet + `,"jobs":[{"id":1,"location_index":1,"skills":[1]},{"id":2,"location_index":1,"skills":[1,2]}],"matrix":[[0,5],[5,0]]}`},
		{"a window when nobody works", `"shut":1`, `{` + fleet + `,"jobs":[{"id":1,"location_index":1},{"id":2,"location_index":1,"time_windows":[[2000,4294967295]]}],"matrix":[[0,5],[5,0]]}`},
		{"more than anybody can carry", `"overfull":1`, `{` + fleet + `,"jobs":[{"id":1,"location_index":1,"pickup":[10]},{"id":2,"location_index":1,"pickup":[4294967295]}],"matrix":[[0,5],[5,0]]}`},
		{"the lower priority", `"no_time":1`, `{` + fleet + `,"jobs":[{"id":1,"location_index":1,"service":900,"priority":2},{"id":2,"location_index":1,"service":900,"priority":1}],"matrix":[[0,5],[5,0]]}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := mustSolve(t, test.problem, "--iterations", "200")
			if a.order(1) != "start, job 1, end" || len(a.Unassigned) != 1 || a.Unassigned[0].ID != 2 {
				t.Errorf("the vehicle does %q and %+v is left over, want job 1 done and job 2 left", a.order(1), a.Unassigned)
			} else if why := string(a.Unassigned[0].Hexbeat); !strings.Contains(why, test.reason) {
				t.Errorf("the reasons are %s, want %s in them", why, test.reason)
			}
		})
	}
}

func TestSolveTenThousandVisitsInOnePlace(t *testing.T) {
	t.Parallel()
	var jobs []string
	for i := range 10_000 {
		jobs = append(jobs, fmt.Sprintf(`{"id":%d,"location":[37.6,55.7],"service":10}`, i))
	}
	problem := `{"vehicles":[{"id":1,"start":[37.6,55.7],"time_window":[0,50000]},{"id":2,"start":[37.5,55.7],"time_window":[0,60000]}],"jobs":[` + strings.Join(jobs, ",") + `]}`
	code, out, errs := solves(t, []byte(problem), "--iterations", "20")
	if code != exitDone {
		t.Fatalf("solve ends with %d and says %q", code, errs)
	}
	for _, fault := range routetest.Check([]byte(problem), out) {
		t.Error(fault)
	}
	var a answered
	if err := json.Unmarshal(out, &a); err != nil {
		t.Fatal(err)
	}
	if a.Summary.Unassigned != 0 || a.Summary.Routes != 2 {
		t.Errorf("summary is %+v, want all visits done by the two", a.Summary)
	}
}

// Streets may be one-way, and a detour may be shorter than the way.
func TestSolveTakesAnyMatrix(t *testing.T) {
	t.Parallel()
	a := mustSolve(t, `{"vehicles":[{"id":1,"start_index":0,"end_index":0}],"jobs":[{"id":1,"location_index":1},{"id":2,"location_index":2},{"id":3,"location_index":3}],
		"matrix":[[0,1,100,100],[100,0,1,100],[100,100,0,1],[1,100,100,0]]}`)
	if want := "start, job 1, job 2, job 3, end"; a.order(1) != want || a.Summary.Cost != 4 {
		t.Errorf("around a one-way ring the vehicle does %q at %d, want %q at 4", a.order(1), a.Summary.Cost, want)
	}
	a = mustSolve(t, `{"vehicles":[{"id":1,"start_index":0,"end_index":0}],"jobs":[{"id":1,"location_index":1}],
		"matrix":[[0,1000,10],[1000,0,10],[10,10,0]]}`)
	if a.Summary.Cost != 2000 {
		t.Errorf("the cost is %d, want 2000: a matrix is taken at its word", a.Summary.Cost)
	}
}
