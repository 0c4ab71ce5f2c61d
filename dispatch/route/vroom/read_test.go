package vroom

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// A problem that is right, to be made wrong one field at a time.
const (
	oneVehicle = `"vehicles":[{"id":1,"start_index":0,"end_index":0}]`
	oneJob     = `"jobs":[{"id":7,"location_index":1}]`
	oneMatrix  = `"matrices":{"car":{"durations":[[0,5],[6,0]]}}`
)

func TestRefusalsNameThePlace(t *testing.T) {
	t.Parallel()
	job := func(fields string) string {
		return `{` + oneVehicle + `,` + oneMatrix + `,"jobs":[{"id":7,"location_index":1,` + fields + `}]}`
	}
	vehicle := func(fields string) string {
		return `{` + oneJob + `,` + oneMatrix + `,"vehicles":[{"id":1,"start_index":0,` + fields + `}]}`
	}
	matrices := func(value string) string {
		return `{` + oneVehicle + `,` + oneJob + `,"matrices":` + value + `}`
	}
	for _, test := range []struct{ name, input, want string }{
		{"nothing", "", "the input is empty: give a problem in VROOM's JSON"},
		{"spaces", " \n\t", "the input is empty: give a problem in VROOM's JSON"},
		{"zeros", "\x00\x00", `this is no JSON: byte 0 is '\x00', where a value was expected`},
		{"a zero behind", `{` + oneVehicle + `,` + oneJob + `,` + oneMatrix + "}\x00", `this is no JSON: byte 137 is '\x00', where the end was expected`},
		{"a profile without a matrix", `{` + oneJob + `,` + oneMatrix + `,"vehicles":[{"id":1,"start_index":0,"profile":"bike"}]}`, "vehicles[0]: has no start, and no vehicle has a profile of the matrices: give coordinates, [lon, lat], or vehicles such a profile"},
		{"no object", `[1]`, "the input must be an object, {…}, not an array"},
		{"no JSON", `{"jobs" [`, `jobs: this is no JSON: byte 8 is '[', where ":" was expected`},
		{"cut off", `{"jobs":[{"id":1`, `jobs[0]: the JSON ends at byte 16, where "," or "}" was expected`},
		{"cut off in a text", `{"jo`, "the JSON ends at byte 4, where the closing quote of a text was expected"},
		{"something after", `{` + oneVehicle + `,` + oneJob + `,` + oneMatrix + `} x`, "this is no JSON: byte 138 is 'x', where the end was expected"},
		{"a comma too many", `{"jobs":[],}`, "this is no JSON: byte 11 is '}', where a key in quotes was expected"},
		{"nested for ever", strings.Repeat(`[`, 1e5), "the input must be an object, {…}, not an array"},
		{"a key twice", `{"jobs":[],"jobs":[]}`, "jobs: is given twice"},
		{"an unknown key", `{"job":[]}`, "job: is not known: is jobs meant?"},
		{"a key of nobody", `{"color":1}`, "color: is not known: leave it out, or put it under a name that is (vehicles, jobs, shipments, matrices, options, hexbeat)"},

		{"no vehicles", `{` + oneJob + `,"vehicles":[]}`, "vehicles: there is none: give at least one vehicle"},
		{"vehicles missing", `{` + oneJob + `}`, "vehicles: there is none: give at least one vehicle"},
		{"no visits", `{` + oneVehicle + `,"jobs":[]}`, "jobs: there is none, and no shipment: give at least one"},
		{"a job without an id", `{"jobs":[{"location_index":1}]}`, "jobs[0]: a job needs id"},
		{"an id of text", job(`"priority":"high"`), `jobs[0].priority: must be a number, not a text`},
		{"a priority too high", job(`"priority":101`), "jobs[0].priority: must lie between 0 and 100, and is 101"},
		{"a negative service", job(`"service":-5`), "jobs[0].service: must not be negative, and is -5"},
		{"a huge service", job(`"service":1e30`), "jobs[0].service: must be a whole number, not 1e30"},
		{"a huger service", job(`"service":99999999999999999999`), "jobs[0].service: must lie between 0 and 4294967295, and is 99999999999999999999"},
		{"a number without end", job(`"service":` + strings.Repeat("9", 100)), "jobs[0].service: is a number of more than 63 digits"},
		{"half a second", job(`"service":0.5`), "jobs[0].service: must be a whole number, not 0.5"},
		{"no number", job(`"service":07`), "jobs[0].service: is no number that JSON allows: 07"},
		{"a negative amount", job(`"delivery":[-1]`), "jobs[0].delivery[0]: must not be negative, and is -1"},
		{"an amount nobody can carry", job(`"delivery":[1]`), "jobs[0].delivery: has 1 amounts, and vehicles[0].capacity has 0: give as many"},
		{"a window that ends before", job(`"time_windows":[[0,5],[200,100]]`), "jobs[0].time_windows[1]: ends at 100, before it starts at 200"},
		{"half a window", job(`"time_windows":[[5]]`), "jobs[0].time_windows[0]: must be [start, end]"},
		{"a window of three", job(`"time_windows":[[5,6,7]]`), "jobs[0].time_windows[0][2]: is one number too many: a time window is [start, end]"},
		{"no windows", job(`"time_windows":[]`), "jobs[0].time_windows: is empty, so that service could never begin: leave it out if service may begin at any time"},
		{"windows that overlap", job(`"time_windows":[[50,90],[0,50]]`), "jobs[0].time_windows: has windows that overlap, [0, 50] and [50, 90]: join them into one"},
		{"the vehicle's name of windows", job(`"time_window":[0,5]`), "jobs[0].time_window: is not known: is time_windows meant?"},
		{"an index outside", `{` + oneVehicle + `,` + oneMatrix + `,"jobs":[{"id":7,"location_index":2}]}`, "jobs[0].location_index: is 2, and the matrices of car have places 0 to 1"},
		{"a negative index", `{` + oneVehicle + `,` + oneMatrix + `,"jobs":[{"id":7,"location_index":-1}]}`, "jobs[0].location_index: must not be negative, and is -1"},
		{"no index", `{` + oneVehicle + `,` + oneMatrix + `,"jobs":[{"id":7,"location":[2.3,48.8]}]}`, "jobs[0]: has no location_index, and there are matrices: give it"},
		{"no place", `{"vehicles":[{"id":1,"start":[2.3,48.8]}],"jobs":[{"id":7}]}`, "jobs[0]: has no location, and no matrix says how long travel takes: give coordinates, [lon, lat], or a matrix"},
		{"coordinates the other way round", `{"vehicles":[{"id":1,"start":[2.3,48.8]}],"jobs":[{"id":7,"location":[48.8,182.3]}]}`, "jobs[0].location: is [48.8, 182.3], which is not on Earth: coordinates are [lon, lat]"},
		{"two jobs of one id", `{` + oneVehicle + `,` + oneMatrix + `,"jobs":[{"id":7,"location_index":1},{"id":7,"location_index":1}]}`, "jobs[1].id: is 7, which jobs[0] has already: ids of jobs must differ"},
		{"two vehicles of one id", `{"vehicles":[{"id":1,"start_index":0},{"id":1,"start_index":0}],` + oneJob + `,` + oneMatrix + `}`, "vehicles[1].id: is 1, which vehicles[0] has already: ids of vehicles must differ"},
		{"two breaks of one id", vehicle(`"breaks":[{"id":3},{"id":3}]`), "vehicles[0].breaks[1].id: is 3, which breaks[0] has already: ids of a vehicle's breaks must differ"},
		{"two pickups of one id", `{` + oneVehicle + `,` + oneMatrix + `,"shipments":[{"pickup":{"id":1,"location_index":0},"delivery":{"id":1,"location_index":1}},{"pickup":{"id":1,"location_index":0},"delivery":{"id":2,"location_index":1}}]}`, "shipments[1].pickup.id: is 1, which shipments[0] has already: ids of pickups must differ"},
		{"half a shipment", `{` + oneVehicle + `,` + oneMatrix + `,"shipments":[{"pickup":{"id":1,"location_index":0}}]}`, "shipments[0]: a shipment needs delivery"},
		{"nowhere to start or end", `{` + oneJob + `,` + oneMatrix + `,"vehicles":[{"id":1}]}`, "vehicles[0]: has neither start nor end: give at least one"},
		{"too fast", vehicle(`"speed_factor":5.5`), "vehicles[0].speed_factor: must be more than 0 and at most 5, and is 5.5"},
		{"standing still", vehicle(`"speed_factor":0`), "vehicles[0].speed_factor: must be more than 0 and at most 5, and is 0"},
		{"a job that is not there", vehicle(`"steps":[{"type":"job","id":8}]`), "vehicles[0].steps[0].id: is 8, and there is no such job"},
		{"a job done twice", vehicle(`"steps":[{"type":"job","id":7},{"type":"job","id":7}]`), "vehicles[0].steps[1].id: is job 7, which is already at vehicles[0].steps[0]: each is done once"},
		{"a kind of step", vehicle(`"steps":[{"type":"visit","id":7}]`), `vehicles[0].steps[0].type: must be start, job, pickup, delivery, break or end, not "visit"`},

		{"a matrix that is not square", matrices(`{"car":{"durations":[[0,1,2],[1,0,2]]}}`), "matrices.car.durations: has 2 rows of 3 entries: a matrix has as many rows as columns"},
		{"a matrix with too many rows", matrices(`{"car":{"durations":[[0,1],[1,0],[1,0]]}}`), "matrices.car.durations[2]: is row number 3, and the first has 2 entries: a matrix has as many rows as columns"},
		{"a short row", matrices(`{"car":{"durations":[[0,1],[1]]}}`), "matrices.car.durations[1]: has 1 entries, and the first row 2: all rows must be equally long"},
		{"a long row", matrices(`{"car":{"durations":[[0,1],[1,0,3]]}}`), "matrices.car.durations[1]: has 3 entries, and the first row 2: all rows must be equally long"},
		{"a matrix of nothing", matrices(`{"car":{"durations":[]}}`), "matrices.car.durations: is empty"},
		{"a negative entry", matrices(`{"car":{"durations":[[0,-7],[1,0]]}}`), "matrices.car.durations[0][1]: must be a whole number, or null where there is no way, not -7"},
		{"a fraction", matrices(`{"car":{"durations":[[0,7],[1.5,0]]}}`), "matrices.car.durations[1][0]: must be a whole number, or null where there is no way, not 1.5"},
		{"a huge entry", matrices(`{"car":{"durations":[[0,7],[2147483648,0]]}}`), "matrices.car.durations[1][0]: is 2147483648, and an entry can be at most 2147483647: write null where there is no way"},
		{"a huger entry", matrices(`{"car":{"durations":[[0,7],[99999999999999999999,0]]}}`), "matrices.car.durations[1][0]: is 99999999999999999999, and an entry can be at most 2147483647: write null where there is no way"},
		{"text in a matrix", matrices(`{"car":{"durations":[[0,"far"],[1,0]]}}`), "matrices.car.durations[0][1]: must be a number, not a text"},
		{"a matrix of numbers", matrices(`{"car":{"durations":[0,1]}}`), "matrices.car.durations[0]: must be a row of a matrix, […], not 0"},
		{"distances of other places", matrices(`{"car":{"durations":[[0,1],[1,0]],"distances":[[0]]}}`), "matrices.car.distances: has 1 rows, and durations 2: they must be the same places"},
		{"distances alone", matrices(`{"car":{"distances":[[0,1],[1,0]]}}`), "matrices.car: has distances without durations: give both"},
		{"a matrix and its old name", `{"matrix":[[0]],"matrices":{"car":{"durations":[[0]]}}}`, "matrices.car.durations: is given as matrix too, its old name"},

		{"geometry", `{"options":{"g":true}}`, "options.g: is not supported: geometry needs a road network, and travel here is a matrix or an estimate; leave it out"},
		{"exploration", `{"options":{"x":5}}`, "options.x: is not supported: there are no levels of exploration; hexbeat solve --limit says how long to search"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := Read(strings.NewReader(test.input))
			var wrong *Error
			if !errors.As(err, &wrong) {
				t.Fatalf("Read gives %v, want a refusal", err)
			}
			if got := err.Error(); got != test.want {
				t.Errorf("Read says\n %s\nwant\n %s", got, test.want)
			}
			if CodeOf(err) != CodeInput {
				t.Errorf("code is %d, want %d", CodeOf(err), CodeInput)
			}
		})
	}
}

