package routetest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

const (
	aProblem = `{
		"vehicles":[{"id":1,"start_index":0,"end_index":0,"time_window":[1000,5000],"capacity":[5],"skills":[1],"max_tasks":4,"max_travel_time":900,"max_distance":5000,
			"costs":{"fixed":40,"per_hour":7200,"per_task_hour":3600,"per_km":100},
			"breaks":[{"id":3,"service":60,"time_windows":[[1500,1600]],"max_load":[3]}]},
			{"id":2,"start_index":0}],
		"jobs":[{"id":1,"location_index":1,"setup":5,"service":100,"delivery":[2],"skills":[1],"priority":7,"time_windows":[[0,10],[1300,1400]]},
			{"id":2,"location_index":1,"setup":5,"service":50,"pickup":[1],"description":"Анна"}],
		"shipments":[{"pickup":{"id":1,"location_index":1},"delivery":{"id":1,"location_index":2},"amount":[1]}],
		"matrices":{"car":{"durations":[[0,200,100],[200,0,150],[120,150,0]],"distances":[[0,2000,1000],[2000,0,1500],[1200,1500,0]]}}}`
	aSolution = `{"code":0,
		"summary":{"cost":1735,"routes":1,"unassigned":0,"setup":5,"service":210,"duration":470,"waiting_time":0,"priority":7,
			"distance":4700,"delivery":[3],"amount":[3],"pickup":[2],"violations":[],"computing_times":{"loading":1,"solving":1}},
		"unassigned":[],
		"routes":[{"vehicle":1,"cost":1735,"setup":5,"service":210,"duration":470,"waiting_time":0,"priority":7,"distance":4700,
			"delivery":[3],"amount":[3],"pickup":[2],"violations":[],
			"steps":[
			{"type":"start","location_index":0,"setup":0,"service":0,"waiting_time":0,"arrival":1200,"duration":0,"load":[2],"violations":[],"distance":0},
			{"type":"job","id":1,"location_index":1,"setup":5,"service":100,"waiting_time":0,"arrival":1400,"duration":200,"load":[0],"violations":[],"distance":2000},
			{"type":"break","id":3,"setup":0,"service":60,"waiting_time":0,"arrival":1505,"duration":200,"load":[0],"violations":[],"distance":2000},
			{"type":"pickup","id":1,"location_index":1,"setup":0,"service":0,"waiting_time":0,"arrival":1565,"duration":200,"load":[1],"violations":[],"distance":2000},
			{"type":"job","id":2,"description":"Анна","location_index":1,"setup":0,"service":50,"waiting_time":0,"arrival":1565,"duration":200,"load":[2],"violations":[],"distance":2000},
			{"type":"delivery","id":1,"location_index":2,"setup":0,"service":0,"waiting_time":0,"arrival":1765,"duration":350,"load":[1],"violations":[],"distance":3500},
			{"type":"end","location_index":0,"setup":0,"service":0,"waiting_time":0,"arrival":1885,"duration":470,"load":[1],"violations":[],"distance":4700}]}]}`
)

// 40 for the use, 470 s at 2, 4.7 km at 100 and 155 s of work at 1 cost 40 + 940 + 470 + 155 = 1605.
var rightSolution = strings.ReplaceAll(aSolution, "1735", "1605")

func TestCheckTakesARightSolution(t *testing.T) {
	t.Parallel()
	if !json.Valid([]byte(aProblem)) || !json.Valid([]byte(rightSolution)) {
		t.Fatal("the test's own JSON is none")
	}
	if got := Check([]byte(aProblem), []byte(rightSolution)); len(got) > 0 {
		t.Errorf("Check finds in a right solution\n%s", strings.Join(got, "\n"))
	}
}

