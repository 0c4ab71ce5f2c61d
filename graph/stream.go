package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// oneStream refuses subscriptions to several fields or to none. The parser counts one field under two names as one, and knows
// nothing of @skip.
type oneStream struct{}

func (oneStream) ExtensionName() string { return "OneStream" }

func (oneStream) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext looks at the operation and changes nothing.
func (oneStream) MutateOperationContext(ctx context.Context, op *graphql.OperationContext) *gqlerror.Error {
	if op.Operation.Operation != ast.Subscription {
		return nil
	}
	if len(graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Subscription"})) == 1 {
		return nil
	}
	said := words{"Подписка должна быть ровно на одно поле.", "A subscription must be to exactly one field."}
	return &gqlerror.Error{Message: said.in(ctx), Extensions: map[string]any{"code": "GRAPHQL_VALIDATION_FAILED"}}
}
