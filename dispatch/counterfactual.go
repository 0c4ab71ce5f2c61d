package dispatch

import (
	"encoding/json"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/geo"
)

// The kinds of a Condition.
const (
	IfNearer = "NEARER" // the visit lay nearer to the rep's route: minutes of driving to the nearest place of the day
	IfFreer  = "FREER"  // the rep had less service ahead
	IfLonger = "LONGER" // the rep's shift ended later
	IfLater  = "LATER"  // the time in which the call may begin ended later
	IfOwner  = "OWNER"  // the rep were responsible for the site
)

// Condition is one change of the input after which the engine prefers another rep: the least one in whole minutes. A minute less and it
// does not.
type Condition struct {
	Kind    string
	Minutes int           // by how much; 0 for IfOwner
	Was     time.Duration // IfFreer: service and driving ahead of the rep, as it was
	At      time.Duration // IfFreer: and at most as much as it would have to be
}

// Counterfactual is what would have had to differ for another rep to come first, each condition by itself.
type Counterfactual struct {
	RepID      uuid.UUID // who; the runner-up or, where a person chose a dearer rep, that one. uuid.Nil where nobody else was weighed
	Chosen     bool      // the rep was chosen, though another one was better
	Conditions []Condition
}

// How far a condition is looked for, in minutes: nobody changes more than that for one visit.
const (
	mostLonger = 120
	mostLater  = 240
)

// WhatIf looks for what would have had to differ in the input of a decision for another rep to come first. Each condition was found by
// running the engine on the changed input. No conditions: none of these changes alone is enough. It refuses as Replay does.
func WhatIf(stored json.RawMessage) (Counterfactual, error) {
	in, err := readInput(stored)
	if err != nil || len(in.Others) == 0 {
		return Counterfactual{}, err
	}
	k := in.second()
	rep := in.choice(k).Day.RepID
	out := Counterfactual{RepID: rep, Chosen: k < 0}
	wins := func(in input) bool { return in.choice(in.first()).Day.RepID == rep }
	for _, one := range in.changes(k) {
		n, found := least(one.most, func(n int) bool { return wins(one.to(n)) })
		if !found {
			continue
		}
		c := Condition{Kind: one.kind, Minutes: n}
		switch one.kind {
		case IfOwner:
			c.Minutes = 0
		case IfFreer:
			c.Was, c.At = in.choice(k).work(), one.to(n).choice(k).work()
		}
		out.Conditions = append(out.Conditions, c)
	}
	return out, nil
}

// least is a number up to most of which the claim holds, and does not hold of the one before; of 0 it never does.
func least(most int, holds func(int) bool) (int, bool) {
	if most < 1 || !holds(most) {
		return 0, false
	}
	return 1 + sort.Search(most-1, func(i int) bool { return holds(i + 1) }), true
}

// choice is the chosen one for -1, else one of the others.
func (in input) choice(k int) choice {
	if k < 0 {
		return in.Chosen
	}
	return in.Others[k]
}

// with is the input with another choice in a place.
func (in input) with(k int, c choice) input {
	if k < 0 {
		in.Chosen = c
		return in
	}
	in.Others = slices.Clone(in.Others)
	in.Others[k] = c
	return in
}

// first is the choice that costs least.
func (in input) first() int { return in.best(func(int) bool { return true }) }

// second is the chosen one where another costs less, else the best of the others.
func (in input) second() int {
	if in.first() >= 0 {
		return -1
	}
	return in.best(func(k int) bool { return k >= 0 })
}

// best is the cheapest of some choices.
func (in input) best(among func(k int) bool) int {
	found, least := -1, Option{}
	for k := -1; k < len(in.Others); k++ {
		if !among(k) {
			continue
		}
		if o := in.place(in.choice(k)).option; least.Terms == nil || byTotal(o, least) < 0 {
			found, least = k, o
		}
	}
	return found
}

