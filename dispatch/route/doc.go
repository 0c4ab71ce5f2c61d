// Package route orders visits. It knows numbers only: indices, places, seconds and costs; who drives where and why
// is told by the caller, and so is the time: the package has no clock.
//
// A Problem has visits, vehicles and the travel between places. A Solver searches for a plan by ruin and recreate
// (SISR: Christiaens and Vanden Berghe, Transportation Science 2020), as long as it is asked to, and given time breeds
// plans of small problems out of what that found (HGS: Vidal et al., Operations Research 2012); the same seed and steps
// give the same plan on any number of threads. Pace turns a time limit into steps.
//
//	solver, err := route.NewSolver(problem, route.Options{Seed: 1, Threads: 2})
//	for range solver.Epochs(100_000) {
//	}
//	plan := solver.Best()
//
// A Day is one vehicle's order of nodes, where lateness is no obstacle: Time walks it and says when each node is reached;
// Insertions finds the promising places for one more node, Gaps those that break nothing.
package route
