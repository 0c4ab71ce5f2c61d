// Package dispatch is the thinking of the desk: visits and their states, a rep's day and its
// load, which visits a day takes and in which order, who takes a visit over, and why.
//
// Every function is pure: it takes what is known and the moment, and says everything that changes.
//
//	outcome, err := dispatch.Reassign(call, from, to, seen, reason, now)
package dispatch
