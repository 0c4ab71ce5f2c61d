package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Turns is a fresh budget of dear operations, asked by complexity.
func Turns() func(ctx context.Context, complexity int) (done func(), ok bool) {
	b := newBudget()
	return func(ctx context.Context, complexity int) (func(), bool) {
		op := &graphql.OperationContext{Operation: &ast.OperationDefinition{Operation: ast.Query}}
		op.Stats.SetExtension(costKey, complexity)
		return b.take(ctx, op)
	}
}
