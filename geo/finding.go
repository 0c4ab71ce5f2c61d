package geo

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Finding is what a person should know before they take a draft: where it could not be what the brief asked for, and why.
type Finding struct {
	Kind      FindingKind `json:"kind"`
	Territory int         `json:"territory"`      // Free where it is about none
	Unit      string      `json:"unit,omitempty"` // the name of the unit it is about, if one
	Measure   string      `json:"measure,omitempty"`
	Load      float64     `json:"load,omitempty"`   // of what the finding is about, in units of workload or of the measure
	Target    float64     `json:"target,omitempty"` // of the territory, in the same units
}

// FindingKind says what a finding is about.
type FindingKind string

// What can be found.
const (
	LockedOver FindingKind = "LOCKED_OVER" // what is locked to a territory weighs more than its target and tolerance
	LockedOut  FindingKind = "LOCKED_OUT"  // what is locked to others leaves a territory too little
	HeavyUnit  FindingKind = "HEAVY_UNIT"  // one indivisible place weighs more than a territory's target and tolerance
	OffTarget  FindingKind = "OFF_TARGET"  // a territory is off its target by more than the tolerance
	HeldApart  FindingKind = "HELD_APART"  // locked ground that does not hang together with the rest of its territory
	Bridge     FindingKind = "BRIDGE"      // a territory crosses a barrier, the ground having no other way to its rest
	Vacant     FindingKind = "VACANT"      // a territory without capacity has work: what is locked to it, or what the budget does not let go
	OverBudget FindingKind = "OVER_BUDGET" // what is locked away from its territory of today is already more than the budget
)

// Text is the finding as a sentence. name calls a territory what its people call it.
func (f Finding) Text(name func(territory int) string) string {
	t := ""
	if f.Territory >= 0 {
		t = name(f.Territory)
	}
	switch f.Kind {
	case LockedOver:
		return fmt.Sprintf("territory %s: %.4g of work is locked to it, its target is %.4g; unlock some of it", t, f.Load, f.Target)
	case LockedOut:
		return fmt.Sprintf("territory %s: only %.4g of the work is not locked to others, its target is %.4g", t, f.Load, f.Target)
	case HeavyUnit:
		return fmt.Sprintf("place %s cannot be divided and weighs %.4g, more than the target of %.4g", f.Unit, f.Load, f.Target)
	case OffTarget:
		return fmt.Sprintf("territory %s: %.4g of %s where its target is %.4g", t, f.Load, f.Measure, f.Target)
	case HeldApart:
		return fmt.Sprintf("territory %s: locked place %s lies apart from the rest", t, f.Unit)
	case Bridge:
		return fmt.Sprintf("territory %s crosses a barrier at %s, the only way to that ground", t, f.Unit)
	case Vacant:
		return fmt.Sprintf("territory %s has no capacity, and %.4g of work is locked to it or kept from today", t, f.Load)
	case OverBudget:
		return fmt.Sprintf("locks alone move %.4g of work where the budget is %.4g", f.Load, f.Target)
	}
	return string(f.Kind)
}

// findings says what could not be as the brief asked for.
func (g *ground) findings(b Brief, d Draft) []Finding {
	k := g.territories()
	locked, load := make([]float64, k), make([]float64, k)
	all := 0.0
	for u, t := range d.Territory {
		load[t] += g.load[u]
		if lock := g.lock[u]; lock != Free {
			locked[lock] += g.load[u]
			all += g.load[u]
		}
	}
	var found []Finding
	for t := range k {
		at := Finding{Territory: t, Load: load[t], Target: g.target[t]}
		with := func(kind FindingKind, load float64) {
			f := at
			f.Kind, f.Load = kind, load
			found = append(found, f)
		}
		if g.vacant(int32(t)) {
			if load[t] > 0 {
				with(Vacant, load[t])
			}
			continue
		}
		if locked[t] > (1+g.tolerance)*g.target[t] {
			with(LockedOver, locked[t])
		}
		if free := g.total - all + locked[t]; free < (1-g.tolerance)*g.target[t] {
			with(LockedOut, free)
		}
		if off := load[t]/g.target[t] - 1; off > g.tolerance+1e-9 || off < -g.tolerance-1e-9 {
			at.Measure = "workload"
			with(OffTarget, load[t])
		}
	}
	for u, unit := range g.units {
		t := d.Territory[u]
		about := Finding{Territory: t, Unit: unit.Name(), Load: unit.Workload, Target: g.target[t]}
		if g.load[u] > (1+g.tolerance)*slices.Max(g.target) {
			about.Kind = HeavyUnit
			found = append(found, about)
		}
		if unit.Exempt && !g.vacant(int32(t)) && (b.Held == nil || b.Held[unit.Sites[0]] == Free) {
			about.Kind = HeldApart
			found = append(found, about)
		}
	}
	for i, f := range g.further {
		for t, x := range amounts(f.amount, d.Territory, k) {
			if f.target[t] > 0 && math.Abs(x/f.target[t]-1) > f.Tolerance+1e-9 {
				found = append(found, Finding{Kind: OffTarget, Territory: t, Measure: b.Measures[i].Name, Load: x, Target: f.target[t]})
			}
		}
	}
	for _, pair := range g.bridges {
		if t := d.Territory[pair[0]]; t == d.Territory[pair[1]] {
			found = append(found, Finding{Kind: Bridge, Territory: t, Unit: g.units[pair[0]].Name()})
		}
	}
	if b.Budget != nil {
		forced := 0.0
		for u, lock := range g.lock {
			if lock != Free {
				work, _ := g.leaves(int32(u), lock)
				forced += work
			}
		}
		if forced > *b.Budget*g.total {
			found = append(found, Finding{Kind: OverBudget, Territory: Free, Load: forced, Target: *b.Budget * g.total})
		}
	}
	slices.SortStableFunc(found, func(a, b Finding) int { return cmp.Compare(a.Territory, b.Territory) })
	return found
}

// amounts sums what the units of each territory have.
func amounts(of []float64, territory []int, k int) []float64 {
	sum := make([]float64, k)
	for u, t := range territory {
		sum[t] += of[u]
	}
	return sum
}
