package geo_test

import (
	"testing"

	"github.com/hexbeat/hexbeat/geo"
	"pgregory.net/rapid"
)

func TestAncestorsLieInEachOther(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := geo.Point{Lat: rapid.Float64Range(-90, 90).Draw(t, "lat"), Lon: rapid.Float64Range(-180, 180).Draw(t, "lon")}
		cells, err := geo.Ancestors(p, 9, 15)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range cells {
			if got, want := c.Resolution(), 9+i; got != want {
				t.Fatalf("cell %d has resolution %d, want %d", i, got, want)
			}
			if parent, err := c.Parent(9); err != nil || parent != cells[0] {
				t.Errorf("%s does not lie in %s", c, cells[0])
			}
		}
	})
	if _, err := geo.Ancestors(geo.Point{}, 10, 9); err == nil {
		t.Error("Ancestors from fine to coarse: want an error")
	}
}

func TestResolutionForZoomGrowsWithIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zoom float64
		want int
	}{{-5, 0}, {0, 1}, {5, 4}, {9, 7}, {11, 9}, {13, 10}, {20, 11}} {
		if got := geo.ResolutionForZoom(c.zoom); got != c.want {
			t.Errorf("ResolutionForZoom(%v) = %d, want %d", c.zoom, got, c.want)
		}
	}
}
