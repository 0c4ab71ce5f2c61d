package dispatch

import "time"

// Rules are how a branch's visits find their reps.
type Rules struct {
	Version int // 0: nobody has set them
	Weights Weights
	Auto    bool          // the engine gives out the queue by itself
	Idle    time.Duration // a rep with nothing to do for so long is idle
	Replan  ReplanRule
}

// ReplanRule says what is done by itself after a change that leaves work undone: a rep falls out, a storm, a late hour.
type ReplanRule string

// The rules, from the most careful.
const (
	NeverReplan     ReplanRule = "NEVER"     // people decide
	InsertWaiting   ReplanRule = "INSERT"    // visits of the queue find places; nothing that is planned moves
	RearrangeLittle ReplanRule = "REARRANGE" // besides, planned visits move within StandardBudget
)

// StandardBudget is what a new plan may change where nobody says anything else: nothing in the next hour, and two changes a rep.
var StandardBudget = Budget{Frozen: time.Hour, Changes: 2}

// Budget is what a new plan that nobody asked for may change, and whether there is to be one.
func (r ReplanRule) Budget() (b Budget, ok bool) {
	b = StandardBudget
	if r == InsertWaiting {
		b.Changes = 0
	}
	return b, r == InsertWaiting || r == RearrangeLittle
}

// StandardRules are those of a branch that has set none: people give out the queue, and plan anew when they want to.
var StandardRules = Rules{Weights: StandardWeights, Idle: 20 * time.Minute, Replan: NeverReplan}
