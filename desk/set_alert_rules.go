package desk

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/roster"
)

// SetAlertRules says how the reps of a branch are told from now on.
type SetAlertRules struct {
	Branch uuid.UUID
	Rules  notify.Rules
}

// longestPatience is the most that an alert may lie unacknowledged on one channel.
const longestPatience = 24 * 60 // minutes

func (c SetAlertRules) run(ctx context.Context, tx *Tx) (notify.Rules, error) {
	if err := tx.mustBe(auth.Manager); err != nil {
		return notify.Rules{}, err
	}
	if !tx.Caller.MaySeeBranch(c.Branch) {
		return notify.Rules{}, roster.ErrNoBranch
	}
	rules := c.Rules
	var err error
	if rules.Channels, err = transports(rules.Channels); err != nil {
		return notify.Rules{}, err
	}
	for name, d := range map[string]float64{"patience": rules.Patience.Minutes(), "urgentPatience": rules.UrgentPatience.Minutes()} {
		if d < 0 || d > longestPatience {
			return notify.Rules{}, Invalid{Path: []string{name}, Code: "OUT_OF_RANGE"}
		}
	}
	if len(rules.Digest) > mostChannels {
		return notify.Rules{}, Invalid{Path: []string{"digest"}, Code: "TOO_MANY"}
	}
	rules.Digest = slices.Compact(slices.Sorted(slices.Values(rules.Digest)))
	tx.concerns(c.Branch)
	if _, err := tx.Branch(ctx, c.Branch); err != nil {
		return notify.Rules{}, err
	}
	return rules, tx.SaveAlertRules(ctx, c.Branch, rules)
}
