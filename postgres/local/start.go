package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"
)

const (
	// glance is how often a starting server is looked at.
	glance = 10 * time.Millisecond
	// lookAgain is how often a joined server is looked at.
	lookAgain = 500 * time.Millisecond
	// patience is how long another process's server may hold the directory and stay silent.
	patience = 30 * time.Second
)

// joinOrStart tries both until one succeeds: servers come and go while we look.
func joinOrStart(ctx context.Context, d directory, a account, o Options) (*Server, error) {
	silentSince := time.Now()
	for {
		s, silence := join(ctx, d, a)
		if silence == nil {
			o.Log.Info("joined PostgreSQL", "data", d.pgdata())
			return s, nil
		}
		// Nobody may have noticed yet that this is no place for a server.
		if _, err := d.written(); err != nil {
			return nil, err
		}
		lock, err := tryLock(d.lock(), syscall.LOCK_EX)
		if err == nil {
			defer lock.Close() // the server has inherited it by then
			return start(ctx, d, a, o, lock)
		}
		if !errors.Is(err, errHeld) {
			return nil, err
		}
		if time.Since(silentSince) > patience {
			p, _ := readPostmaster(d.pidFile())
			return nil, fmt.Errorf("%w: process %d holds %s (%w); look into %s, stop it or wait until it has recovered", ErrNoAnswer, p.pid, d.pgdata(), silence, d.log())
		}
		if err := sleep(ctx, glance); err != nil {
			return nil, err
		}
	}
}

// join connects to the server that runs on the directory.
func join(ctx context.Context, d directory, a account) (*Server, error) {
	p, ok := readPostmaster(d.pidFile())
	if !ok || !p.ready || p.socketDir == "" {
		return nil, errors.New("it is not ready")
	}
	if !a.trusts(p.socketDir) {
		return nil, fmt.Errorf("its socket folder %s is gone or not its own", p.socketDir)
	}
	// The database is made here as well: whoever started the server may not have come to it yet.
	if err := ensureDatabase(ctx, p); err != nil {
		return nil, err
	}
	watching, leave := context.WithCancel(context.Background())
	s := &Server{url: address(p.socketDir, p.port, Database), dir: d, done: make(chan struct{}), leave: leave}
	go s.watch(watching, p)
	return s, nil
}

// watch notices the end of a joined server: only its parent is told by the system.
func (s *Server) watch(ctx context.Context, p postmaster) {
	for !p.gone() {
		if sleep(ctx, lookAgain) != nil {
			return
		}
	}
	close(s.done)
}

// start runs a server on the directory, whose lock it was given: nothing of Hexbeat runs there.
func start(ctx context.Context, d directory, a account, o Options, lock *os.File) (*Server, error) {
	written, err := d.written()
	if err != nil {
		return nil, err
	}
	found := installations(ctx, o.BinDir)
	if o.BinDir != "" && len(found) == 0 {
		return nil, fmt.Errorf("%w in %s: the folder must hold its programs initdb and postgres, as /usr/lib/postgresql/15/bin does", ErrNotInstalled, o.BinDir)
	}
	in, err := choose(found, written, d.pgdata())
	if err != nil && o.Scratch && errors.Is(err, ErrOtherVersion) {
		return startAnew(ctx, d, a, o, lock)
	}
	if err != nil {
		return nil, err
	}
	if written == 0 {
		began := time.Now()
		if err := makeCluster(ctx, d, a, in, o.Scratch, lock); err != nil {
			return nil, err
		}
		o.Log.Info("made a PostgreSQL cluster", "data", d.pgdata(), "version", in.major, "took", time.Since(began).Round(time.Millisecond))
	} else if err := a.own(d.pgdata()); err != nil {
		return nil, fmt.Errorf("give %s to user %s: %w", d.pgdata(), a.name, err)
	}
	if p, ok := readPostmaster(d.pidFile()); ok && p.gone() {
		o.Log.Info("PostgreSQL was not stopped in order, recovering", "data", d.pgdata())
		// PostgreSQL itself would refuse if the number now belongs to another program of its user.
		if err := os.Remove(d.pidFile()); err != nil {
			return nil, notWritable(d.pidFile(), err)
		}
	}
	s, err := launchServer(ctx, d, a, in, o, lock)
	if err != nil && o.Scratch && written != 0 && ctx.Err() == nil {
		return startAnew(ctx, d, a, o, lock)
	}
	return s, err
}

// startAnew gives up a scratch cluster that is of no use any more.
func startAnew(ctx context.Context, d directory, a account, o Options, lock *os.File) (*Server, error) {
	if err := os.RemoveAll(d.pgdata()); err != nil {
		return nil, notWritable(d.pgdata(), err)
	}
	return start(ctx, d, a, o, lock)
}

// launchServer runs the program and waits until it can be used. Recovery after a crash takes what it takes.
func launchServer(ctx context.Context, d directory, a account, in installation, o Options, lock *os.File) (*Server, error) {
	if err := d.makeSocketDir(a); err != nil {
		return nil, err
	}
	log, err := openLog(d.log())
	if err != nil {
		return nil, err
	}
	defer log.Close()
	from, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, fmt.Errorf("read the server's log: %w", err)
	}

	cmd := a.command(in.program("postgres"), serverArgs(d, o.Scratch)...)
	cmd.ExtraFiles = []*os.File{lock}
	if o.Scratch {
		users, err := shareLife(cmd, d)
		if err != nil {
			return nil, err
		}
		defer users.Close()
	}
	cmd.Stdout, cmd.Stderr = log, log
	began := time.Now()
	p, err := launch(cmd, !o.Scratch)
	if err != nil {
		return nil, err
	}
	s := &Server{url: address(d.socketDir(), port, Database), dir: d, own: p, done: p.done}
	for {
		select {
		case <-p.done:
			said := make([]byte, 16<<10)
			n, _ := log.ReadAt(said, from)
			return nil, fmt.Errorf("start PostgreSQL %d on %s: %s (%w, see %s)", in.major, d.pgdata(), complaint(string(said[:n])), p.err, d.log())
		default:
		}
		if up, ok := readPostmaster(d.pidFile()); ok && up.pid == p.pid && up.ready {
			if err := ensureDatabase(ctx, up); err != nil {
				s.abandon()
				return nil, err
			}
			o.Log.Info("started PostgreSQL", "data", d.pgdata(), "version", in.major, "pid", p.pid, "took", time.Since(began).Round(time.Millisecond))
			return s, nil
		}
		if err := sleep(ctx, glance); err != nil {
			s.abandon()
			return nil, fmt.Errorf("start PostgreSQL: %w", err)
		}
	}
}

// abandon stops a server that could not be brought into use.
func (s *Server) abandon() {
	s.own.signal(syscall.SIGINT)
	<-s.own.done
}
