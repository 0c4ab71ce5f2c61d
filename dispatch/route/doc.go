// Package route orders the stops of one vehicle's day. It knows numbers only: indices, places and seconds;
// who drives where and why is told by the caller.
//
// A Day has nodes with service and windows, a way to know driving times, and a day with a beginning and an
// end. Time walks an order and says when each node is reached; Insertions finds the places for one more node;
// Order searches for a good order, and chooses among optional nodes by their prize.
//
//	order := route.Order(day, route.Search{Seed: 1, Iterations: 200})
package route
