package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Database is the database that Start makes in a new cluster and that URL leads to.
const Database = "hexbeat"

const (
	port = 5432 // part of the socket's name only: nothing listens on the network
	// glance is how often a starting server is looked at.
	glance = 10 * time.Millisecond
	// patience is how long a server that holds the directory may stay silent before we give up.
	// Our own server has no such limit: recovery after a crash takes what it takes.
	patience = 30 * time.Second
	maxLog   = 8 << 20 // bytes; a larger log is set aside at the next start
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
	d, err := openDirectory(o.DataDir)
	if err != nil {
		return nil, err
	}
	var users *os.File
	if o.Scratch {
		// Waits while a server that lost its last user is being stopped.
		if users, err = lockWhenFree(ctx, d.users(), syscall.LOCK_SH); err != nil {
			return nil, err
		}
	}
	s, err := joinOrStart(ctx, d, o)
	if err == nil {
		s.users = users
		if err = s.ensureDatabase(ctx); err == nil {
			return s, nil
		}
		s.abandon()
	}
	if users != nil {
		_ = users.Close()
	}
	return nil, err
}

// URL is the address of the database for pgx and libpq: a Unix socket and nothing else.
func (s *Server) URL() string { return s.url }

// Joined reports that another process had started the server.
func (s *Server) Joined() bool { return s.own == nil }

// LogFile is where the server writes its log.
func (s *Server) LogFile() string { return s.dir.log() }

// Done is closed when a server started by this process has ended, asked or not.
// Of a joined server one never hears.
func (s *Server) Done() <-chan struct{} { return s.done }

