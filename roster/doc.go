// Package roster knows who works: branches, people, reps, their shifts, absences and
// engagements, and the devices they carry.
//
//	capacity := roster.Available(shift, engagements)
package roster
