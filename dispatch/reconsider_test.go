package dispatch

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestGiniLaws(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		shares []float64
		want   float64
	}{
		"nobody": {nil, 0}, "nothing": {[]float64{0, 0}, 0}, "all the same": {[]float64{3, 3, 3}, 0}, "one has all": {[]float64{0, 0, 0, 8}, 0.75},
		"one and three": {[]float64{3, 1}, 0.25},
	} {
		if got := Gini(c.shares); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: Gini(%v) = %v, want %v", name, c.shares, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		shares := rapid.SliceOfN(rapid.Float64Range(0.01, 100), 2, 20).Draw(t, "shares")
		got := Gini(shares)
		if got < -1e-12 || got >= 1 {
			t.Fatalf("Gini = %v", got)
		}
		pairs, sum := 0.0, 0.0 // the definition: half the mean difference of all pairs, by the mean
		for _, a := range shares {
			sum += a
			for _, b := range shares {
				pairs += math.Abs(a - b)
			}
		}
		if want := pairs / (2 * float64(len(shares)) * sum); math.Abs(got-want) > 1e-9 {
			t.Fatalf("Gini = %v, by pairs %v", got, want)
		}
	})
}

func TestReconsiderUnderOtherWeights(t *testing.T) {
	t.Parallel()
	now := at(t, "08:00")
	near, far := aDay(t, 1, "09:00", "18:00"), aDay(t, 2, "09:00", "18:00").doing(aCall(2, 2, 0))
	for i := range 7 {
		near = near.doing(aCall(20+i, 4, 0.5))
	}
	days := []RepDay{near, far}
	var inputs []json.RawMessage
	for i := range 4 {
		given, err := Assign(aCall(50+i, 4, 0).waiting(), days, now)
		if err != nil {
			t.Fatal(err)
		}
		inputs = append(inputs, given.Decision.Input)
	}
	same := Reconsider(inputs, StandardWeights)
	if same.Decisions != 4 || same.Moved != 0 || same.TravelBefore != same.TravelAfter || same.GiniBefore != same.GiniAfter {
		t.Errorf("under the same weights: %+v, want nothing moved", same)
	}
	even := StandardWeights
	even.Load = 1000
	byLoad := Reconsider(inputs, even)
	if byLoad.Moved == 0 || byLoad.TravelAfter <= byLoad.TravelBefore || byLoad.GiniAfter >= byLoad.GiniBefore {
		t.Errorf("where load weighs more: %+v, want more driving, shared more evenly", byLoad)
	}
	if diff := cmp.Diff(byLoad, Reconsider(inputs, even)); diff != "" {
		t.Errorf("the same question has another answer:\n%s", diff)
	}
	if odd := Reconsider([]json.RawMessage{json.RawMessage(`{"engine":"0"}`), json.RawMessage(`{`)}, even); odd.OtherVersions != 2 || odd.Decisions != 0 {
		t.Errorf("of other versions: %+v", odd)
	}
}
