package local

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// oldestMajor is the first PostgreSQL that Hexbeat is tested with.
const oldestMajor = 15

// installation is one PostgreSQL found on the machine.
type installation struct {
	bin   string // directory of initdb and postgres
	major int
}

func (i installation) program(name string) string { return filepath.Join(i.bin, name) }

// places are where packagers put the programs of PostgreSQL, best known first.
var places = []string{
	"/usr/lib/postgresql/*/bin",     // Debian, Ubuntu
	"/usr/pgsql-*/bin",              // PostgreSQL's own RPMs
	"/opt/homebrew/opt/postgresql*", // Homebrew on Apple silicon; bin is appended below
	"/usr/local/opt/postgresql*",    // Homebrew on Intel
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// installations lists what is usable, in the order of preference: only binDir when one is named,
// otherwise what PATH leads to, then the known places from the newest version down.
func installations(ctx context.Context, binDir string) []installation {
	if binDir != "" {
		return usable(ctx, []string{binDir})
	}
	var dirs []string
	if initdb, err := exec.LookPath("initdb"); err == nil {
		// Packagers link single programs into PATH: their siblings are where the link leads.
		if real, err := filepath.EvalSymlinks(initdb); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
		dirs = append(dirs, filepath.Dir(initdb))
	}
	for _, pattern := range places {
		found, _ := filepath.Glob(pattern) // only a malformed pattern is an error
		slices.SortFunc(found, func(a, b string) int { return versionIn(b) - versionIn(a) })
		for _, dir := range found {
			if filepath.Base(dir) != "bin" {
				dir = filepath.Join(dir, "bin")
			}
			dirs = append(dirs, dir)
		}
	}
	return usable(ctx, dirs)
}

// usable keeps the directories that hold both programs and can say their version.
func usable(ctx context.Context, dirs []string) []installation {
	var found []installation
	for _, dir := range dirs {
		if slices.ContainsFunc(found, func(i installation) bool { return i.bin == dir }) {
			continue
		}
		if _, err := exec.LookPath(filepath.Join(dir, "initdb")); err != nil {
			continue
		}
		out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
		if err != nil {
			continue
		}
		if major := majorOf(string(out)); major > 0 {
			found = append(found, installation{bin: dir, major: major})
		}
	}
	return found
}

// choose picks the installation for a new directory (written = 0) or for one that a major
// version has written: that version and no other can open it.
func choose(found []installation, written int, pgdata string) (installation, error) {
	var newest installation
	for _, i := range found {
		if i.major == written || written == 0 && i.major >= oldestMajor {
			return i, nil
		}
		if i.major > newest.major {
			newest = i
		}
	}
	switch {
	case newest.major == 0:
		return installation{}, fmt.Errorf("%w: install it (Debian, Ubuntu: apt-get install postgresql) or set DATABASE_URL", ErrNotInstalled)
	case written == 0:
		return installation{}, fmt.Errorf("%w that is new enough: version %d is installed, %d or later is needed (Debian 12: apt-get install postgresql)",
			ErrNotInstalled, newest.major, oldestMajor)
	case written > newest.major:
		return installation{}, fmt.Errorf("%w: %s was written by PostgreSQL %d, the newest one here is %d; install postgresql-%d, or load a pg_dumpall of it into a new data directory",
			ErrOtherVersion, pgdata, written, newest.major, written)
	default:
		return installation{}, fmt.Errorf("%w: %s was written by PostgreSQL %d, which is not installed any more; install postgresql-%d beside PostgreSQL %d and upgrade with pg_upgrade (see its manual page)",
			ErrOtherVersion, pgdata, written, written, newest.major)
	}
}

var firstNumber = regexp.MustCompile(`\d+`)

// versionIn is the first number in a path such as /usr/lib/postgresql/15/bin, 0 when there is none.
func versionIn(path string) int {
	n, _ := strconv.Atoi(firstNumber.FindString(path))
	return n
}

// majorOf reads the output of postgres --version: "postgres (PostgreSQL) 15.18 (Debian …)", "… 18beta1".
func majorOf(version string) int {
	_, rest, _ := strings.Cut(version, "(PostgreSQL)")
	return versionIn(rest)
}
