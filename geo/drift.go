package geo

import (
	"fmt"
	"math"
	"slices"
)

// Standing is who had what on one day: at the publication of territories, or now.
type Standing struct {
	Sites     []Site    // known by their IDs
	Territory []int     // of each site, Free for none
	Capacity  []float64 // of each territory, as in a Brief; nil: equal shares
	Of        int       // how many territories there are
	// Load of each territory, where it was recorded; nil: that of the sites as given. A record may keep the loads of a past day
	// and not those of its sites.
	Load []float64
}

// Thresholds say how much drift is worth a re-balance. A field of 0 takes the default.
type Thresholds struct {
	Imbalance float64 // of the heaviest territory; 0: 0.15
	Farther   float64 // growth of the mean distance; 0: 0.10
	Turnover  float64 // share of the workload that came, went or lies in no territory; 0: 0.20
	Homeless  float64 // share of the workload in no territory; 0: 0.02
}

// Drift says what changed between two days.
type Drift struct {
	Territories []TerritoryDrift // by number
	Added       int              // sites that came
	Removed     int              // sites that went
	Moved       int              // sites in another territory than before
	Homeless    int              // sites in no territory now
	Before      DriftFigures
	Now         DriftFigures
	Turnover    float64 // share of the workload that came or went
	HomelessOf  float64 // share of the workload in no territory now
	// Reasons for a re-balance, the weightiest first as declared; none: it is not worth one.
	Reasons []DriftReason
}

// DriftFigures are those of all territories on one of the days.
type DriftFigures struct {
	Imbalance float64 // heaviest load ÷ its target − 1
	MeanKm    float64 // workload-weighted mean from a site to the middle of its territory's work
}

// TerritoryDrift is what changed in one territory.
type TerritoryDrift struct {
	LoadBefore, Load           float64
	ImbalanceBefore, Imbalance float64 // 0 for a vacancy, which has no target
	MeanKmBefore, MeanKm       float64
	Added, Removed             int // sites that came to the organization or left it
	Gained, Lost               int // sites from and to other territories
}

// DriftReason is why territories had better be balanced again.
type DriftReason string

// The reasons; more may come.
const (
	DriftHomeless  DriftReason = "HOMELESS"  // work lies in no territory
	DriftImbalance DriftReason = "IMBALANCE" // somebody has too much
	DriftTurnover  DriftReason = "TURNOVER"  // these are other customers than the territories were made for
	DriftFarther   DriftReason = "FARTHER"   // customers are farther from the middle of their territory
)

// Worth says whether a re-balance is.
func (d Drift) Worth() bool { return len(d.Reasons) > 0 }

// DriftSince compares territories as published with what they are now, for the same territories. It refuses with ErrBrief
// and ErrNoPlace.
func DriftSince(published, now Standing, limits Thresholds) (Drift, error) {
	if published.Of != now.Of {
		return Drift{}, fmt.Errorf("%w: %d territories then, %d now; compare the same ones", ErrBrief, published.Of, now.Of)
	}
	then, err := published.measure()
	if err != nil {
		return Drift{}, fmt.Errorf("as published: %w", err)
	}
	today, err := now.measure()
	if err != nil {
		return Drift{}, fmt.Errorf("as of now: %w", err)
	}
	d := Drift{Territories: make([]TerritoryDrift, now.Of), Before: then.figures, Now: today.figures}
	for t := range d.Territories {
		d.Territories[t] = TerritoryDrift{
			LoadBefore: then.load[t], Load: today.load[t],
			ImbalanceBefore: then.imbalance[t], Imbalance: today.imbalance[t],
			MeanKmBefore: then.km[t], MeanKm: today.km[t],
		}
	}
	was := make(map[string]int, len(published.Sites))
	for i, s := range published.Sites {
		was[s.ID] = i
	}
	whole, came, homeless := 0.0, 0.0, 0.0
	for i, s := range now.Sites {
		t := now.Territory[i]
		whole += s.Workload
		if t == Free {
			d.Homeless++
			homeless += s.Workload
		}
		j, known := was[s.ID]
		delete(was, s.ID)
		switch {
		case !known:
			d.Added++
			came += s.Workload
			d.at(t).Added++
		case published.Territory[j] != t:
			d.Moved++
			d.at(t).Gained++
			d.at(published.Territory[j]).Lost++
		}
	}
	for _, j := range was {
		d.Removed++
		came += published.Sites[j].Workload
		d.at(published.Territory[j]).Removed++
	}
	if whole > 0 {
		d.Turnover, d.HomelessOf = came/whole, homeless/whole
	}
	d.judge(limits)
	return d, nil
}

