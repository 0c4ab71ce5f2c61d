package geo_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/hexbeat/hexbeat/geo"
)

func TestDriftSaysWhetherARebalanceIsWorthIt(t *testing.T) {
	t.Parallel()
	row := aRow(8)
	published := geo.Standing{Sites: row, Territory: []int{0, 0, 0, 0, 1, 1, 1, 1}, Of: 2}
	still, err := geo.DriftSince(published, published, geo.Thresholds{})
	if err != nil {
		t.Fatal(err)
	}
	if still.Worth() || still.Added+still.Removed+still.Moved+still.Homeless != 0 || still.Turnover != 0 {
		t.Errorf("nothing changed, yet drift is %+v", still)
	}

	// The first left, one went over to 1, two came: one to 1, one to nobody.
	now := geo.Standing{Of: 2, Sites: slices.Clone(row[1:]), Territory: []int{0, 0, 1, 1, 1, 1, 1, 1, geo.Free}}
	for _, id := range []string{"new", "lost"} {
		s := row[7]
		s.ID = id
		now.Sites = append(now.Sites, s)
	}
	d, err := geo.DriftSince(published, now, geo.Thresholds{})
	if err != nil {
		t.Fatal(err)
	}
	if d.Added != 2 || d.Removed != 1 || d.Moved != 1 || d.Homeless != 1 {
		t.Errorf("added, removed, moved, homeless = %d, %d, %d, %d; want 2, 1, 1, 1", d.Added, d.Removed, d.Moved, d.Homeless)
	}
	first, second := d.Territories[0], d.Territories[1]
	if first.Removed != 1 || first.Lost != 1 || second.Gained != 1 || second.Added != 1 {
		t.Errorf("%+v and %+v; want one removed and one lost, one gained and one added", first, second)
	}
	if first.LoadBefore != 40 || first.Load != 20 || second.Load != 60 || second.Imbalance != 0.5 {
		t.Errorf("%+v and %+v; want loads 20 and 60, the second half too much", first, second)
	}
	if got := d.HomelessOf; math.Abs(got-1.0/9) > 1e-12 {
		t.Errorf("share of the homeless = %v, want a ninth", got)
	}
	want := []geo.DriftReason{geo.DriftHomeless, geo.DriftImbalance, geo.DriftTurnover, geo.DriftFarther}
	if !slices.Equal(d.Reasons, want[:len(d.Reasons)]) || len(d.Reasons) < 3 {
		t.Errorf("reasons = %v, want %v", d.Reasons, want)
	}
	patient, err := geo.DriftSince(published, now, geo.Thresholds{Imbalance: 1, Farther: 1, Turnover: 1, Homeless: 1})
	if err != nil {
		t.Fatal(err)
	}
	if patient.Worth() {
		t.Errorf("with thresholds of 100 %% the reasons are %v, want none", patient.Reasons)
	}
}

func TestDriftPrefersLoadsAsRecorded(t *testing.T) {
	t.Parallel()
	now := geo.Standing{Sites: aRow(4), Territory: []int{0, 0, 1, 1}, Of: 2}
	published := now
	published.Load = []float64{30, 10}
	d, err := geo.DriftSince(published, now, geo.Thresholds{})
	if err != nil {
		t.Fatal(err)
	}
	if d.Before.Imbalance != 0.5 || d.Now.Imbalance != 0 || d.Territories[0].LoadBefore != 30 {
		t.Errorf("%+v, want an imbalance of a half before and none now", d)
	}
}

func TestDriftOfWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	whole := geo.Standing{Sites: aRow(2), Territory: []int{0, 0}, Of: 1}
	with := func(change func(*geo.Standing)) geo.Standing { s := whole; change(&s); return s }
	for name, now := range map[string]geo.Standing{
		"more territories":  with(func(s *geo.Standing) { s.Of = 2 }),
		"a site too many":   with(func(s *geo.Standing) { s.Sites = aRow(3) }),
		"unknown territory": with(func(s *geo.Standing) { s.Territory = []int{0, 1} }),
		"loads too few":     with(func(s *geo.Standing) { s.Load = []float64{} }),
	} {
		if _, err := geo.DriftSince(whole, now, geo.Thresholds{}); !errors.Is(err, geo.ErrBrief) {
			t.Errorf("%s: %v, want ErrBrief", name, err)
		}
	}
}