// A height behind the coordinates means nothing, as with VROOM; a byte order mark before the text neither.
func TestReadPassesOverHeightsAndMarks(t *testing.T) {
	t.Parallel()
	const plain = `{"vehicles":[{"id":1,"start":[2.3,48.8]}],"jobs":[{"id":7,"location":[2.4,48.9]}]}`
	const more = "\uFEFF" + `{"vehicles":[{"id":1,"start":[2.3,48.8,35]}],"jobs":[{"id":7,"location":[2.4,48.9,0.5]}]}`
	want, err := Read(strings.NewReader(plain))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read(strings.NewReader(more))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("with heights and a mark the problem is another:\n%s", diff)
	}
}

// However the stream is cut into pieces, the same is read.
func TestReadInPieces(t *testing.T) {
	t.Parallel()
	const input = `{ "vehicles": [ { "id": 18446744073709551615, "description": "Анна \"Ё\" \u0414\ud83d\ude80", "start": [ 37.6173 , 55.7558 ],
		"start_index" : 0, "time_window":[ 0 , 4294967295 ], "capacity":[10,2], "skills":[3,1,3], "speed_factor":1.25,
		"breaks":[{"id":0,"service":1800,"time_windows":[[5,9]],"max_load":[4,0]}], "costs":{"fixed":5,"per_hour":100,"per_km":7,"per_task_hour":3},
		"max_tasks":3, "max_travel_time":100, "max_distance":1000, "steps":[{"type":"start"},{"type":"job","id":1,"service_at":4},{"type":"end"}] } ],
		"jobs":[{"id":1,"location_index":1,"setup":2,"service":3,"service_per_type":{"van":4},"amount":[1,1],"priority":9,"time_windows":[[7,9],[1,2]]}],
		"shipments":[{"pickup":{"id":1,"location_index":1},"delivery":{"id":1,"location_index":0},"amount":[2,1]}],
		"matrices":{"car":{"durations":[[0,null],[ 123456789 , 0 ]],"distances":[[0,-1],[2147483647,0]]}}, "options":{"g":false} }`
	want, err := Read(strings.NewReader(input))
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	got, err := Read(iotest.OneByteReader(strings.NewReader(input)))
	if err != nil {
		t.Fatalf("Read byte by byte: %v", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("byte by byte (-whole +pieces):\n%s", diff)
	}
	v, j := want.Vehicles[0], want.Jobs[0]
	if v.ID != 1<<64-1 || v.Description != `Анна "Ё" Д🚀` || !cmp.Equal(v.Skills, []uint32{1, 3}) || *v.MaxDistance != 1000 {
		t.Errorf("vehicle is %+v", v)
	}
	if !cmp.Equal(j.Delivery, []int64{1, 1}) || !cmp.Equal(j.Windows, []Window{{1, 2}, {7, 9}}) || j.ServicePerType["van"] != 4 {
		t.Errorf("job is %+v", j)
	}
	if got := want.Matrices["car"]; !cmp.Equal(got.Durations.Cells, []int32{0, Unreachable, 123456789, 0}) || !cmp.Equal(got.Distances.Cells, []int32{0, Unreachable, 1<<31 - 1, 0}) {
		t.Errorf("matrices are %+v", got)
	}
}

func TestReadTellsABrokenStreamFromBadInput(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is gone")
	for _, head := range []string{"", `{"jobs":[`, `{"jobs":[{"id":1`, `{"jobs":[{"description":"ab`, `{"matrix":[[1,2`} {
		_, err := Read(io.MultiReader(strings.NewReader(head), iotest.ErrReader(broken)))
		if !errors.Is(err, broken) || CodeOf(err) != CodeInternal {
			t.Errorf("Read of %q and a broken stream gives %v with code %d, want %v with %d", head, err, CodeOf(err), broken, CodeInternal)
		}
	}
}

// A hundred megabytes are read as they come: what stays is the matrix, and what is wrong is said at once.
func TestReadAHundredMegabytes(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a hundred megabytes")
	}
	const places = 4500
	row := "[" + strings.Repeat("1234,", places-1) + "0]"
	large := func(end string) io.Reader {
		parts := []io.Reader{strings.NewReader(`{` + oneVehicle + `,` + oneJob + `,"matrices":{"car":{"durations":[` + row)}
		for range places - 1 {
			parts = append(parts, strings.NewReader(","), strings.NewReader(row))
		}
		return io.MultiReader(append(parts, strings.NewReader(end))...)
	}
	p, err := Read(large("]}}}"))
	if m := p.Matrices["car"].Durations; err != nil || m.Size != places || len(m.Cells) != places*places || m.At(0, 1) != 1234 {
		t.Errorf("Read gives a matrix of %d places and %d cells, and %v", m.Size, len(m.Cells), err)
	}
	_, err = Read(large("]}}} and more"))
	if want := "this is no JSON: byte 101245626 is 'a', where the end was expected"; err == nil || err.Error() != want {
		t.Errorf("Read says %v, want %s", err, want)
	}
	_, err = Read(io.MultiReader(strings.NewReader(`{"jobs":[{"id":1,"description":"`), strings.NewReader(strings.Repeat("x", 1e8))))
	if want := "jobs[0].description: is a text of more than 65536 bytes"; err == nil || err.Error() != want {
		t.Errorf("Read says %v, want %s", err, want)
	}
}

