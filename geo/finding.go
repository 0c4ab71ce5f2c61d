package geo

import "fmt"

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
	Vacant     FindingKind = "VACANT"      // a territory without capacity keeps work, since the budget does not let it go
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
		return fmt.Sprintf("territory %s has no capacity and keeps %.4g of work", t, f.Load)
	case OverBudget:
		return fmt.Sprintf("locks alone move %.4g of work where the budget is %.4g", f.Load, f.Target)
	}
	return string(f.Kind)
}
