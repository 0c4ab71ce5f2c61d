package local

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// limit ends a test that waits for something that never comes; nothing is measured by it.
const limit = 2 * time.Minute

// TestMain lets the test binary play a second Hexbeat: with a directory in the environment it
// starts or joins a server there, says so and waits for the end of its input.
func TestMain(m *testing.M) {
	dir := os.Getenv("HEXBEAT_TEST_START")
	if dir == "" {
		os.Exit(m.Run())
	}
	s, err := Start(context.Background(), Options{DataDir: dir, Scratch: os.Getenv("HEXBEAT_TEST_SCRATCH") != ""})
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	p, _ := readPostmaster(s.dir.pidFile())
	fmt.Println(p.pid, s.Joined())
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := s.Stop(context.Background()); err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func TestServerKeepsItsDataAndKnowsRussian(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), newDataDir(t)
	s := start1(t, dir)

	conn := connect(t, s)
	var lower, fsync, listen, checksums string
	var trigrams int
	if _, err := conn.Exec(ctx, "CREATE EXTENSION pg_trgm; CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)"); err != nil {
		t.Fatal(err)
	}
	row := conn.QueryRow(ctx, `SELECT lower('УЛИЦА'), cardinality(show_trgm('Москва')),
		current_setting('fsync'), current_setting('listen_addresses'), current_setting('data_checksums')`)
	if err := row.Scan(&lower, &trigrams, &fsync, &listen, &checksums); err != nil {
		t.Fatal(err)
	}
	if lower != "улица" || trigrams == 0 || fsync != "on" || listen != "" || checksums != "on" {
		t.Errorf("lower %q, trigrams %d, fsync %q, listen_addresses %q, data_checksums %q", lower, trigrams, fsync, listen, checksums)
	}

	if err := s.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.Done():
	default:
		t.Error("Done() is open after Stop")
	}
	if _, err := os.Stat(s.dir.socketDir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("socket folder after Stop: %v, want none", err)
	}
	if got := kept(t, start1(t, dir)); got != 7 {
		t.Errorf("after a restart the table holds %d, want 7", got)
	}
}

func TestSecondStartJoinsAndLeavesTheServerAlone(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), newDataDir(t)

	type result struct {
		s   *Server
		err error
	}
	results := make(chan result)
	for range 2 {
		go func() {
			s, err := Start(ctx, Options{DataDir: dir})
			results <- result{s, err}
		}()
	}
	first, second := <-results, <-results
	if first.err != nil || second.err != nil {
		t.Fatal(first.err, second.err)
	}
	if first.s.Joined() == second.s.Joined() {
		t.Fatalf("Joined() = %t for both, want one owner and one guest", first.s.Joined())
	}
	owner, guest := first.s, second.s
	if owner.Joined() {
		owner, guest = guest, owner
	}
	t.Cleanup(func() { _ = owner.Stop(ctx) })
	if got, want := guest.URL(), owner.URL(); got != want {
		t.Errorf("guest's URL = %s, want %s", got, want)
	}
	if err := guest.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	connect(t, owner)

	link := dir + "-link"
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(link) })
	other := startHelper(t, link, "")
	if !other.joined || other.pid != owner.own.pid {
		t.Errorf("another process by another name of the directory: joined %t to %d, want to join %d", other.joined, other.pid, owner.own.pid)
	}
	other.end(t)
	connect(t, owner)
}

func TestRecoversAfterKillOfPostgres(t *testing.T) {
	t.Parallel()
	dir := newDataDir(t)
	s := start1(t, dir)
	if _, err := connect(t, s).Exec(context.Background(), "CREATE TABLE kept AS SELECT 8 AS n"); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(s.own.pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-s.Done()
	if _, ok := readPostmaster(s.dir.pidFile()); !ok {
		t.Fatal("kill -9 left no postmaster.pid, so the test shows nothing")
	}
	if got := kept(t, start1(t, dir)); got != 8 {
		t.Errorf("after kill -9 the table holds %d, want 8", got)
	}
}

func TestRecoversAfterKillOfTheStarter(t *testing.T) {
	t.Parallel()
	dir := newDataDir(t)
	helper := startHelper(t, dir, "")
	guest := start1(t, dir)
	if !guest.Joined() {
		t.Fatal("did not join the helper's server")
	}
	if _, err := connect(t, guest).Exec(context.Background(), "CREATE TABLE kept AS SELECT 9 AS n"); err != nil {
		t.Fatal(err)
	}
	helper.kill(t)
	heir := startUntilOwned(t, dir)
	if heir.own.pid == helper.pid {
		t.Errorf("the server %d outlived its killed starter", helper.pid)
	}
	if got := kept(t, heir); got != 9 {
		t.Errorf("after kill -9 of the starter the table holds %d, want 9", got)
	}
}

// In a container process numbers are small: after a crash the server's number may belong to us.
func TestStalePIDOfAnotherProgramIsNoObstacle(t *testing.T) {
	t.Parallel()
	dir := newDataDir(t)
	s := start1(t, dir)
	text, err := os.ReadFile(s.dir.pidFile())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	// Another program of the very user that runs the server, which PostgreSQL can't tell from a server.
	account, err := accountFor(s.dir.pgdata())
	if err != nil {
		t.Fatal(err)
	}
	other, err := launch(account.command("cat", "/dev/zero"), true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.signal(syscall.SIGKILL); <-other.done })
	stale := strings.Replace(string(text), strconv.Itoa(s.own.pid), strconv.Itoa(other.pid), 1)
	if err := os.WriteFile(s.dir.pidFile(), []byte(stale), 0o600); err != nil {
		t.Fatal(err)
	}
	if next := start1(t, dir); next.Joined() {
		t.Error("joined a server that does not exist")
	}
}

