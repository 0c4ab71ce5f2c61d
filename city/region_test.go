package city_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/hexbeat/hexbeat/city"
	"github.com/hexbeat/hexbeat/customer/table"
	"github.com/hexbeat/hexbeat/geo"
)

func regionCSV(t *testing.T, customers []city.Customer) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := city.WriteRegion(&b, customers); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSameSeedSameRegion(t *testing.T) {
	t.Parallel()
	for _, kind := range city.Kinds() {
		first := regionCSV(t, city.Region(1, 5000, kind))
		if !bytes.Equal(first, regionCSV(t, city.Region(1, 5000, kind))) {
			t.Errorf("%s: the same seed wrote different customers", kind)
		}
		if bytes.Equal(first, regionCSV(t, city.Region(2, 5000, kind))) {
			t.Errorf("%s: another seed wrote the same customers", kind)
		}
	}
}

func TestRegionIsACustomerFile(t *testing.T) {
	t.Parallel()
	for _, kind := range city.Kinds() {
		for _, n := range []int{1, 2, 300, 3000} {
			customers := city.Region(7, n, kind)
			rows, rejected, err := table.ReadCustomers(bytes.NewReader(regionCSV(t, customers)), "region.csv")
			if err != nil || len(rejected) > 0 {
				t.Fatalf("%s of %d: %d rows rejected, error %v", kind, n, len(rejected), err)
			}
			if len(rows) != n {
				t.Fatalf("%s: %d rows, want %d", kind, len(rows), n)
			}
			ids := map[string]bool{}
			for i, row := range rows {
				ids[row.ID] = true
				if got, want := fmt.Sprint(row.ID, *row.Point, row.Workload), fmt.Sprint(customers[i].ID, customers[i].Point, customers[i].Workload); got != want {
					t.Fatalf("%s: row %d = %s, want %s", kind, i, got, want)
				}
			}
			if len(ids) != n {
				t.Errorf("%s: %d ids for %d customers", kind, len(ids), n)
			}
		}
	}
}

// places counts the customers of each place whose name begins with the word.
func places(customers []city.Customer, word string) map[string]float64 {
	of := map[string]float64{}
	for _, c := range customers {
		if strings.HasPrefix(c.Place, word) {
			of[c.Place]++
		}
	}
	return of
}

func sum(of map[string]float64) (total float64) {
	for _, n := range of {
		total += n
	}
	return total
}

func TestTownsOfARegionFollowZipf(t *testing.T) {
	t.Parallel()
	for _, kind := range []city.Kind{city.Province, city.Metropolis, city.Valley, city.Coast, city.Grid} {
		var sizes []float64
		for _, n := range places(city.Region(3, 60_000, kind), "town ") {
			sizes = append(sizes, n)
		}
		slices.Sort(sizes)
		slices.Reverse(sizes)
		var x, y, xx, xy, n float64
		for rank, size := range sizes {
			lx, ly := math.Log(float64(rank+1)), math.Log(size)
			x, y, xx, xy, n = x+lx, y+ly, xx+lx*lx, xy+lx*ly, n+1
		}
		if slope := (n*xy - x*y) / (n*xx - x*x); n < 10 || math.Abs(slope+1) > 0.05 {
			t.Errorf("%s: %v towns, sizes fall with rank to the power %.3f, want -1", kind, n, slope)
		}
	}
}

func TestSharesOfAProvince(t *testing.T) {
	t.Parallel()
	customers := city.Region(5, 20_000, city.Province)
	for word, want := range map[string]float64{"city ": 0.45, "town ": 0.33, "road ": 0.14, "country": 0.08} {
		if got := sum(places(customers, word)) / 20_000; math.Abs(got-want) > 0.005 {
			t.Errorf("share of %q = %.3f, want %.3f", word, got, want)
		}
	}
}

// Few customers carry much of the work, but none more than a small part of a rep's year.
func TestWorkOfARegionHasAHeavyTail(t *testing.T) {
	t.Parallel()
	var work []float64
	total := 0.0
	for _, c := range city.Region(9, 50_000, city.Province) {
		work = append(work, c.Workload)
		total += c.Workload
	}
	slices.Sort(work)
	tail := 0.0
	for _, w := range work[len(work)*99/100:] {
		tail += w
	}
	if share := tail / total; share < 0.08 || share > 0.2 {
		t.Errorf("the heaviest hundredth carries %.3f of the work, want 0.08 to 0.2", share)
	}
	if least, most := work[0], work[len(work)-1]; least < 1 || most > 2400 || most < 1000 {
		t.Errorf("workloads from %v to %v, want from 1 to at least 1000, at most 2400", least, most)
	}
}

func TestNobodyStandsInTheWater(t *testing.T) {
	t.Parallel()
	lake := geo.Point{Lat: 46.4, Lon: 6.6} // its shore is nowhere nearer than four fifths of the radius
	for _, n := range []int{500, 20_000} {
		radius := 12_000 * math.Pow(float64(n)/200_000, 0.4)
		for _, c := range city.Region(2, n, city.Ring) {
			if d := float64(geo.Distance(lake, c.Point)); d < 0.8*radius {
				t.Fatalf("ring of %d: %s of %s stands %.0f m from the middle of a lake of %.0f m", n, c.ID, c.Place, d, radius)
			}
		}
	}
}

func TestParseKind(t *testing.T) {
	t.Parallel()
	for _, kind := range city.Kinds() {
		if got, err := city.ParseKind(string(kind)); got != kind || err != nil {
			t.Errorf("ParseKind(%q) = %q, %v", kind, got, err)
		}
	}
	if _, err := city.ParseKind("moon"); !errors.Is(err, city.ErrKind) {
		t.Errorf("ParseKind(moon) = %v, want ErrKind", err)
	}
}

func BenchmarkRegion(b *testing.B) {
	for b.Loop() {
		city.Region(1, 200_000, city.Province)
	}
}
