package postgres_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/jackc/pgx/v5/pgxpool"
)

// line is a network between us and the server that can be held up: nothing is lost, nothing is refused, nothing arrives.
type line struct {
	mu   sync.Mutex
	free chan struct{} // closed while the line is open
}

func newLine() *line {
	l := &line{free: make(chan struct{})}
	close(l.free)
	return l
}

func (l *line) hold() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.free = make(chan struct{})
}

func (l *line) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.free)
}

func (l *line) wait() {
	l.mu.Lock()
	free := l.free
	l.mu.Unlock()
	<-free
}

// dial connects by way of the line.
func (l *line) dial(ctx context.Context, network, address string) (net.Conn, error) {
	far, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	near, end, err := pair()
	if err != nil {
		return nil, err
	}
	for from, to := range map[net.Conn]net.Conn{end: far, far: end} {
		go func() {
			defer to.Close()
			part := make([]byte, 32<<10)
			for {
				n, err := from.Read(part)
				l.wait()
				if _, failed := to.Write(part[:n]); err != nil || failed != nil {
					return
				}
			}
		}()
	}
	return near, nil
}

// pair is the two ends of a connection.
func pair() (near, far net.Conn, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	defer listener.Close()
	if near, err = net.Dial("tcp", listener.Addr().String()); err != nil {
		return nil, nil, err
	}
	far, err = listener.Accept()
	return near, far, err
}

// TestSilentServerIsUnavailable: who waits for a server that hangs is told, who comes meanwhile is told at once, and when the
// server answers again so do we, with no connection of before.
func TestSilentServerIsUnavailable(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	config := w.DB.Pool().Config()
	config.MinConns, config.MaxConns = 0, 4
	through := newLine()
	config.ConnConfig.DialFunc = through.dial
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	db := postgres.New(pool)
	listening, stop := context.WithCancel(t.Context())
	var keeper sync.WaitGroup
	keeper.Go(func() { db.KeepPulse(listening) })
	defer keeper.Wait()
	defer stop()

	ask := func() error {
		return db.Read(t.Context(), w.Organization, func(tx *postgres.Tx) error { _, err := tx.Branches(t.Context()); return err })
	}
	if err := ask(); err != nil {
		t.Fatal(err)
	}
	err = db.Read(t.Context(), w.Organization, func(tx *postgres.Tx) error {
		through.hold()
		_, err := tx.Branches(t.Context())
		return err
	})
	if !errors.Is(err, postgres.ErrUnavailable) {
		t.Errorf("who waited: %v, want ErrUnavailable", err)
	}
	if err := ask(); !errors.Is(err, postgres.ErrUnavailable) {
		t.Errorf("who came meanwhile: %v, want ErrUnavailable", err)
	}
	through.release()
	for err = ask(); errors.Is(err, postgres.ErrUnavailable) && t.Context().Err() == nil; err = ask() {
		<-time.After(time.Millisecond)
	}
	if err != nil {
		t.Errorf("after the silence: %v, want an answer", err)
	}
	if busy := pool.Stat().AcquiredConns(); busy != 0 {
		t.Errorf("%d connections are still in use, want none", busy)
	}
}
