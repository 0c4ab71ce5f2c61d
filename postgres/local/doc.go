// Package local starts a private PostgreSQL from the machine's own installation, so that
// Hexbeat has a real database from its first minute without anybody setting one up.
//
// It knows where installations hide, which account may run a server, how a data directory is
// made, joined, recovered and left behind in order. It knows nothing of Hexbeat's tables:
// package postgres migrates what is found at [Server.URL].
//
//	server, err := local.Start(ctx, local.Options{DataDir: local.DefaultDataDir()})
//	if err != nil {
//		return err // one sentence that says what to do
//	}
//	defer server.Stop(context.Background())
//	pool, err := pgxpool.New(ctx, server.URL())
//
// A data directory DIR holds postgres/ (the cluster), postgres.log and postgres.lock, and leaves
// room for other files. The lock is an flock that every process of the server inherits: whoever
// gets it knows that nothing runs on the directory, whatever postmaster.pid still claims.
package local
