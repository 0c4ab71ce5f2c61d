package geo_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/hexbeat/hexbeat/geo"
)

func TestCoverageFindsGapsAndOverlaps(t *testing.T) {
	t.Parallel()
	sites := aRow(6)
	cells := make([]geo.Cell, len(sites))
	for i, s := range sites {
		cells[i] = cellOf(t, s)
	}
	under := func(c geo.Cell, level int) geo.Cell {
		middle, err := c.Center()
		if err != nil {
			t.Fatal(err)
		}
		child, err := geo.CellAt(middle, level)
		if err != nil {
			t.Fatal(err)
		}
		return child
	}
	sites[3].Workload = 25
	got, err := geo.CoverageOf(geo.Holdings{
		Sites:     sites,
		Territory: []int{0, 0, 1, geo.Free, geo.Free, 0},
		Reps:      [][]int{nil, {4, 5}, nil, nil, {4}, {4}}, // key accounts
		Vacant:    []bool{false, true},
		Ground:    [][]geo.Cell{{cells[0], cells[1], cells[5]}, {cells[1], cells[2], under(cells[0], 11)}},
		Potential: map[geo.Cell]float64{cells[0]: 7, cells[4]: 30, under(cells[2], 10): 2, cells[3]: 0},
	})
	if err != nil {
		t.Fatal(err)
	}
	shared := []geo.Shared{
		{Cell: under(cells[0], 11), Territories: []int{0, 1}},
		{Cell: cells[1], Territories: []int{0, 1}},
	}
	want := geo.Coverage{
		Unserved: []int{3},
		Vacant:   []geo.Vacancy{{Territory: 1, Sites: 1, Workload: 10}},
		Idle: []geo.IdleCell{
			{Cell: cells[4], Potential: 30},
			{Cell: cells[3], Sites: 1, Workload: 25},
			{Cell: cells[2], Sites: 1, Workload: 10},
			{Cell: under(cells[2], 10), Potential: 2},
		},
		Shared:   shared,
		Disputed: []int{1},
		Workload: 35,
	}
	inOrder := cmpopts.SortSlices(func(a, b geo.Shared) bool { return a.Cell < b.Cell })
	if diff := cmp.Diff(want, got, inOrder); diff != "" {
		t.Errorf("coverage (-want +got):\n%s", diff)
	}
}

func TestCoverageOfWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]geo.Holdings{
		"a territory too few":  {Sites: aRow(2), Territory: []int{0}, Vacant: []bool{false}},
		"an unknown territory": {Sites: aRow(1), Territory: []int{1}, Vacant: []bool{false}},
		"reps too few":         {Sites: aRow(1), Territory: []int{0}, Reps: [][]int{}, Vacant: []bool{false}},
		"ground too little":    {Ground: [][]geo.Cell{}, Vacant: []bool{false}},
	} {
		if _, err := geo.CoverageOf(h); !errors.Is(err, geo.ErrBrief) {
			t.Errorf("%s: %v, want ErrBrief", name, err)
		}
	}
}