// Whatever JSON allows Read must take or refuse with an Error, and what is no JSON it must refuse.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{` + oneVehicle + `,` + oneJob + `,` + oneMatrix + `}`))
	f.Add([]byte(`{"jobs":[{"id":1,"location":[1e2,-0.5],"description":"\u00e9\\"}],"vehicles":[{"id":0,"end":[1,2],"speed_factor":2e-1}]}`))
	f.Add([]byte(`{"matrix":[[0, 1],[null ,-1]],"hexbeat":{"balance":1,"travel":{"bike":{"speed":12}}}}`))
	f.Fuzz(func(t *testing.T, input []byte) {
		p, err := Read(bytes.NewReader(input))
		var wrong *Error
		if err != nil && !errors.As(err, &wrong) {
			t.Fatalf("Read(%q) fails with %v, which is no *Error", input, err)
		}
		if err == nil && !json.Valid(input) {
			t.Fatalf("Read takes %q, which is no JSON", input)
		}
		if err == nil {
			if _, err := p.Model(); err != nil && !errors.As(err, &wrong) {
				t.Fatalf("Model of %q fails with %v, which is no *Error", input, err)
			}
		}
	})
}

// aMatrix is a problem with a matrix of so many places.
func aMatrix(places int) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	fmt.Fprintf(&b, `{%s,%s,"matrices":{"car":{"durations":[`, oneVehicle, oneJob)
	for i := range places {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('[')
		for j := range places {
			if j > 0 {
				b.WriteByte(',')
			}
			fmt.Fprint(&b, rng.IntN(20_000))
		}
		b.WriteByte(']')
	}
	b.WriteString(`]}}}`)
	return b.Bytes()
}

// A hundred megabytes of matrix are read; BenchmarkRead says how fast.
func BenchmarkRead(b *testing.B) {
	for _, places := range []int{100, 1000, 4300} {
		input := aMatrix(places)
		b.Run(fmt.Sprintf("%.1fMB", float64(len(input))/1e6), func(b *testing.B) {
			b.SetBytes(int64(len(input)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Read(bytes.NewReader(input)); err != nil {
					b.Fatal(err)
				}
			}
		})
		if places == 1000 {
			b.Run("encoding/json", func(b *testing.B) {
				b.SetBytes(int64(len(input)))
				b.ReportAllocs()
				for b.Loop() {
					var p struct {
						Matrices map[string]map[string][][]int32
					}
					if err := json.Unmarshal(input, &p); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
