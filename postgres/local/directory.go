package local

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// DefaultDataDir is where data lives when nobody says otherwise: /var/lib/hexbeat for root,
// because PostgreSQL's account can't enter root's home, and the user's data home for others.
func DefaultDataDir() string {
	if os.Geteuid() == 0 {
		return "/var/lib/hexbeat"
	}
	if home := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, "hexbeat")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "/var/lib/hexbeat" // a service user without a home
	}
	return filepath.Join(home, ".local", "share", "hexbeat")
}

// directory is a data directory, by its one real name: two spellings must meet at one server.
type directory string

func (d directory) pgdata() string    { return filepath.Join(string(d), "postgres") }
func (d directory) newborn() string   { return filepath.Join(string(d), "postgres.new") }
func (d directory) log() string       { return filepath.Join(string(d), "postgres.log") }
func (d directory) lock() string      { return filepath.Join(string(d), "postgres.lock") }
func (d directory) users() string     { return filepath.Join(string(d), "postgres.users") }
func (d directory) pidFile() string   { return filepath.Join(d.pgdata(), "postmaster.pid") }
func (d directory) version() string   { return filepath.Join(d.pgdata(), "PG_VERSION") }
func (d directory) socketDir() string { return filepath.Join("/tmp", "hexbeat-"+d.hash()) }

// hash keeps socket paths short (the limit is some 103 bytes) and different for each directory.
func (d directory) hash() string {
	sum := sha256.Sum256([]byte(d))
	return hex.EncodeToString(sum[:6])
}

// openDirectory makes the data directory if need be and refuses places that can't be one.
func openDirectory(path string) (directory, error) {
	mode := fs.FileMode(0o700)
	if os.Geteuid() == 0 {
		mode = 0o755 // the server's account must pass through
	}
	_, err := os.Stat(path)
	isNew := errors.Is(err, fs.ErrNotExist)
	if err := os.MkdirAll(path, mode); err != nil {
		if errors.Is(err, syscall.ENOTDIR) {
			return "", fmt.Errorf("%w: %s is a file or lies below one; choose another data directory", ErrOccupied, path)
		}
		return "", notWritable(path, err)
	}
	if isNew {
		if err := os.Chmod(path, mode); err != nil { // whatever the umask
			return "", notWritable(path, err)
		}
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", notWritable(path, err)
	}
	d := directory(real)
	if _, err := os.Stat(filepath.Join(real, "PG_VERSION")); err == nil {
		return "", fmt.Errorf("%w: %s is itself a PostgreSQL data directory; choose one around it or elsewhere, Hexbeat keeps its own in a folder \"postgres\"", ErrOccupied, real)
	}
	return d, nil
}

func notWritable(path string, err error) error {
	var cause *fs.PathError
	if errors.As(err, &cause) {
		err = cause.Err
	}
	return fmt.Errorf("%w: %s (%w); choose another data directory or mend its rights", ErrNotWritable, path, err)
}

// written is the major version that made the cluster, 0 when there is none yet.
// It refuses a folder with anything else in it.
func (d directory) written() (int, error) {
	text, err := os.ReadFile(d.version())
	switch {
	case err == nil:
		major, err := strconv.Atoi(strings.TrimSpace(string(text)))
		if err != nil {
			return 0, fmt.Errorf("%w: %s is not a version; restore the directory from a backup or choose another", ErrOccupied, d.version())
		}
		return major, nil
	case errors.Is(err, fs.ErrPermission):
		return 0, d.foreign()
	case errors.Is(err, syscall.ENOTDIR):
		return 0, fmt.Errorf("%w: %s is a file; choose another data directory", ErrOccupied, d.pgdata())
	case !errors.Is(err, fs.ErrNotExist):
		return 0, fmt.Errorf("read data directory: %w", err)
	}
	entries, err := os.ReadDir(d.pgdata())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("read data directory: %w", err)
	}
	if len(entries) > 0 {
		return 0, fmt.Errorf("%w: %s has files but no PostgreSQL in it; move them away or choose another data directory", ErrOccupied, d.pgdata())
	}
	return 0, nil
}

// foreign is the refusal for a cluster of another user.
func (d directory) foreign() error {
	owner := "another user"
	if info, err := os.Lstat(d.pgdata()); err == nil {
		owner = "user " + userName(int(info.Sys().(*syscall.Stat_t).Uid))
	}
	return fmt.Errorf("%w: %s belongs to %s; run as that user or choose another data directory", ErrNotWritable, d.pgdata(), owner)
}

// makeSocketDir makes the folder of the server's socket, closed to everybody but the account.
// /tmp is open to all, so one that somebody else has put there is refused, not used.
func (d directory) makeSocketDir(a account) error {
	path := d.socketDir()
	if err := os.Mkdir(path, 0o700); err == nil {
		return a.own(path)
	} else if !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make socket folder: %w", err)
	}
	if !a.trusts(path) {
		return fmt.Errorf("%s is not a folder of user %s alone, as the socket of PostgreSQL needs: remove it", path, a.name)
	}
	return a.own(path)
}

// removeSocketDir clears away the socket's folder, unless the next server is already about to use it.
func (d directory) removeSocketDir() {
	lock, err := tryLock(d.lock(), syscall.LOCK_EX)
	if err != nil {
		return
	}
	defer lock.Close()
	_ = os.Remove(d.socketDir()) // a folder with anything in it stays
}
