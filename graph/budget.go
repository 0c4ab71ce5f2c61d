package graph

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"golang.org/x/sync/semaphore"
)

// Dear operations are counted together, by complexity: each holds megabytes and keeps a core busy, and a hundred at once would end the
// process. Phones' screens are below dearFrom and never wait for them.
const (
	dearFrom   = 5_000
	mostAtOnce = 4 * mostComplexity
	waitTurn   = 3 * time.Second
)

var busyWords = words{
	"Сейчас выполняется слишком много больших запросов. Повторите через несколько секунд.",
	"Too many big requests are under way. Repeat in a few seconds.",
}

// costKey is where an operation's statistics keep its complexity.
const costKey = "Cost"

// budget is what dear operations share.
type budget struct{ *semaphore.Weighted }

func newBudget() budget { return budget{semaphore.NewWeighted(mostAtOnce)} }

// take waits for the operation's turn; the returned function ends it. ok is false when the turn did not come.
func (b budget) take(ctx context.Context, op *graphql.OperationContext) (done func(), ok bool) {
	complexity, _ := op.Stats.GetExtension(costKey).(int)
	if complexity < dearFrom || op.Operation.Operation == ast.Subscription {
		return func() {}, true
	}
	ctx, cancel := context.WithTimeout(ctx, waitTurn)
	defer cancel()
	if b.Acquire(ctx, int64(complexity)) != nil {
		return nil, false
	}
	return func() { b.Release(int64(complexity)) }, true
}

func tooBusy(ctx context.Context) *gqlerror.Error {
	return &gqlerror.Error{Message: busyWords.in(ctx), Extensions: map[string]any{"code": "RATE_LIMITED"}}
}
