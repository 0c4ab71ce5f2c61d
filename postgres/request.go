package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// RequestKey is the id a client gave to a wish; clients choose ids for themselves only.
type RequestKey struct {
	Person  uuid.UUID
	Request uuid.UUID
}

// Request is a wish that was answered before.
type Request struct {
	Command string          `db:"command"`
	Hash    []byte          `db:"hash"`
	Answer  json.RawMessage `db:"answer"`
	Refusal *string         `db:"refusal"`
}

const (
	earlierRequest = `
SELECT q.command, q.hash, q.answer, q.refusal
FROM   request AS q
WHERE  q.organization_id = @organization AND q.person_id = @person AND q.request_id = @request`

	keepAnswer = `
INSERT INTO request (organization_id, person_id, request_id, command, hash, answer, at)
VALUES (@organization, @person, @request, @command, @hash, @answer, @at)`

	keepRefusal = `
INSERT INTO request (organization_id, person_id, request_id, command, hash, refusal, at)
VALUES (@organization, @person, @request, @command, @hash, @refusal, @at)
ON CONFLICT DO NOTHING`

	forgetRequests = `
DELETE FROM request WHERE organization_id = @organization AND at < @before`
)

// requestKey is the constraint that lets a request id be answered once.
const requestKey = "request_pkey"

// ErrRequestTaken ends a transaction whose request was answered by another one.
var ErrRequestTaken = errors.New("the request was made before")

// NotTwice looks, with the next round trip, whether the request was answered before: then whatever is asked ends with ErrRequestTaken and
// the transaction must not be kept; EarlierRequest says what was answered. A twin that is still under way is not seen here: of two that
// are answered at the same time the one that comes to KeepAnswer later ends with ErrRequestTaken, and all it did is undone.
func (tx *Tx) NotTwice(key RequestKey) {
	put(&tx.pending, earlierRequest, tx.requestArgs(key)).Query(func(rows pgx.Rows) error {
		if rows.Next() {
			tx.refused = ErrRequestTaken
		}
		rows.Close()
		return rows.Err()
	})
}

func (tx *Tx) requestArgs(key RequestKey) pgx.StrictNamedArgs {
	return pgx.StrictNamedArgs{"organization": tx.Organization, "person": key.Person, "request": key.Request}
}

// EarlierRequest reads a request that was made before.
func (tx *Tx) EarlierRequest(ctx context.Context, key RequestKey) (Request, error) {
	return one[Request](ctx, tx, ErrNoRequest, earlierRequest, tx.requestArgs(key))
}

// ErrNoRequest is returned for a request that was never answered.
var ErrNoRequest = errors.New("no such request")

// KeepAnswer keeps what was answered to a request. A twin that is being answered is waited for: when it is kept, this ends with
// ErrRequestTaken.
func (tx *Tx) KeepAnswer(ctx context.Context, key RequestKey, command string, hash []byte, answer json.RawMessage, at time.Time) error {
	args := tx.requestArgs(key)
	args["command"], args["hash"], args["answer"], args["at"] = command, hash, answer, at
	return tx.exec(ctx, -1, keepAnswer, args)
}

// KeepRefusal keeps that a rule stood against a request. A request that was answered before keeps its answer, and that is returned.
func (tx *Tx) KeepRefusal(ctx context.Context, key RequestKey, command string, hash []byte, code string, at time.Time) (earlier Request, found bool, err error) {
	args := tx.requestArgs(key)
	args["command"], args["hash"], args["refusal"], args["at"] = command, hash, code, at
	tag, err := tx.Exec(ctx, keepRefusal, args)
	if err != nil || tag.RowsAffected() == 1 {
		return Request{}, false, err
	}
	earlier, err = tx.EarlierRequest(ctx, key)
	return earlier, true, err
}

// taken names the error of a request that was answered meanwhile.
func taken(err error) error {
	var server *pgconn.PgError
	if errors.As(err, &server) && server.ConstraintName == requestKey {
		return ErrRequestTaken
	}
	return err
}

// forgetRequests drops the answers to requests made before a moment.
func (tx *Tx) forgetRequests(ctx context.Context, before time.Time) error {
	return tx.exec(ctx, -1, forgetRequests, pgx.StrictNamedArgs{"organization": tx.Organization, "before": before})
}
