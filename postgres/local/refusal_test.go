package local

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each wrong place is refused with one sentence that names it and says what to do.
func TestWrongPlacesAreRefused(t *testing.T) {
	t.Parallel()
	write := func(t *testing.T, text string, path ...string) {
		t.Helper()
		file := filepath.Join(path...)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name    string
		prepare func(t *testing.T, dir string) Options
		want    error
		advice  string
	}{
		{"a file", func(t *testing.T, dir string) Options {
			write(t, "x", dir, "file")
			return Options{DataDir: filepath.Join(dir, "file")}
		}, ErrOccupied, "choose another"},
		{"a cluster itself", func(t *testing.T, dir string) Options {
			write(t, "15\n", dir, "PG_VERSION")
			return Options{DataDir: dir}
		}, ErrOccupied, "choose one around it"},
		{"something else in it", func(t *testing.T, dir string) Options {
			write(t, "dear diary", dir, "postgres", "diary.txt")
			return Options{DataDir: dir}
		}, ErrOccupied, "move them away"},
		{"a file in the cluster's place", func(t *testing.T, dir string) Options {
			write(t, "x", dir, "postgres")
			return Options{DataDir: dir}
		}, ErrOccupied, "choose another"},
		{"no version", func(t *testing.T, dir string) Options {
			write(t, "fifteen\n", dir, "postgres", "PG_VERSION")
			return Options{DataDir: dir}
		}, ErrOccupied, "backup"},
		{"of a newer PostgreSQL", func(t *testing.T, dir string) Options {
			write(t, "99\n", dir, "postgres", "PG_VERSION")
			return Options{DataDir: dir}
		}, ErrOtherVersion, "install postgresql-99"},
		{"of an older PostgreSQL", func(t *testing.T, dir string) Options {
			write(t, "9\n", dir, "postgres", "PG_VERSION")
			return Options{DataDir: dir}
		}, ErrOtherVersion, "pg_upgrade"},
		{"programs elsewhere", func(t *testing.T, dir string) Options {
			return Options{DataDir: dir, BinDir: filepath.Join(dir, "bin")}
		}, ErrNotInstalled, "initdb"},
		{"not writable", func(t *testing.T, dir string) Options {
			if os.Geteuid() == 0 {
				return Options{DataDir: "/proc/hexbeat"} // root may write anywhere else
			}
			if err := os.Chmod(dir, 0o500); err != nil {
				t.Fatal(err)
			}
			return Options{DataDir: dir}
		}, ErrNotWritable, "mend its rights"},
		{"out of reach", func(t *testing.T, dir string) Options {
			if os.Geteuid() != 0 {
				t.Skip("only root steps down to another user")
			}
			if err := os.Chmod(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			return Options{DataDir: filepath.Join(dir, "data")}
		}, ErrUnreachable, "/var/lib/hexbeat"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, err := Start(context.Background(), test.prepare(t, newDataDir(t)))
			if err == nil {
				_ = s.Stop(context.Background())
				t.Fatal("started")
			}
			if !errors.Is(err, test.want) {
				t.Errorf("Start() = %v, want %v", err, test.want)
			}
			if got := err.Error(); !strings.Contains(got, test.advice) || strings.Contains(got, "\n") {
				t.Errorf("Start() says %q, want one line with %q", got, test.advice)
			}
			t.Log(err)
		})
	}
}

func TestChooseInstallation(t *testing.T) {
	t.Parallel()
	old, fit, new := installation{"/14", 14}, installation{"/15", 15}, installation{"/17", 17}
	tests := []struct {
		name    string
		found   []installation
		written int
		want    installation
		err     error
	}{
		{"first that is new enough", []installation{old, fit, new}, 0, fit, nil},
		{"the one that wrote the data", []installation{fit, new}, 17, new, nil},
		{"even an old one, if it wrote the data", []installation{fit, old}, 14, old, nil},
		{"none", nil, 0, installation{}, ErrNotInstalled},
		{"none for existing data", nil, 15, installation{}, ErrNotInstalled},
		{"too old", []installation{old}, 0, installation{}, ErrNotInstalled},
		{"data of a newer one", []installation{fit}, 17, installation{}, ErrOtherVersion},
		{"data of an older one", []installation{new}, 15, installation{}, ErrOtherVersion},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := choose(test.found, test.written, "/data/postgres")
			if got != test.want || !errors.Is(err, test.err) {
				t.Errorf("choose(%v, %d) = %v, %v, want %v, %v", test.found, test.written, got, err, test.want, test.err)
			}
		})
	}
}

func TestVersionsAreRead(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]int{
		"postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)": 15,
		"postgres (PostgreSQL) 18beta1":                        18,
		"postgres (Something) 3":                               0,
	} {
		if got := majorOf(version); got != want {
			t.Errorf("majorOf(%q) = %d, want %d", version, got, want)
		}
	}
}

func TestProgramsAreFoundThroughLinks(t *testing.T) {
	all := installations(context.Background(), "")
	if len(all) == 0 {
		t.Fatal("no PostgreSQL on this machine: apt-get install postgresql")
	}
	bin := t.TempDir()
	if err := os.Symlink(all[0].program("initdb"), filepath.Join(bin, "initdb")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	got := installations(context.Background(), "")
	if len(got) == 0 || got[0].major != all[0].major {
		t.Fatalf("installations() with a link in PATH = %v, want the one it leads to", got)
	}
	if _, err := os.Stat(got[0].program("postgres")); err != nil {
		t.Error(err)
	}
}

func TestPostmasterFileIsRead(t *testing.T) {
	t.Parallel()
	const whole = "4711\n/data/postgres\n1790000000\n5432\n/tmp/hexbeat-0123\n\n 123456 0\nready   \n"
	got, ok := parsePostmaster(whole)
	if want := (postmaster{4711, 5432, "/tmp/hexbeat-0123", true}); got != want || !ok {
		t.Errorf("parsePostmaster(whole) = %+v, %t, want %+v", got, ok, want)
	}
	for _, text := range []string{"", "\n", "garbage", "-1\n/data"} {
		if got, ok := parsePostmaster(text); ok {
			t.Errorf("parsePostmaster(%q) = %+v, want none", text, got)
		}
	}
	for n := range len(whole) - len("ready   \n") {
		if got, ok := parsePostmaster(whole[:n]); ok && got.ready {
			t.Errorf("parsePostmaster of the first %d bytes is ready", n)
		}
	}
}
