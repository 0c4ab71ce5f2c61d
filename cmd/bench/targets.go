package main

import (
	"fmt"
	"time"
)

// target is what a design of an area must reach. Zero fields ask for nothing.
type target struct {
	area      string // any other area where empty
	region    bool   // several towns rather than one
	reps      int    // as many or fewer
	imbalance float64
	slack     float64 // above the larger of imbalance and the floor of the units
	medoidKm  float64
	metis     float64       // medoid_km over that of METIS on the same graph
	price     float64       // medoid_km over that of plain k-means
	wall      time.Duration // of the whole command, on two cores
}

const anyReps = 1 << 30

// designTargets are asked in this order: the first that fits a case counts.
func designTargets() []target {
	return []target{
		{area: "moscow", reps: 10, imbalance: 0.03, medoidKm: 4.65, wall: time.Second},
		{area: "moscow", reps: 50, imbalance: 0.03, medoidKm: 1.90, wall: 1500 * time.Millisecond},
		{area: "moscow", reps: 200, imbalance: 0.04, medoidKm: 0.86, wall: 2 * time.Second},
		{area: "province-200000", region: true, reps: 50, imbalance: 0.03, metis: 0.9, wall: 4 * time.Second},
		{area: "province-200000", region: true, reps: 200, imbalance: 0.04, metis: 0.9, wall: 6 * time.Second},
		{reps: 50, imbalance: 0.03, slack: 0.01, price: 1.13},
		{reps: anyReps, imbalance: 0.03, slack: 0.01, price: 1.18},
		// What balance costs where towns are of unequal weight and far apart is up to the ground: k-means tells nothing there.
		{region: true, reps: anyReps, imbalance: 0.03, slack: 0.01, metis: 1},
	}
}

func targetOf(area string, region bool, reps int) target {
	for _, t := range designTargets() {
		if (t.area == "" || t.area == area) && t.region == region && reps <= t.reps {
			return t
		}
	}
	return target{}
}

// Of a re-balance from a design that drifted, at a tolerance of 5 %.
const (
	driftTolerance = 0.05
	driftRMS       = 1.05            // rms_km over that of a design from nothing
	driftMoved     = 1.6             // moved_share over moved_bound
	driftCity      = 30_000          // customers, up to which it takes no longer than
	driftWall      = time.Second     // of the whole command;
	driftLongWall  = 4 * time.Second // with more
)

// misses collects the targets that were missed, as sentences.
type misses struct {
	name string // of the case
	said []string
}

// atMost notes a figure above what is allowed.
func (m *misses) atMost(what string, got, allowed float64) {
	if allowed > 0 && !(got <= allowed) {
		m.said = append(m.said, fmt.Sprintf("%s: %s is %.4g, the target is %.4g", m.name, what, got, allowed))
	}
}

// inTime notes a run that took longer than is allowed. Its CPU tells a slow program from a busy machine.
func (m *misses) inTime(took usage, allowed time.Duration) {
	if allowed > 0 && took.wall > allowed {
		m.say("it takes %.2f s (%.2f s of CPU), the target is %.1f s", took.wall.Seconds(), took.cpu.Seconds(), allowed.Seconds())
	}
}

func (m *misses) say(format string, args ...any) {
	m.said = append(m.said, m.name+": "+fmt.Sprintf(format, args...))
}

// judged holds our design against the target: ours with its resource usage, METIS and k-means beside it.
func (t target) judged(m *misses, ours verdict, took usage, metisKm, kMeansKm float64) {
	m.atMost("imbalance", ours.Imbalance, max(t.imbalance, ours.ImbalanceFloor)+t.slack)
	if ours.Pieces > 0 {
		m.say("territories in pieces: %d", ours.Pieces)
	}
	m.atMost("medoid_km", ours.MedoidKm, t.medoidKm)
	m.atMost("medoid_km", ours.MedoidKm, t.price*kMeansKm)
	m.atMost("medoid_km beside METIS", ours.MedoidKm/metisKm, t.metis)
	m.inTime(took, t.wall)
}
