// Package roster knows who works: branches, people, reps, their shifts and
// engagements, and the devices they carry.
//
//	capacity := roster.Available(shift, engagements, now)
package roster
