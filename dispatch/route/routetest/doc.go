// Package routetest judges answers to routing problems, and makes up problems to judge. It knows VROOM's JSON from
// its documentation and nothing of the engine or of package vroom: what they both get wrong, it can see.
//
//	day := routetest.Day{Seed: 1, Visits: 200, Reps: 15, Traits: routetest.All}
//	problem := day.JSON()
//	faults := routetest.Check(problem, solution)
//	faults = append(faults, routetest.Missed(problem, solution)...)
package routetest
