package local

import (
	"errors"
	"os"
	"os/exec"
)

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
