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