// Anybody may make a folder in /tmp: one that others can enter is no place for a socket.
func TestSocketFolderOfOthersIsRefused(t *testing.T) {
	t.Parallel()
	dir := newDataDir(t)
	socket := directory(dir).socketDir()
	if err := os.Mkdir(socket, 0o755); err != nil {
		t.Fatal(err)
	}
	s, err := Start(context.Background(), Options{DataDir: dir})
	if err == nil {
		_ = s.Stop(context.Background())
		t.Fatal("used it")
	}
	if !strings.Contains(err.Error(), socket) {
		t.Errorf("Start() = %v, want a word about %s", err, socket)
	}
}

func TestInterruptedInitdbIsForgotten(t *testing.T) {
	t.Parallel()
	dir := newDataDir(t)
	half := directory(dir).newborn()
	if err := os.Mkdir(half, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(half, "PG_VERSION"), []byte("15\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	connect(t, start1(t, dir))
	if _, err := os.Stat(half); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("half a cluster is still there: %v", err)
	}
}

func TestScratchServerLivesAsLongAsItsLastUser(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	dir := newDataDir(t)
	first := startHelper(t, dir, "yes")
	second := startHelper(t, dir, "yes")
	if first.joined || !second.joined || first.pid != second.pid {
		t.Fatalf("first %+v, second %+v, want one server", first, second)
	}
	first.kill(t)
	account, err := accountFor(directory(dir).pgdata())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := join(ctx, directory(dir), account); err != nil {
		t.Fatalf("the server ended with its starter, though another uses it: %v", err)
	}
	second.kill(t)
	lock, err := lockWhenFree(ctx, directory(dir).lock(), syscall.LOCK_EX) // free when no process of the server is left
	if err != nil {
		t.Fatalf("the server outlived its users: %v", err)
	}
	_ = lock.Close()
	third := startHelper(t, dir, "yes")
	if third.joined {
		t.Error("joined a server that had stopped")
	}
	third.end(t)
	if lock, err = lockWhenFree(ctx, directory(dir).lock(), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	_ = lock.Close()
}

// newDataDir is an empty directory that the server's account can reach, which t.TempDir is not for root.
func newDataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "hexbeat-local-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = os.RemoveAll(directory(dir).socketDir())
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func start1(t *testing.T, dir string) *Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	s, err := Start(ctx, Options{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop(context.Background()) })
	return s
}

// startUntilOwned starts a server where another one may still be on its way out.
func startUntilOwned(t *testing.T, dir string) *Server {
	t.Helper()
	for {
		s := start1(t, dir)
		if !s.Joined() {
			return s
		}
		if t.Context().Err() != nil {
			t.Fatal("only ever joined")
		}
	}
}

func connect(t *testing.T, s *Server) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), s.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func kept(t *testing.T, s *Server) (n int) {
	t.Helper()
	if err := connect(t, s).QueryRow(context.Background(), "SELECT n FROM kept").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// helper is another process that has started or joined a server.
type helper struct {
	cmd    *exec.Cmd
	input  io.Closer
	pid    int // of the server
	joined bool
}

func startHelper(t *testing.T, dir, scratch string) helper {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "HEXBEAT_TEST_START="+dir, "HEXBEAT_TEST_SCRATCH="+scratch)
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	h := helper{cmd: cmd, input: input}
	if _, err := fmt.Sscan(line, &h.pid, &h.joined); err != nil {
		t.Fatalf("helper said %q", line)
	}
	return h
}

func (h helper) end(t *testing.T) {
	t.Helper()
	if err := errors.Join(h.input.Close(), h.cmd.Wait()); err != nil {
		t.Fatal(err)
	}
}

func (h helper) kill(t *testing.T) {
	t.Helper()
	if err := h.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = h.cmd.Wait()
}