// Stop ends the server in order if this process started it: clients are cut off, everything is
// written down. When ctx ends first it is stopped at once, which costs the next start a recovery.
// A joined server, and one for tests, stays for the others.
func (s *Server) Stop(ctx context.Context) error {
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

func joinOrStart(ctx context.Context, d directory, o Options) (*Server, error) {
	account, err := accountFor(d.pgdata())
	if err != nil {
		return nil, err
	}
	if blocked := account.barrier(string(d)); blocked != "" {
		return nil, fmt.Errorf("%w: PostgreSQL must run as user %s, who may not enter %s; choose a data directory such as /var/lib/hexbeat, or open it with chmod o+x %s",
			ErrUnreachable, account.name, blocked, blocked)
	}
	silentSince := time.Now()
	for {
		if s, err := join(ctx, d); err == nil {
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
			return start(ctx, d, account, o, lock)
		}
		if !errors.Is(err, errHeld) {
			return nil, err
		}
		if time.Since(silentSince) > patience {
			p, _ := readPostmaster(d.pidFile())
			return nil, fmt.Errorf("%w: process %d holds %s, see %s; stop it or wait until it has recovered", ErrNoAnswer, p.pid, d.pgdata(), d.log())
		}
		if err := sleep(ctx, glance); err != nil {
			return nil, err
		}
	}
}

// join connects to the server that runs on the directory.
func join(ctx context.Context, d directory) (*Server, error) {
	p, ok := readPostmaster(d.pidFile())
	if !ok || !p.ready || p.socketDir == "" {
		return nil, errors.New("no server is ready")
	}
	s := &Server{url: address(p.socketDir, p.port, Database), dir: d}
	return s, ping(ctx, address(p.socketDir, p.port, "postgres"))
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
		if up, ok := readPostmaster(d.pidFile()); ok && up.pid == p.pid && up.ready && ping(ctx, address(up.socketDir, up.port, "postgres")) == nil {
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
	if s.own != nil && s.users == nil {
		s.own.signal(syscall.SIGINT)
		<-s.own.done
	}
}

// serverArgs are the settings that a private server must have, whatever its configuration file says.
func serverArgs(d directory, scratch bool) []string {
	settings := []string{
		"listen_addresses=", "port=" + strconv.Itoa(port),
		"unix_socket_directories=" + d.socketDir(), "unix_socket_permissions=0700",
		"timezone=UTC", "log_timezone=UTC", "cluster_name=hexbeat",
		"logging_collector=off", "log_destination=stderr", "log_checkpoints=off",
		// A refused statement is told to whoever sent it; its text and values are personal data.
		"log_error_verbosity=terse", "log_min_error_statement=panic", "log_min_messages=log",
		"max_connections=200",
	}
	if scratch {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off",
			"wal_level=minimal", "max_wal_senders=0", "max_connections=400", "jit=off")
	} else {
		settings = append(settings, "fsync=on")
	}
	args := []string{"-D", d.pgdata()}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	return args
}

// watch runs the server ($@) and beside it, adopted by the system, a guard that stops it once nobody
// holds a share of file 4. The guard keeps that file to itself until the server has gone, so that
// newcomers wait; it lets go of the start lock (3), which tells of the server alone. The short
// sleep lets one test binary follow another without a restart.
const watch = `
pgdata=$1; shift
( ( exec 3>&-
    while flock -x 4 && flock -u 4 && sleep 2 && ! flock -n -x 4; do :; done
    read -r pid < "$pgdata/postmaster.pid" && [ "$pid" = $$ ] && kill -INT $$
    for i in 1 2 3 4 5 6 7 8 9 10; do [ -e "$pgdata/postmaster.pid" ] && sleep 0.2; done
  ) >/dev/null 2>&1 & )
exec 4>&- "$@"`

// shareLife makes the command outlive this process until the last sharer of the users' lock is gone.
func shareLife(cmd *exec.Cmd, d directory) (users *os.File, err error) {
	if _, err := exec.LookPath("flock"); err != nil {
		return nil, errors.New("a shared PostgreSQL for tests needs the program flock: install util-linux or set HEXBEAT_TEST_DATABASE_URL")
	}
	// Opened anew: the lock we hold belongs to our own opening of the file and must end with us.
	users, err = os.OpenFile(d.users(), os.O_RDWR, 0)
	if err != nil {
		return nil, notWritable(d.users(), err)
	}
	cmd.Args = append([]string{"sh", "-c", watch, "sh", d.pgdata()}, cmd.Args...)
	cmd.Path = "/bin/sh"
	cmd.ExtraFiles = append(cmd.ExtraFiles, users)
	return users, nil
}

// lockWhenFree waits for an flock.
func lockWhenFree(ctx context.Context, path string, how int) (*os.File, error) {
	for {
		file, err := tryLock(path, how)
		if !errors.Is(err, errHeld) {
			return file, err
		}
		if err := sleep(ctx, glance); err != nil {
			return nil, err
		}
	}
}

func openLog(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > maxLog {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, notWritable(path, err)
		}
	}
	log, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, notWritable(path, err)
	}
	return log, nil
}

// ensureDatabase makes the database in a fresh cluster. Two processes may do it at once.
func (s *Server) ensureDatabase(ctx context.Context) error {
	config, err := pgx.ParseConfig(s.url)
	if err != nil {
		return fmt.Errorf("read own address: %w", err)
	}
	config.Database = "postgres"
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("connect to own PostgreSQL: %w", err)
	}
	defer conn.Close(ctx)
	var there bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", Database).Scan(&there); err != nil {
		return fmt.Errorf("look for database %s: %w", Database, err)
	}
	if there {
		return nil
	}
	_, err = conn.Exec(ctx, "CREATE DATABASE "+Database)
	var refusal *pgconn.PgError
	if errors.As(err, &refusal) && (refusal.Code == "42P04" || refusal.Code == "23505") { // another process was faster
		return nil
	}
	if err != nil {
		return fmt.Errorf("create database %s: %w", Database, err)
	}
	return nil
}

func ping(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

// address is a URL in which host is the socket's folder.
func address(socketDir string, port int, database string) string {
	query := url.Values{"host": {socketDir}, "port": {strconv.Itoa(port)}}
	u := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + database, RawQuery: query.Encode()}
	return u.String()
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
