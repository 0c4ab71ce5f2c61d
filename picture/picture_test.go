package picture

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/hexbeat/hexbeat/geo"
)

// aBlock is n by n sites around a middle with the territory of each: west 0, east 1.
func aBlock(t *testing.T, middle geo.Point, n int) (units []geo.Unit, territory []int, sites []geo.Point) {
	t.Helper()
	for i := range n {
		for j := range n {
			p := geo.Point{Lat: middle.Lat + 0.01*float64(i-n/2), Lon: math.Remainder(middle.Lon+0.02*float64(j-n/2), 360)}
			cell, err := geo.CellAt(p, geo.SiteResolution)
			if err != nil {
				t.Fatal(err)
			}
			centre, err := cell.Center()
			if err != nil {
				t.Fatal(err)
			}
			units = append(units, geo.Unit{Cell: cell, Center: centre, Workload: 1, Sites: []int{len(sites)}})
			territory = append(territory, min(1, 2*j/n))
			sites = append(sites, p)
		}
	}
	return units, territory, sites
}

func aPanel(t *testing.T, middle geo.Point) Panel {
	t.Helper()
	units, territory, sites := aBlock(t, middle, 6)
	areas, err := Areas(units, territory)
	if err != nil || len(areas) != 2 {
		t.Fatalf("Areas = %d areas, %v, want 2", len(areas), err)
	}
	return Panel{
		Title: "Now", Figures: []string{"imbalance 12.0 %"}, Sites: sites, Moved: sites[:3],
		Territories: []Territory{{Name: "<West & co>", Load: 0.12, Outline: areas[0]}, {Name: "East", Vacant: true, Outline: areas[1]}},
	}
}

// tags counts the elements of an SVG, and fails where it is not well formed.
func tags(t *testing.T, svg []byte) map[string]int {
	t.Helper()
	count := map[string]int{}
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return count
		}
		if err != nil {
			t.Fatalf("the picture is not well formed: %v", err)
		}
		if start, ok := token.(xml.StartElement); ok {
			count[start.Name.Local]++
		}
	}
}

func TestPictureShowsEveryTerritory(t *testing.T) {
	t.Parallel()
	panel := aPanel(t, geo.Point{Lat: 55.75, Lon: 37.6})
	for language, want := range map[Language][]string{
		English: {"&lt;West &amp; co&gt;", "+12 %", "vacancy", "East", "changes hands", "km", "Load against target"},
		Russian: {"+12 %", "вакансия", "меняет хозяина", "км", "Нагрузка против цели"},
	} {
		svg := Draw([]Panel{panel, panel}, language)
		if got := tags(t, svg)["title"]; got != 4 {
			t.Errorf("%d territories are drawn, want 2 on each of 2 maps", got)
		}
		for _, text := range want {
			if !strings.Contains(string(svg), text) {
				t.Errorf("the picture in %s lacks %q", language, text)
			}
		}
	}
	if got, want := Draw([]Panel{panel}, English), Draw([]Panel{panel}, English); !bytes.Equal(got, want) {
		t.Error("the same panel is drawn in two ways")
	}
}

func TestPictureOfNothing(t *testing.T) {
	t.Parallel()
	for _, panels := range [][]Panel{nil, {{Title: "Empty"}}, {{Sites: []geo.Point{{Lat: 1, Lon: 1}}}}, {{Territories: []Territory{{Name: "Nobody's"}}}}} {
		if svg := string(Draw(panels, English)); strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
			t.Errorf("Draw(%+v) has places that are none: %.300s", panels, svg)
		}
	}
}

func TestGroundAcrossTheAntimeridianIsDrawnTogether(t *testing.T) {
	t.Parallel()
	near := newFrame([]Panel{aPanel(t, geo.Point{Lat: 66, Lon: 100})}, side)
	across := newFrame([]Panel{aPanel(t, geo.Point{Lat: 66, Lon: 180})}, side)
	if math.Abs(across.width/near.width-1) > 0.1 || math.Abs(across.perLat/near.perLat-1) > 0.1 {
		t.Errorf("across the antimeridian the map is %.0f wide at %.0f a degree, elsewhere %.0f at %.0f", across.width, across.perLat, near.width, near.perLat)
	}
}

func TestLabelStandsInsideItsTerritory(t *testing.T) {
	t.Parallel()
	// A horseshoe: its middle lies outside.
	horseshoe := [][][2]float64{{{0, 0}, {10, 0}, {10, 10}, {8, 10}, {8, 2}, {2, 2}, {2, 10}, {0, 10}, {0, 0}}}
	x, y, room := roomiest(horseshoe)
	if room < 0.9 || clearance(horseshoe, [2]float64{x, y}) != room {
		t.Errorf("the label stands at %.1f %.1f with room for %.2f, want it inside with about 1", x, y, room)
	}
	holed := [][][2]float64{{{0, 0}, {10, 0}, {10, 10}, {0, 10}, {0, 0}}, {{2, 2}, {8, 2}, {8, 8}, {2, 8}, {2, 2}}}
	if clearance(holed, [2]float64{5, 5}) != 0 {
		t.Error("a hole counts as inside")
	}
}

func TestShadesRunFromBlueOverPaperToRed(t *testing.T) {
	t.Parallel()
	for load, want := range map[float64]string{-1: "#2b6cb0", -full: "#2b6cb0", 0: "#f6f3ea", full: "#c53030", 7: "#c53030"} {
		if got := shade(load); got != want {
			t.Errorf("shade(%v) = %s, want %s", load, got, want)
		}
	}
}

func TestRuleIsARoundNumber(t *testing.T) {
	t.Parallel()
	for _, perLat := range []float64{0.5, 3, 40, 777, 12345} {
		km, pixels := frame{perLat: perLat}.rule(150)
		if lead := km / math.Pow(10, math.Floor(math.Log10(km))); pixels > 150.001 || pixels < 50 || math.Abs(lead-math.Round(lead)) > 1e-9 || lead > 5.1 {
			t.Errorf("at %v pixels a degree the rule is %v km in %.0f pixels", perLat, km, pixels)
		}
	}
}