// A checker that can't say no proves nothing.
func TestCheckSeesEveryKindOfFault(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, from, to, want string }{
		{"a cost too low", `"cost":1605,"setup"`, `"cost":1604,"setup"`, "routes[0] of vehicle 1: cost is 1604, and comes to 1605"},
		{"a sum of costs", `"cost":1605,"routes"`, `"cost":1606,"routes"`, "summary: cost is 1606, and comes to 1605"},
		{"no code", `{"code":0,`, `{`, "the answer is no solution"},
		{"an error", `{"code":0,`, `{"code":2,"error":"no",`, "the answer is no solution"},
		{"another vehicle", `"vehicle":1`, `"vehicle":9`, "there is no such vehicle"},
		{"late", `"arrival":1400,"duration":200,"load":[0]`, `"arrival":1401,"duration":200,"load":[0]`, "steps[1] begins at 1401, in no window of [[0 10] [1300 1400]]"},
		{"out before the shift", `"arrival":1200`, `"arrival":900`, "it lasts from 900 to 1885, outside the shift [1000, 5000]"},
		{"too fast", `"arrival":1765`, `"arrival":1764`, "arrival at a step is 1764, and comes to 1765"},
		{"a wait for nothing", `"waiting_time":0,"arrival":1765`, `"waiting_time":9,"arrival":1765`, "arrival at a step is 1885, and comes to 1894"},
		{"travel too short", `"duration":350`, `"duration":349`, "duration at a step is 349, and comes to 350"},
		{"set-up twice", `"setup":0,"service":50`, `"setup":5,"service":50`, "setup of job 2 is 5, and comes to 0"},
		{"service cut", `"service":100`, `"service":99`, "service of job 1 is 99, and comes to 100"},
		{"a wrong load", `"load":[2],"violations":[],"distance":2000`, `"load":[3],"violations":[],"distance":2000`, "steps[4] has a load of [3], and it comes to [2]"},
		{"no break", `"type":"break"`, `"type":"pause"`, "1 of 1 breaks are missing"},
		{"a break cut short", `"service":60`, `"service":59`, "service of a break is 59, and comes to 60"},
		{"a task twice", `"type":"pickup"`, `"type":"job"`, "steps[3]: job 1 is done twice"},
		{"a task nobody asked for", `"type":"job","id":2`, `"type":"job","id":3`, "steps[4] is no task there is"},
		{"a task forgotten", `"type":"job","id":2`, `"type":"job","id":3`, "job 2 is neither in a route nor unassigned"},
		{"a task twice, once unassigned", `"unassigned":[]`, `"unassigned":[{"id":1,"type":"job","location_index":1}]`, "job 1 is there twice, or in a route too"},
		{"a delivery before its pickup", `"type":"pickup"`, `"type":"delivery"`, "steps[3]: delivery 1 is not after its pickup"},
		{"another place", `"id":2,"description":"Анна","location_index":1`, `"id":2,"description":"Анна","location_index":2`, "steps[4] is not where or what the problem says"},
		{"no description", `"description":"Анна",`, ``, "steps[4] is not where or what the problem says"},
		{"a violation", `"load":[0],"violations":[]`, `"load":[0],"violations":[{"cause":"delay"}]`, "steps[1] has violations"},
		{"a wrong priority", `"priority":7,"distance":4700,
			"delivery":[3],"amount":[3],"pickup":[2],"violations":[],
			"steps"`, `"priority":8,"distance":4700,
			"delivery":[3],"amount":[3],"pickup":[2],"violations":[],
			"steps"`, "priority is 8, and comes to 7"},
		{"metres missing", `"distance":4700,
			"delivery"`, `"distance":4699,
			"delivery"`, "distance is 4699, and comes to 4700"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			wrong := strings.Replace(rightSolution, test.from, test.to, 1)
			if wrong == rightSolution {
				t.Fatalf("%q is not in the solution", test.from)
			}
			got := Check([]byte(aProblem), []byte(wrong))
			if !slices.ContainsFunc(got, func(f string) bool { return strings.Contains(f, test.want) }) {
				t.Errorf("Check finds\n%s\nwant\n%s", strings.Join(got, "\n"), test.want)
			}
		})
	}
}

