package local

import "errors"

// What can be wrong with a machine or a directory. Each is wrapped in a sentence that says what to do.
var (
	// ErrNotInstalled means that no usable PostgreSQL was found on this machine.
	ErrNotInstalled = errors.New("no PostgreSQL found")
	// ErrOtherVersion means that the data directory was written by a major version that is not installed.
	ErrOtherVersion = errors.New("data directory of another PostgreSQL version")
	// ErrNotWritable means that the data directory can't be made or written by this user.
	ErrNotWritable = errors.New("data directory is not writable")
	// ErrUnreachable means that the account which must run the server can't enter the data directory.
	ErrUnreachable = errors.New("data directory is out of reach")
	// ErrOccupied means that the place of the data directory holds something else.
	ErrOccupied = errors.New("data directory holds something else")
	// ErrNoAnswer means that a server runs on the directory but nobody can talk to it.
	ErrNoAnswer = errors.New("PostgreSQL runs but does not answer")
)
