package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
)

// ErrRequestMismatch refuses a request id that was used before for another wish.
var ErrRequestMismatch = errors.New("the request id was used for another wish")

// Desk is where wishes become transactions.
type Desk struct {
	DB    *postgres.DB
	Jobs  *river.Client[pgx.Tx] // insert-only is enough
	Clock func() time.Time
	Wake  func() // called after a commit that changed something; may be nil
}

// command is one wish. Its fields are its content: the same request id with the same fields is the same wish.
type command[R any] interface {
	run(ctx context.Context, tx *Tx) (R, error)
}

// Tx is a command's transaction, with what every command needs to know.
type Tx struct {
	*postgres.Tx
	Now     time.Time
	Caller  auth.Caller
	Request uuid.UUID
	Batch   uuid.UUID // names everything this command does

	desk    *Desk
	opened  bool
	looked  bool                              // the engine found nothing to do: that leaves no line in the audit
	stirred []uuid.UUID                       // branches whose queues are not what they were
	upset   map[uuid.UUID]bool                // branches where this command leaves work of today undone
	targets []uuid.UUID                       // what the audit line names
	placed  map[uuid.UUID]postgres.Dimensions // of the sites that events will be about
}

// Do carries out one wish in one transaction: it admits the caller, answers a repeated request with its first answer,
// writes the audit line, and commits.
//
// A refusal by a rule of the trade is an answer too: it is stored under the request id, in a transaction of its own.
// A uuid.Nil request is not remembered: for doors that can't repeat themselves.
func Do[R any](ctx context.Context, d *Desk, request uuid.UUID, c command[R]) (R, error) {
	var result R
	caller, err := auth.From(ctx)
	if err != nil {
		return result, err
	}
	name, hash, err := fingerprint(c)
	if err != nil {
		return result, err
	}
	key := postgres.RequestKey{Person: caller.Person, Request: request}
	err = d.DB.Write(ctx, caller.Organization, func(ptx *postgres.Tx) error {
		// A transaction that is tried again begins with a clean answer.
		var fresh R
		result = fresh
		tx := d.begin(ptx, caller, request)
		if request != uuid.Nil {
			tx.NotTwice(key)
		}
		var err error
		if result, err = c.run(ctx, tx); err != nil {
			return err
		}
		if request != uuid.Nil {
			answer, err := json.Marshal(result)
			if err != nil {
				return fmt.Errorf("keep answer of %s: %w", name, err)
			}
			if err := tx.KeepAnswer(ctx, key, name, hash, answer, tx.Now); err != nil {
				return err
			}
		}
		if tx.looked {
			return nil
		}
		if err := tx.audit(ctx, name, ""); err != nil {
			return err
		}
		if err := tx.tendStirred(ctx); err != nil {
			return err
		}
		return tx.replanUpset(ctx)
	})
	if err != nil && request != uuid.Nil {
		return answerInstead(ctx, d, caller, key, wish{name, hash}, result, err)
	}
	if err == nil && d.Wake != nil {
		d.Wake()
	}
	return result, err
}

// wish is a command as it is remembered.
type wish struct {
	name string
	hash []byte
}

// answerInstead says what to answer to a request whose transaction came to nothing. A refusal is kept. Whatever else went wrong, an answer
// that the request was given before counts, or that a twin of it was given meanwhile: the two may have stood in each other's way.
func answerInstead[R any](ctx context.Context, d *Desk, caller auth.Caller, key postgres.RequestKey, w wish, result R, failure error) (R, error) {
	if code := refusalCode(failure); code != "" {
		err := keepRefusal(ctx, d, caller, key, w, code, failure, &result)
		return result, err
	}
	if errors.Is(failure, postgres.ErrUnavailable) || ctx.Err() != nil {
		return result, failure
	}
	var first R
	var answer error
	err := d.DB.Read(ctx, caller.Organization, func(tx *postgres.Tx) error {
		earlier, err := tx.EarlierRequest(ctx, key)
		if err == nil {
			answer = recall(earlier, w, &first)
		}
		return err
	})
	switch {
	case err == nil:
		return first, answer
	case errors.Is(err, postgres.ErrNoRequest):
		return result, failure
	}
	return result, fmt.Errorf("recall what was answered: %w", err)
}

// Try answers what Do would, and keeps nothing of it.
func Try[R any](ctx context.Context, d *Desk, c command[R]) (R, error) {
	var result R
	caller, err := auth.From(ctx)
	if err != nil {
		return result, err
	}
	err = d.DB.Try(ctx, caller.Organization, func(ptx *postgres.Tx) (err error) {
		result, err = c.run(ctx, d.begin(ptx, caller, uuid.Nil))
		return err
	})
	return result, err
}

// DoOrTry is Try for a dry run, and Do else.
func DoOrTry[R any](ctx context.Context, d *Desk, request uuid.UUID, dry bool, c command[R]) (R, error) {
	if dry {
		return Try(ctx, d, c)
	}
	return Do(ctx, d, request, c)
}

func (d *Desk) begin(tx *postgres.Tx, caller auth.Caller, request uuid.UUID) *Tx {
	return &Tx{Tx: tx, Now: d.Clock(), Caller: caller, Request: request, Batch: newID(), desk: d}
}

// keepRefusal remembers the refusal, since the wish's own transaction is rolled back, and says what to answer. A twin of the request
// may have been answered between the two transactions: then its answer is the one that counts.
func keepRefusal[R any](ctx context.Context, d *Desk, caller auth.Caller, key postgres.RequestKey, w wish, code string, failure error, into *R) error {
	answer := failure
	err := d.DB.Write(ctx, caller.Organization, func(ptx *postgres.Tx) error {
		answer = failure
		tx := d.begin(ptx, caller, key.Request)
		earlier, found, err := tx.KeepRefusal(ctx, key, w.name, w.hash, code, tx.Now)
		if err != nil {
			return err
		}
		if found {
			answer = recall(earlier, w, into)
			return nil
		}
		return tx.audit(ctx, w.name, code)
	})
	if err != nil {
		return fmt.Errorf("keep refusal %s: %w", code, err)
	}
	return answer
}

// recall gives the first answer to a request again.
func recall[R any](earlier postgres.Request, w wish, into *R) error {
	if earlier.Command != w.name || !bytes.Equal(earlier.Hash, w.hash) {
		return ErrRequestMismatch
	}
	if earlier.Refusal != nil {
		return refusal(*earlier.Refusal)
	}
	return json.Unmarshal(earlier.Answer, into)
}

// fingerprint names the wish and hashes its content.
func fingerprint(c any) (name string, hash []byte, err error) {
	name = reflect.TypeOf(c).Name()
	content, err := json.Marshal(c)
	if err != nil {
		return "", nil, fmt.Errorf("read content of %s: %w", name, err)
	}
	sum := sha256.Sum256(content)
	return name, sum[:], nil
}

// newID makes an id that sorts by time (UUID version 7).
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