// at is a territory's drift, or one nobody reads.
func (d *Drift) at(territory int) *TerritoryDrift {
	if territory == Free {
		return new(TerritoryDrift)
	}
	return &d.Territories[territory]
}

func (d *Drift) judge(limits Thresholds) {
	or := func(x, otherwise float64) float64 {
		if x == 0 {
			return otherwise
		}
		return x
	}
	farther := 0.0
	if d.Before.MeanKm > 0 {
		farther = d.Now.MeanKm/d.Before.MeanKm - 1
	}
	for _, r := range []struct {
		reason     DriftReason
		is, atMost float64
	}{
		{DriftHomeless, d.HomelessOf, or(limits.Homeless, 0.02)},
		{DriftImbalance, d.Now.Imbalance, or(limits.Imbalance, 0.15)},
		{DriftTurnover, d.Turnover, or(limits.Turnover, 0.2)},
		{DriftFarther, farther, or(limits.Farther, 0.1)},
	} {
		if r.is > r.atMost {
			d.Reasons = append(d.Reasons, r.reason)
		}
	}
}

// stood is a standing in figures.
type stood struct {
	load, imbalance, km []float64
	figures             DriftFigures
}

func (s Standing) measure() (stood, error) {
	if err := s.check(); err != nil {
		return stood{}, err
	}
	out := stood{load: make([]float64, s.Of), imbalance: make([]float64, s.Of), km: make([]float64, s.Of)}
	points := make([]Point, len(s.Sites))
	for i, site := range s.Sites {
		points[i] = site.Point
	}
	var flat plane
	if len(points) > 0 {
		flat = planeOf(points)
	}
	middle, weight := make([]vec, s.Of), make([]float64, s.Of)
	for i, site := range s.Sites {
		if t := s.Territory[i]; t != Free {
			p := flat.at(site.Point)
			middle[t] = vec{middle[t].x + site.Workload*p.x, middle[t].y + site.Workload*p.y}
			weight[t] += site.Workload
		}
	}
	km, whole := 0.0, 0.0
	for t := range middle {
		if weight[t] > 0 {
			middle[t] = vec{middle[t].x / weight[t], middle[t].y / weight[t]}
		}
		whole += weight[t]
	}
	for i, site := range s.Sites {
		if t := s.Territory[i]; t != Free && weight[t] > 0 {
			far := site.Workload * flat.at(site.Point).distance(middle[t])
			out.km[t] += far / weight[t]
			km += far
		}
	}
	if whole > 0 {
		out.figures.MeanKm = km / whole
	}
	copy(out.load, weight)
	if s.Load != nil {
		copy(out.load, s.Load)
	}
	s.balance(&out)
	return out, nil
}

// balance compares the loads with their targets, which share what lies in territories by capacity.
func (s Standing) balance(out *stood) {
	whole, capacity := 0.0, 0.0
	share := slices.Repeat([]float64{1}, s.Of)
	if s.Capacity != nil {
		share = s.Capacity
	}
	for t := range share {
		whole += out.load[t]
		capacity += share[t]
	}
	first := true
	for t := range share {
		target := whole * share[t] / capacity
		if !(target > 0) {
			continue
		}
		out.imbalance[t] = out.load[t]/target - 1
		if first || out.imbalance[t] > out.figures.Imbalance {
			out.figures.Imbalance, first = out.imbalance[t], false
		}
	}
}

func (s Standing) check() error {
	switch {
	case s.Of < 1:
		return fmt.Errorf("%w: %d territories; there must be one at least", ErrBrief, s.Of)
	case len(s.Territory) != len(s.Sites):
		return fmt.Errorf("%w: %d territories for %d sites; give one each, -1 for none", ErrBrief, len(s.Territory), len(s.Sites))
	case s.Capacity != nil && len(s.Capacity) != s.Of:
		return fmt.Errorf("%w: %d capacities for %d territories; give one each", ErrBrief, len(s.Capacity), s.Of)
	case s.Load != nil && len(s.Load) != s.Of:
		return fmt.Errorf("%w: %d loads for %d territories; give one each", ErrBrief, len(s.Load), s.Of)
	}
	for i, site := range s.Sites {
		if t := s.Territory[i]; t < Free || t >= s.Of {
			return fmt.Errorf("%w: site %s is in territory %d, but there are %d", ErrBrief, site.ID, t, s.Of)
		}
		if err := site.Point.Check(); err != nil {
			return fmt.Errorf("site %s: %w", site.ID, err)
		}
		if !(site.Workload >= 0) || math.IsInf(site.Workload, 0) {
			return fmt.Errorf("%w: site %s has %v; it must be 0 or more", ErrWorkload, site.ID, site.Workload)
		}
	}
	return nil
}
