// Package board keeps branches' days in memory and says who could take a visit, best first, without asking the record each time.
//
// What it says is a proposal. A day in memory may be behind by the time a commit takes to be heard of, so a desk's
// command loads and locks the days concerned and decides again: the record has the last word.
//
//	b := board.New(db, time.Now)
//	follower.Heard = b.Changed
//	…
//	reps, err := b.Candidates(ctx, organization, call, date)
package board
