// Package customer knows whom we call on: customers, their sites, segments and how often each
// site is to be visited, and how such rows are read from a company's files.
//
//	weight := customer.Workload(20*time.Minute, 7) // 80 minutes in four weeks
package customer
