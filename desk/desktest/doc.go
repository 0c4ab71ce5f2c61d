// Package desktest makes small companies for tests: an organization with two branches, reps who start from home, sites with cadences,
// and a clock that stands still.
//
//	w := desktest.New(t)
//	w.Align(t, 0)
//	w.Plan(t, 0)
//	got, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.ReassignVisit{…})
package desktest
