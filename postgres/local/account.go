package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// account is the operating-system user that runs the server.
type account struct {
	name     string
	uid, gid int
	// stepDown says that we are root and must become the account: PostgreSQL refuses to run as root.
	stepDown bool
}

// accountFor decides who runs the server on pgdata: ourselves; as root the owner of an existing
// cluster, else user postgres, else nobody.
func accountFor(pgdata string) (account, error) {
	if os.Geteuid() != 0 {
		return account{name: userName(os.Geteuid()), uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	if info, err := os.Lstat(pgdata); err == nil {
		if owner := info.Sys().(*syscall.Stat_t); owner.Uid != 0 {
			return account{name: userName(int(owner.Uid)), uid: int(owner.Uid), gid: int(owner.Gid), stepDown: true}, nil
		}
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.Atoi(found.Uid)
		gid, errGID := strconv.Atoi(found.Gid)
		if err := errors.Join(errUID, errGID); err != nil {
			return account{}, fmt.Errorf("read user %s: %w", name, err)
		}
		return account{name: name, uid: uid, gid: gid, stepDown: true}, nil
	}
	return account{}, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor nobody to run it: start Hexbeat as an ordinary user")
}

// userName is a user's name, or the number when there is none.
func userName(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return u.Username
	}
	return strconv.Itoa(uid)
}

// trusts reports that a folder belongs to the account, or to us, and is closed to everybody else:
// behind any other socket there could be an impostor.
func (a account) trusts(dir string) bool {
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() || info.Mode().Perm()&0o077 != 0 {
		return false
	}
	owner := int(info.Sys().(*syscall.Stat_t).Uid)
	return owner == a.uid || owner == os.Geteuid()
}

// own gives a tree to the account; nothing to do unless we step down from root.
func (a account) own(dir string) error {
	if !a.stepDown {
		return nil
	}
	if info, err := os.Lstat(dir); err == nil && int(info.Sys().(*syscall.Stat_t).Uid) == a.uid {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, a.uid, a.gid)
	})
}

// reaches refuses a directory that the account could not enter. Parts that do not exist yet will be
// made so that it can.
func (a account) reaches(dir string) error {
	if !a.stepDown {
		return nil
	}
	var way []string
	for dir != filepath.Dir(dir) {
		way = append(way, dir)
		dir = filepath.Dir(dir)
	}
	for _, dir := range slices.Backward(way) {
		info, err := os.Stat(dir)
		if err != nil || !info.IsDir() {
			return nil // not there yet, or openDirectory says it better
		}
		enter := fs.FileMode(0o001)
		switch owner := info.Sys().(*syscall.Stat_t); {
		case int(owner.Uid) == a.uid:
			enter = 0o100
		case int(owner.Gid) == a.gid:
			enter = 0o010
		}
		if info.Mode()&enter == 0 {
			return fmt.Errorf("%w: PostgreSQL must run as user %s, who may not enter %s; choose a data directory such as /var/lib/hexbeat, or open it with chmod o+x %s",
				ErrUnreachable, a.name, dir, dir)
		}
	}
	return nil
}
