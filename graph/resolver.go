package graph

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/board"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/live"
	"github.com/vektah/gqlparser/v2/ast"
)

// Resolver answers the schema's fields.
type Resolver struct {
	desk    *desk.Desk
	drafts  *desk.Workbenches
	hub     *live.Hub
	board   *board.Board
	clock   func() time.Time
	pushKey string      // what browsers subscribe for Web Push with
	schema  *ast.Schema // to name the input's field that is wrong
}

// role lets through who holds the role or a wider one.
func role(ctx context.Context, _ any, next graphql.Resolver, least auth.Role) (any, error) {
	caller, err := auth.From(ctx)
	if err != nil {
		return nil, err
	}
	if !caller.Has(least) {
		return nil, auth.ErrForbidden
	}
	return next(ctx)
}
