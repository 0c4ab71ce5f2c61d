// Package migrations holds the record's schema as numbered SQL files, one idea each. Once on main a
// file is never edited; the next one corrects it. Package postgres applies them:
//
//	err := postgres.Migrate(ctx, pool, nil)
package migrations

import "embed"

// Files are the migrations, 0001_….sql and on, in the form goose reads.
//
//go:embed *.sql
var Files embed.FS
