package postgres

import (
	"context"
	"sync"

	"github.com/jackc/pgx/v5"
)

// shape is a statement as the server takes it: with numbers for names, and the names in the order of the numbers.
type shape struct {
	sql   string
	names []any // strings
}

// shapes are those of the statements used so far, which are constants of this package.
var shapes sync.Map // statement: shape

// put adds a statement to a batch. pgx reads a statement's whole text for names each time it is run; here it does so once.
func put(batch *pgx.Batch, sql string, args ...any) *pgx.QueuedQuery {
	if len(args) != 1 {
		return batch.Queue(sql, args...)
	}
	given, byName := args[0].(pgx.StrictNamedArgs)
	if !byName {
		return batch.Queue(sql, args...)
	}
	known, ok := shapeOf(sql, given)
	if !ok || len(given) != len(known.names) {
		return batch.Queue(sql, given) // pgx says what is wrong with them
	}
	values := make([]any, len(known.names))
	for i, name := range known.names {
		if values[i], ok = given[name.(string)]; !ok {
			return batch.Queue(sql, given)
		}
	}
	return batch.Queue(known.sql, values...)
}

// shapeOf has pgx put each name's place where its value would go.
func shapeOf(sql string, given pgx.StrictNamedArgs) (shape, bool) {
	if known, found := shapes.Load(sql); found {
		return known.(shape), true
	}
	names := make(pgx.StrictNamedArgs, len(given))
	for name := range given {
		names[name] = name
	}
	text, inOrder, err := names.RewriteQuery(context.Background(), nil, sql, nil)
	if err != nil {
		return shape{}, false
	}
	shapes.Store(sql, shape{text, inOrder})
	return shape{text, inOrder}, true
}
