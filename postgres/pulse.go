package postgres

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// A server that hangs is noticed within beatEvery and beatWithin together, and its return as well.
const (
	beatEvery  = 500 * time.Millisecond
	beatWithin = 2 * time.Second
)

// pulse knows whether the server answers.
type pulse struct {
	mu        sync.Mutex
	answering context.Context // ends with the server's silence; nil before anybody asked
	silence   context.CancelFunc
}

// context ends when the server falls silent.
func (p *pulse) context() context.Context {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.answering == nil {
		// Not context.Background: who comes before the first beat must be cut off by a later silence too.
		p.begin()
	}
	return p.answering
}

// begin starts a time of answers. The caller holds mu.
func (p *pulse) begin() { p.answering, p.silence = context.WithCancel(context.Background()) }

// heard takes note of a beat, or of its absence, and says whether the server fell silent just now.
func (p *pulse) heard(beat bool) (fell bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.answering == nil || beat && p.answering.Err() != nil {
		p.begin()
	}
	if beat || p.answering.Err() != nil {
		return false
	}
	p.silence()
	return true
}

// KeepPulse asks the server for a sign of life, on a connection of its own, until the context ends. While there is none, whatever
// waits for the server is cut off with ErrUnavailable and new transactions are refused at once. Without it a server that hangs holds
// every request until the request's own deadline, and a network that is gone holds the connections for minutes.
func (db *DB) KeepPulse(ctx context.Context) {
	heart := heart{config: db.pool.Config().ConnConfig}
	defer heart.drop()
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		beat := heart.beat(ctx)
		if ctx.Err() != nil {
			return
		}
		if db.pulse.heard(beat) {
			db.pool.Reset() // a connection from before the silence may never answer again
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// heart is the connection the server is asked on.
type heart struct {
	config *pgx.ConnConfig
	conn   *pgx.Conn // nil after a failure
}

// beat says whether the server answers. A connection that was lost proves nothing: it is made anew first.
func (h *heart) beat(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, beatWithin)
	defer cancel()
	if h.conn != nil && h.conn.Ping(ctx) == nil {
		return true
	}
	h.drop()
	conn, err := pgx.ConnectConfig(ctx, h.config)
	if err != nil {
		return false
	}
	h.conn = conn
	return true
}

func (h *heart) drop() {
	if h.conn != nil {
		cut(h.conn)
		h.conn = nil
	}
}

// cut closes the network connection under a conversation; whoever waits on it gets a network error. It may be called from anywhere.
func cut(conn *pgx.Conn) { _ = conn.PgConn().Conn().Close() }

// acquire takes a connection, and cuts it when the server falls silent before it is given back.
func (db *DB) acquire(ctx context.Context) (conn *pgxpool.Conn, release func(), err error) {
	answering := db.pulse.context()
	if answering.Err() != nil {
		return nil, nil, ErrUnavailable
	}
	wait, cancel := context.WithTimeout(ctx, acquireDeadline)
	defer cancel()
	stopWaiting := context.AfterFunc(answering, cancel)
	defer stopWaiting()
	if conn, err = db.pool.Acquire(wait); err != nil {
		if answering.Err() != nil {
			err = ErrUnavailable
		}
		return nil, nil, unavailable(ctx, err)
	}
	inUse := conn.Conn()
	keep := context.AfterFunc(answering, func() { cut(inUse) })
	return conn, func() {
		keep()
		conn.Release()
	}, nil
}
