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
	claimRequest = `
INSERT INTO request (organization_id, person_id, request_id, command, hash, at)
VALUES (@organization, @person, @request, @command, @hash, @at)
ON CONFLICT DO NOTHING`

	earlierRequest = `
SELECT q.command, q.hash, q.answer, q.refusal
FROM   request AS q
WHERE  q.organization_id = @organization AND q.person_id = @person AND q.request_id = @request`

	answerRequest = `
UPDATE request SET answer = @answer
WHERE  organization_id = @organization AND person_id = @person AND request_id = @request`

	forgetRequests = `
DELETE FROM request WHERE organization_id = @organization AND at < @before`

	refuseRequest = `
UPDATE request SET refusal = @refusal
WHERE  organization_id = @organization AND person_id = @person AND request_id = @request`
)

// ClaimRequest takes the request id for this transaction. Where it is taken already, the earlier request is answered; where
// it is being taken by another transaction, this waits for that one's end.
func (tx *Tx) ClaimRequest(ctx context.Context, key RequestKey, command string, hash []byte, at time.Time) (Request, bool, error) {
	tag, err := tx.Exec(ctx, claimRequest, pgx.StrictNamedArgs{
		"organization": tx.Organization, "person": key.Person, "request": key.Request, "command": command, "hash": hash, "at": at,
	})
	if err != nil || tag.RowsAffected() == 1 {
		return Request{}, false, err
	}
	earlier, err := tx.EarlierRequest(ctx, key)
	return earlier, true, err
}

// ErrRequestTaken ends a transaction that began with a request id taken by an earlier one.
var ErrRequestTaken = errors.New("the request was made before")

// TakeRequest is ClaimRequest without waiting for the answer: it goes with the next round trip. Where the id is taken already, whatever
// is asked then ends with ErrRequestTaken and the transaction must not be kept; EarlierRequest says what was answered.
func (tx *Tx) TakeRequest(key RequestKey, command string, hash []byte, at time.Time) {
	tx.checks = true
	put(&tx.pending, claimRequest, pgx.StrictNamedArgs{
		"organization": tx.Organization, "person": key.Person, "request": key.Request, "command": command, "hash": hash, "at": at,
	}).Exec(func(tag pgconn.CommandTag) error {
		if tag.RowsAffected() == 0 {
			tx.refused = ErrRequestTaken
		}
		return nil
	})
}

// EarlierRequest reads a request that was made before.
func (tx *Tx) EarlierRequest(ctx context.Context, key RequestKey) (Request, error) {
	return one[Request](ctx, tx, errors.New("request vanished"), earlierRequest, pgx.StrictNamedArgs{
		"organization": tx.Organization, "person": key.Person, "request": key.Request,
	})
}

// AnswerRequest keeps the answer to a claimed request.
func (tx *Tx) AnswerRequest(ctx context.Context, key RequestKey, answer json.RawMessage) error {
	return tx.exec(ctx, 1, answerRequest, pgx.StrictNamedArgs{
		"organization": tx.Organization, "person": key.Person, "request": key.Request, "answer": answer,
	})
}

// RefuseRequest keeps that a rule stood against a claimed request.
func (tx *Tx) RefuseRequest(ctx context.Context, key RequestKey, code string) error {
	return tx.exec(ctx, 1, refuseRequest, pgx.StrictNamedArgs{
		"organization": tx.Organization, "person": key.Person, "request": key.Request, "refusal": code,
	})
}

// forgetRequests drops the answers to requests made before a moment.
func (tx *Tx) forgetRequests(ctx context.Context, before time.Time) error {
	return tx.exec(ctx, -1, forgetRequests, pgx.StrictNamedArgs{"organization": tx.Organization, "before": before})
}
