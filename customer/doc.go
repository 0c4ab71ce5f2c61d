// Package customer knows whom we call on: customers, their sites, segments and how often each
// site is to be visited, and how such rows are read from a company's files.
//
//	due := cadence.Next(lastVisit)
package customer
