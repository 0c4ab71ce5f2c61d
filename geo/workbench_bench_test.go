package geo_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/hexbeat/hexbeat/geo"
	"github.com/paulmach/orb"
)

// The answer to an edit while the hand holds the mouse is to come within 5 ms. What opening takes is a benchmark of its own.
func BenchmarkWorkbench(b *testing.B) {
	for _, c := range []struct{ sites, territories, resolution int }{{7550, 50, 9}, {200_000, 50, 8}, {200_000, 200, 8}, {200_000, 200, 9}} {
		brief := geo.Brief{Sites: generated(c.sites), Territories: c.territories, Seed: 1, Resolution: c.resolution}
		of := wedges(brief)
		name := fmt.Sprintf("%d_sites_in_%d_at_%d", c.sites, c.territories, c.resolution)
		b.Run(name+"/open", func(b *testing.B) {
			for b.Loop() {
				if _, err := geo.OpenWorkbench(brief, of, nil, geo.Rounds{}); err != nil {
					b.Fatal(err)
				}
			}
		})
		w, err := geo.OpenWorkbench(brief, of, nil, geo.Rounds{})
		if err != nil {
			b.Fatal(err)
		}
		units, territory := w.Ground()
		var border, block []geo.Cell
		for i, u := range units {
			if territory[i] == 7 {
				block = append(block, u.Cell)
			}
		}
		border = block[:1]
		block = block[:min(100, len(block))]
		alone := slices.IndexFunc(units, func(u geo.Unit) bool { return len(u.Sites) == 1 })
		site := geo.Site{ID: "new", Point: geo.Point{Lat: 55.8021, Lon: 37.7003}, Workload: 1}
		far := geo.Site{ID: "new", Point: geo.Point{Lat: 56.13, Lon: 38.21}, Workload: 1}
		for _, e := range []struct {
			name string
			edit geo.Edit
		}{
			{"paint_1", geo.Paint{Cells: border, To: 8}},
			{"paint_100", geo.Paint{Cells: block, To: 8}},
			{"draw_2km", geo.Draw{Region: diamond(b, site.Point, 2), To: 8}},
			{"move", geo.Move{Sites: []int{5}, To: 8}},
			{"move_the_last", geo.Move{Sites: units[alone].Sites, To: 8}},
			{"hold", geo.Hold{Site: 5, To: 8}},
			{"add", geo.Add{Site: site, To: geo.Ground}},
			{"add_far", geo.Add{Site: far, To: geo.Ground}},
			{"remove", geo.Remove{Site: 5}},
			{"repair", geo.Together{geo.Paint{Cells: border, To: 8}, geo.Repair{}}},
		} {
			b.Run(name+"/"+e.name, func(b *testing.B) {
				for b.Loop() {
					if _, err := w.Try(e.edit); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(len(units)), "units")
			})
		}
	}
}

// diamond is a drawn region of so many km from its middle to each corner.
func diamond(b *testing.B, p geo.Point, km float64) geo.Region {
	b.Helper()
	north, east := km/110.57, km/62.6
	r, err := geo.RegionOf(orb.MultiPolygon{{{
		{p.Lon + east, p.Lat}, {p.Lon, p.Lat + north}, {p.Lon - east, p.Lat}, {p.Lon, p.Lat - north}, {p.Lon + east, p.Lat},
	}}})
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// wedges cuts a town into strips and the strips into blocks of about equal work, for what needs no good design.
func wedges(b geo.Brief) []int {
	order := make([]int, len(b.Sites))
	for i := range order {
		order[i] = i
	}
	columns := 10
	for b.Territories%columns != 0 {
		columns--
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(b.Sites[i].Point.Lon, b.Sites[j].Point.Lon) })
	of := make([]int, len(order))
	rows := b.Territories / columns
	for c := range columns {
		strip := order[c*len(order)/columns : (c+1)*len(order)/columns]
		slices.SortFunc(strip, func(i, j int) int { return cmp.Compare(b.Sites[i].Point.Lat, b.Sites[j].Point.Lat) })
		for n, i := range strip {
			of[i] = c*rows + n*rows/len(strip)
		}
	}
	return of
}
