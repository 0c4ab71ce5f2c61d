// Package board keeps branches' days in memory and says who could take a visit, best first, without asking the record each time.
//
// A branch's day is read as a whole when somebody first asks about it. From then on the change feed says which reps' days the next question
// reads again. A day is read as a whole once more after half a minute, for the feed does not tell of all that bears on it, and dropped when
// nobody asks about it any more.
//
// What the board says is a proposal. A day in memory is behind by the time a commit takes to be heard of, so a desk's
// command loads and locks the days concerned and decides again: the record has the last word.
//
//	b := board.New(db, time.Now)
//	follower.Heard = b.Changed
//	…
//	reps, err := b.Candidates(ctx, organization, call, date)
package board
