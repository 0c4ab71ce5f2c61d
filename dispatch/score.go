package dispatch

import "github.com/hexbeat/hexbeat/hours"

// What counts in the order of the queue, in points of a visit's priority.
const (
	scorePromise = 100 // something was promised
	scoreDay     = 5   // each day by which it is due earlier
)

// scoreOrigin is the day from which days are counted. Which one it is changes no order.
var scoreOrigin = hours.NewDate(2020, 1, 1)

// Score is how soon a visit of the queue is to be given to somebody: the greater the sooner, and of equal ones whoever has waited longer.
// Due is the last day it is due on. All visits of the queue age alike, so their order does not change as time goes by.
func Score(v Visit, due hours.Date) int {
	score := v.Priority - scoreDay*int(due-scoreOrigin)
	if v.Promised != nil {
		score += scorePromise
	}
	return score
}
