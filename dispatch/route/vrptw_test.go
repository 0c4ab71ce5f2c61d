package route

import (
	"bufio"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// instances is where the published instances lie, beside the repository.
const instances = "../../../shared/bench/vrptw"

// readInstance reads an instance of Solomon or of Gehring and Homberger by convention D: distances and times are ten
// times the Euclidean ones, rounded down; the cost is the distance.
func readInstance(t testing.TB, name string) *Problem {
	t.Helper()
	file, err := os.Open(filepath.Join(instances, name+".txt"))
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("instances are missing: %v", err)
		}
		t.Skipf("instances are missing: %v", err)
	}
	defer file.Close()
	var fleet []float64
	var rows [][]float64
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var row []float64
		for _, field := range strings.Fields(lines.Text()) {
			x, err := strconv.ParseFloat(field, 64)
			if err != nil {
				row = nil
				break
			}
			row = append(row, x)
		}
		switch len(row) {
		case 2:
			fleet = row
		case 7:
			rows = append(rows, row)
		}
	}
	n := len(rows)
	table := Table{Places: n, Durations: make([]int32, n*n)}
	for i, a := range rows {
		for j, b := range rows {
			table.Durations[i*n+j] = int32(10*math.Hypot(a[1]-b[1], a[2]-b[2]) + 1e-7)
		}
	}
	p := &Problem{Travel: []Table{table}}
	for i, row := range rows[1:] {
		p.Visits = append(p.Visits, Visit{
			Place: int32(i + 1), Service: int64(10 * row[6]), Delivery: []int64{int64(row[3])},
			Windows: []Window{{int64(10 * row[4]), int64(10 * row[5])}},
		})
	}
	for range int(fleet[0]) {
		p.Vehicles = append(p.Vehicles, Vehicle{
			Opens: int64(10 * rows[0][4]), Closes: int64(10 * rows[0][5]), PerHour: 3600, Capacity: []int64{int64(fleet[1])},
		})
	}
	return p
}

// bestKnown is the best cost known of each instance.
func bestKnown(t testing.TB) map[string]float64 {
	t.Helper()
	file, err := os.Open(filepath.Join(instances, "bks.csv"))
	if err != nil {
		t.Skip(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	best := map[string]float64{}
	for _, row := range rows[1:] {
		best[strings.ToLower(row[0])], _ = strconv.ParseFloat(row[2], 64)
	}
	return best
}

// A short search comes near the best known cost, in groups as well, and two threads find what one does.
func TestPublishedInstances(t *testing.T) {
	t.Parallel()
	best := bestKnown(t)
	for name, most := range map[string]float64{"R101": 0.02, "c1_2_2": 0.02, "c2_6_9": 0.10} {
		p := readInstance(t, name)
		var found [2]Solution
		for k := range found {
			s, err := NewSolver(p, Options{Seed: 1, Threads: k + 1})
			if err != nil {
				t.Fatal(err)
			}
			for range s.Epochs(10_000) {
			}
			found[k] = s.Best()
		}
		if err := verify(p, found[0]); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(found[0], found[1]); diff != "" {
			t.Errorf("%s: two threads find something else:\n%s", name, diff)
		}
		if gap := found[0].Cost/10/best[strings.ToLower(name)] - 1; gap > most || len(found[0].Unassigned) > 0 {
			t.Errorf("%s: gap %.1f %%, want at most %.0f %%; %d visits unassigned", name, 100*gap, 100*most, len(found[0].Unassigned))
		}
	}
}
