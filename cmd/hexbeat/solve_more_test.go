package main

import (
	"strings"
	"testing"
)

// What stands under hexbeat does what README.md says of it. Places lie on a line, 100 s from one to the next.
func TestSolveWhatHexbeatAdds(t *testing.T) {
	t.Parallel()
	const (
		matrix = `"matrix":[[0,100,200,300],[100,0,100,200],[200,100,0,100],[300,200,100,0]]`
		two    = `"vehicles":[{"id":1,"start_index":0,"end_index":0,"time_window":[0,9000]},{"id":2,"start_index":3,"end_index":3,"time_window":[0,9000]}]`
		near   = `{"id":7,"location_index":1,"service":60`
	)
	for _, test := range []struct {
		name, problem string
		want          map[int]string // by vehicle
		left          int
	}{
		{"nothing asked for", `{` + two + `,` + matrix + `,"jobs":[` + near + `}]}`, map[int]string{1: "start, job 7, end"}, 0},
		{"a preferred vehicle", `{` + two + `,` + matrix + `,"jobs":[` + near + `,"hexbeat":{"preferred":[2],"elsewhere":201}}]}`, map[int]string{2: "start, job 7, end"}, 0},
		{"a vehicle not preferred enough", `{` + two + `,` + matrix + `,"jobs":[` + near + `,"hexbeat":{"preferred":[2],"elsewhere":199}}]}`, map[int]string{1: "start, job 7, end"}, 0},
		{"a vehicle with a cost of its own", `{` + two + `,` + matrix + `,"jobs":[` + near + `,"hexbeat":{"on":[{"vehicle":1,"cost":500}]}}]}`, map[int]string{2: "start, job 7, end"}, 0},
		{"a required vehicle", `{` + two + `,` + matrix + `,"jobs":[` + near + `,"hexbeat":{"allowed":[2]}}]}`, map[int]string{2: "start, job 7, end"}, 0},
		{"a banned vehicle", `{` + two + `,` + matrix + `,"jobs":[` + near + `,"hexbeat":{"banned":[1]}}]}`, map[int]string{2: "start, job 7, end"}, 0},
		{"nobody allowed", `{` + two + `,` + matrix + `,"jobs":[` + near + `,"hexbeat":{"allowed":[]}}]}`, nil, 1},
		{"a prize that pays", `{` + two + `,` + matrix + `,"jobs":[` + near + `,"hexbeat":{"prize":201}}]}`, map[int]string{1: "start, job 7, end"}, 0},
		{"a prize that does not", `{` + two + `,` + matrix + `,"jobs":[` + near + `,"hexbeat":{"prize":199}}]}`, nil, 1},
		{"the mandatory before the important", `{"vehicles":[{"id":1,"start_index":0,"time_window":[0,300]}],` + matrix + `,"jobs":[
			{"id":7,"location_index":1,"service":200,"priority":100},{"id":8,"location_index":1,"service":200,"hexbeat":{"mandatory":true}}]}`, map[int]string{1: "start, job 8, end"}, 1},
		{"one after the other", `{"vehicles":[{"id":1,"start_index":0,"end_index":3}],` + matrix + `,"jobs":[
			{"id":7,"location_index":1,"hexbeat":{"after":[8]}},{"id":8,"location_index":2}]}`, map[int]string{1: "start, job 8, job 7, end"}, 0},
		{"two together", `{` + two + `,` + matrix + `,"jobs":[{"id":7,"location_index":1,"service":60},{"id":8,"location_index":1,"service":60}],"hexbeat":{"together":[[7,8]]}}`,
			nil, 0},
		{"balance", `{"vehicles":[{"id":1,"start_index":0,"end_index":0},{"id":2,"start_index":0,"end_index":0}],` + matrix + `,"jobs":[
			{"id":7,"location_index":1,"service":3600},{"id":8,"location_index":1,"service":3600}],"hexbeat":{"balance":200}}`, nil, 0},
		{"not before", `{` + two + `,` + matrix + `,"jobs":[` + near + `,"hexbeat":{"release":8000}}]}`, map[int]string{1: "start, job 7, end"}, 0},
		{"overtime", `{"vehicles":[{"id":1,"start_index":0,"end_index":0,"time_window":[0,9000],"hexbeat":{"overtime":{"from":200,"per_hour":36000}}}],` + matrix + `,"jobs":[` + near + `}]}`,
			map[int]string{1: "start, job 7, end"}, 0},
		{"what was published", `{` + two + `,` + matrix + `,"jobs":[` + near + `,"hexbeat":{"published":{"vehicle":2,"arrival":3000}}}],"hexbeat":{"churn":{"vehicle":300}}}`,
			map[int]string{2: "start, job 7, end"}, 0},
		{"what may not change", `{` + two + `,` + matrix + `,"jobs":[` + near + `,"hexbeat":{"published":{"vehicle":2,"arrival":200}}}],"hexbeat":{"churn":{"tolerance":60,"most":0}}}`,
			map[int]string{2: "start, job 7, end"}, 0},
		{"a frozen beginning", `{"vehicles":[{"id":1,"start_index":0,"end_index":0,"steps":[{"type":"job","id":9},{"type":"job","id":7}],"hexbeat":{"frozen":2}}],` + matrix + `,
			"jobs":[{"id":7,"location_index":1},{"id":8,"location_index":2},{"id":9,"location_index":3}]}`, map[int]string{1: "start, job 9, job 7, job 8, end"}, 0},
		{"a speed by profile", `{"vehicles":[{"id":1,"start":[37,55],"profile":"bike","time_window":[0,1000]}],"jobs":[{"id":7,"location":[37,55.05]}],
			"hexbeat":{"travel":{"bike":{"speed":30,"detour":1}}}}`, map[int]string{1: "start, job 7, end"}, 0},
		{"a slower speed", `{"vehicles":[{"id":1,"start":[37,55],"profile":"bike","time_window":[0,1000]}],"jobs":[{"id":7,"location":[37,55.05]}],
			"hexbeat":{"travel":{"bike":{"speed":15,"detour":1}}}}`, nil, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := mustSolve(t, test.problem, "--iterations", "500")
			if len(a.Unassigned) != test.left {
				t.Errorf("%d are left over, want %d", len(a.Unassigned), test.left)
			}
			for vehicle, want := range test.want {
				if got := a.order(vehicle); got != want {
					t.Errorf("vehicle %d does %q, want %q", vehicle, got, want)
				}
			}
			switch test.name {
			case "two together", "balance":
				if a.Summary.Routes != 2 {
					t.Errorf("%d vehicles work, want both", a.Summary.Routes)
				}
			case "not before":
				if s := a.Routes[0].Steps[1]; s.Arrival+s.WaitingTime < 8000 {
					t.Errorf("it begins at %d, want 8000 or later", s.Arrival+s.WaitingTime)
				}
			}
		})
	}
}

// What the wishes cost is said beside VROOM's cost, which stays VROOM's.
func TestSolveSaysWhatWishesCost(t *testing.T) {
	t.Parallel()
	_, out, _ := solves(t, []byte(`{"vehicles":[{"id":1,"start_index":0,"end_index":0,"time_window":[0,9000],"hexbeat":{"overtime":{"from":100,"per_hour":36000},"per_visit":5}}],
		"jobs":[{"id":7,"location_index":1,"service":60,"hexbeat":{"elsewhere":50}}],"matrix":[[0,100],[100,0]]}`), "--iterations", "100")
	// 200 s of travel; 160 s of overtime at 10 a second; 5 for the visit; 50 since no vehicle is preferred.
	for _, want := range []string{`"summary":{"cost":200,`, `"hexbeat":{"cost":1855,"overtime":160}`} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the answer is %s, want %s in it", out, want)
		}
	}
}