// The same solution to a harder problem is a wrong one.
func TestCheckSeesWhatTheProblemForbids(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, from, to, want string }{
		{"a skill", `"skills":[1],"max_tasks"`, `"skills":[2],"max_tasks"`, "steps[1]: the vehicle may not do job 1"},
		{"tasks", `"max_tasks":4`, `"max_tasks":3`, "4 tasks are more than 3"},
		{"travel", `"max_travel_time":900`, `"max_travel_time":469`, "470 s of travel are more than 469"},
		{"metres", `"max_distance":5000`, `"max_distance":4699`, "4700 m are more than 4699"},
		{"capacity", `"capacity":[5]`, `"capacity":[1]`, "has a load of [2], beyond [1]"},
		{"the window of a break", `[[1500,1600]]`, `[[1500,1504]]`, "steps[2] begins at 1505, in no window"},
		{"no way", `[200,0,150]`, `[200,0,null]`, "steps[5] can't be reached"},
		{"a slow vehicle", `"max_tasks":4`, `"speed_factor":0.5`, "duration at a step is 200, and comes to 400"},
		{"one allowed", `"id":2,"location_index":1`, `"id":2,"location_index":1,"hexbeat":{"allowed":[2]}`, "steps[4]: the vehicle may not do job 2"},
		{"one banned", `"id":2,"location_index":1`, `"id":2,"location_index":1,"hexbeat":{"banned":[1]}`, "steps[4]: the vehicle may not do job 2"},
		{"one after another", `"id":1,"location_index":1,"setup"`, `"hexbeat":{"after":[2]},"id":1,"location_index":1,"setup"`, "job 1 begins at 1400, before job 2 has ended at 1615"},
		{"two together", `"matrices"`, `"hexbeat":{"together":[[1,2]]},"matrices"`, "jobs 1 and 2 are not done together"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			harder := strings.Replace(aProblem, test.from, test.to, 1)
			if harder == aProblem {
				t.Fatalf("%q is not in the problem", test.from)
			}
			got := Check([]byte(harder), []byte(rightSolution))
			if !slices.ContainsFunc(got, func(f string) bool { return strings.Contains(f, test.want) }) {
				t.Errorf("Check finds\n%s\nwant\n%s", strings.Join(got, "\n"), test.want)
			}
		})
	}
}

func TestMissedFindsWhatFits(t *testing.T) {
	t.Parallel()
	const left = `{"code":0,"summary":{},"unassigned":[{"id":1,"type":"job"},{"id":2,"type":"job"},{"id":1,"type":"pickup"},{"id":1,"type":"delivery"}],"routes":[]}`
	got := Missed([]byte(aProblem), []byte(left))
	want := []string{
		"job 1 is unassigned, and fits into the route of vehicle 1 at place 0",
		"job 2 is unassigned, and fits into the route of vehicle 1 at place 0",
		"pickup 1 is unassigned, and fits into the route of vehicle 1 at place 0",
	}
	if !slices.Equal(got, want) {
		t.Errorf("Missed finds %q, want %q", got, want)
	}
	full := strings.Replace(aProblem, `"time_window":[1000,5000]`, `"time_window":[1000,1500]`, 1) // no time for the break
	full = strings.Replace(full, `{"id":2,"start_index":0}`, `{"id":2,"start_index":0,"time_window":[0,40]}`, 1)
	if got := Missed([]byte(full), []byte(left)); len(got) > 0 {
		t.Errorf("Missed finds %q where nobody has time", got)
	}
}

func TestADayIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		day := Random(seed)
		first, again := day.JSON(), day.JSON()
		if string(first) != string(again) {
			t.Errorf("day %+v differs from itself", day)
		}
		if !json.Valid(first) {
			t.Errorf("day %+v is no JSON", day)
		}
	}
	big := Day{Seed: 3, Visits: 2000, Reps: 200, Traits: All &^ Coordinates}
	if n := len(big.JSON()); n < 1_000_000 {
		t.Errorf("a day of 2,000 visits and 200 reps has %d bytes", n)
	}
}