// change is something about the input that might have been otherwise, by so many minutes.
type change struct {
	kind string
	most int
	to   func(minutes int) input
}

// changes are those that are worth a thought for one of the choices.
func (in input) changes(k int) []change {
	c := in.choice(k)
	of := func(change func(choice, int) choice) func(int) input {
		return func(n int) input { return in.with(k, change(c, n)) }
	}
	changes := []change{
		{IfNearer, c.away(), of(choice.nearer)},
		{IfFreer, c.Day.serviceMinutes(), of(choice.freer)},
		{IfLonger, mostLonger, of(choice.longer)},
		{IfLater, mostLater, in.later},
	}
	if in.OwnerID != nil && *in.OwnerID != c.Day.RepID {
		changes = append(changes, change{IfOwner, 1, func(int) input {
			in := in
			in.OwnerID = &c.Day.RepID
			return in
		}})
	}
	return changes
}

// nearest is the place of the day from which the drive to the call is shortest, and how long that is; nil where one of them is unknown.
func (c choice) nearest() (place *geo.Point, drive time.Duration) {
	if c.Call.Point == nil {
		return nil, 0
	}
	ways, mean := waysOf(c.Day, c.Call), c.Day.mean()
	points := []*geo.Point{c.Day.Start, c.Day.End}
	for _, t := range slices.Concat(c.Day.Visits, c.Day.Engagements) {
		points = append(points, t.Point)
	}
	for _, p := range points {
		if p == nil {
			continue
		}
		if d := time.Duration(float64(ways.drive(*p, *c.Call.Point)) * mean); place == nil || d < drive {
			place, drive = p, d
		}
	}
	return place, drive
}

// away is how many minutes the call lies from the day.
func (c choice) away() int {
	_, drive := c.nearest()
	return int(drive / time.Minute)
}

// nearer is the choice with the call moved towards the nearest place of the day.
func (c choice) nearer(minutes int) choice {
	to, drive := c.nearest()
	share := 1 - float64(minutes)*float64(time.Minute)/float64(drive)
	at := *c.Call.Point
	at.Lat = to.Lat + (at.Lat-to.Lat)*share
	at.Lon = math.Remainder(to.Lon+math.Remainder(at.Lon-to.Lon, 360)*share, 360)
	c.Call.Point = &at
	return c
}

func (s sheet) serviceMinutes() int {
	var all int64
	for _, v := range s.Visits {
		all += v.Service
	}
	return int(all / 60)
}

// freer is the choice with less service at every visit of the day, each in the same proportion.
func (c choice) freer(minutes int) choice {
	visits := slices.Clone(c.Day.Visits)
	var all, done, left int64
	for _, v := range visits {
		all += v.Service
	}
	keep := all - 60*int64(minutes)
	for i, v := range visits {
		done += v.Service
		upTo := int64(float64(keep) * float64(done) / float64(all))
		visits[i].Service, left = upTo-left, upTo
	}
	c.Day.Visits = visits
	return c
}

// longer is the choice with a shift that ends later.
func (c choice) longer(minutes int) choice {
	c.Day.Closes += 60 * int64(minutes)
	c.Day.Available += 60 * int64(minutes)
	return c
}

// later is the input with a call that may begin later, whoever makes it.
func (in input) later(minutes int) input {
	for k := -1; k < len(in.Others); k++ {
		c := in.choice(k)
		if n := len(c.Call.Windows); n > 0 {
			c.Call.Windows = slices.Clone(c.Call.Windows)
			c.Call.Windows[n-1].Close += 60 * int64(minutes)
			in = in.with(k, c)
		}
	}
	return in
}

// work is the service and the driving that lie ahead of the rep without the call.
func (c choice) work() time.Duration {
	t := newTimetable(c.Day)
	order := t.settle(t.visits())
	load := t.load(order, t.p.Time(order))
	return time.Duration((load.ServiceMinutes + load.TravelMinutes) * float64(time.Minute)).Round(time.Second)
}
