package local

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
)

// Options say where the data is and what runs it. The zero value works for an ordinary user.
type Options struct {
	// DataDir is the directory for the cluster, its log and its lock; empty means DefaultDataDir.
	DataDir string
	// BinDir is the directory with initdb and postgres; empty means that they are searched.
	BinDir string
	// Log hears of starts, joins and recoveries; nil is silent.
	Log *slog.Logger
	// Scratch is for tests: nothing is synced to disk, a cluster that does not start is made anew,
	// and the server belongs to all who joined it: it stops a few seconds after the last of these
	// processes has ended. It needs flock(1), which every Linux has.
	Scratch bool
}

// Server is a PostgreSQL on a data directory: started by this process, or joined.
type Server struct {
	url   string
	dir   directory
	own   *process // nil when joined
	users *os.File // Scratch: our share of the server's life
	done  chan struct{}
	leave func() // ends the watch over a joined server
}

// Start makes sure that a server runs on the data directory: it joins one that does, or starts one,
// making the cluster and the database if they are not there. A server that this process started
// ends with it, however it ends; a joined one stays.
func Start(ctx context.Context, o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.DataDir == "" {
		o.DataDir = DefaultDataDir()
	}
	path, err := filepath.Abs(o.DataDir)
	if err != nil {
		return nil, fmt.Errorf("find data directory: %w", err)
	}
	account, err := accountFor(directory(path).pgdata())
	if err != nil {
		return nil, err
	}
	if err := account.reaches(path); err != nil { // before anything is made
		return nil, err
	}
	d, err := openDirectory(path)
	if err != nil {
		return nil, err
	}
	if err := account.reaches(string(d)); err != nil { // where links lead
		return nil, err
	}
	var users *os.File
	if o.Scratch {
		// Waits while a server that lost its last user is being stopped.
		if users, err = lockWhenFree(ctx, d.users(), syscall.LOCK_SH); err != nil {
			return nil, err
		}
	}
	s, err := joinOrStart(ctx, d, account, o)
	if err != nil {
		if users != nil {
			_ = users.Close()
		}
		return nil, err
	}
	s.users = users
	return s, nil
}

// URL is the address of the database for pgx and libpq: a Unix socket and nothing else.
func (s *Server) URL() string { return s.url }

// Joined reports that another process had started the server.
func (s *Server) Joined() bool { return s.own == nil }

// LogFile is where the server writes its log.
func (s *Server) LogFile() string { return s.dir.log() }

// Done is closed when the server has ended, asked or not. The end of a joined one is noticed within a second, as long as Stop has
// not been called.
func (s *Server) Done() <-chan struct{} { return s.done }

// Stop ends the server in order if this process started it: clients are cut off, everything is
// written down. When ctx ends first it is stopped at once, which costs the next start a recovery.
// A joined server, and one for tests, stays for the others.
func (s *Server) Stop(ctx context.Context) error {
	if s.leave != nil {
		s.leave()
	}
	if s.users != nil {
		return s.users.Close()
	}
	if s.own == nil {
		return nil
	}
	s.own.signal(syscall.SIGINT)
	select {
	case <-s.own.done:
		s.dir.removeSocketDir()
		return nil
	case <-ctx.Done():
		s.own.signal(syscall.SIGQUIT)
		<-s.own.done
		return fmt.Errorf("stop PostgreSQL in order: %w", ctx.Err())
	}
}
