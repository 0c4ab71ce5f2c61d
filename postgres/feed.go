package postgres

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/jackc/pgx/v5"
)

// ErrCursor is returned for a text that is no cursor of the change feed.
var ErrCursor = errors.New("not a cursor of the change feed")

// ErrCursorExpired is returned for a cursor so old that rows after it have been forgotten: whoever has it reads everything anew.
var ErrCursorExpired = errors.New("the cursor of the change feed has expired")

// Cursor is a place in the change feed: everything up to and with row N of transaction Tx has been read.
type Cursor struct {
	Tx uint64 `db:"tx"`
	N  int32  `db:"n"`
}

// String is the form clients carry; it means nothing to them.
func (c Cursor) String() string { return fmt.Sprintf("%x-%x", c.Tx, c.N) }

// ParseCursor reads what String wrote.
func ParseCursor(s string) (Cursor, error) {
	var c Cursor
	if n, err := fmt.Sscanf(s, "%x-%x", &c.Tx, &c.N); err != nil || n != 2 || c.N < 0 || c.Tx > math.MaxInt64 || c.String() != s {
		return Cursor{}, ErrCursor
	}
	return c, nil
}

// After says whether the cursor lies behind the other.
func (c Cursor) After(o Cursor) bool { return c.Tx > o.Tx || c.Tx == o.Tx && c.N > o.N }

// FeedChange is a row of the change feed: something changed, and in whose care it was before and after.
type FeedChange struct {
	Organization uuid.UUID  `db:"organization_id"`
	Tx           uint64     `db:"tx"`
	N            int32      `db:"n"`
	Kind         string     `db:"kind"` // visit, route, alert, alignment, position, site
	ID           uuid.UUID  `db:"id"`
	Version      int        `db:"version"`
	RepBefore    *uuid.UUID `db:"rep_before"`
	RepAfter     *uuid.UUID `db:"rep_after"`
	BranchBefore *uuid.UUID `db:"branch_before"`
	BranchAfter  *uuid.UUID `db:"branch_after"`
}

const feedColumns = `f.organization_id, f.tx::text::bigint AS tx, f.n, f.kind, f.id, f.version, f.rep_before, f.rep_after, f.branch_before, f.branch_after`

const insertChanges = `
INSERT INTO feed (organization_id, n, recorded_at, kind, id, version, rep_before, rep_after, branch_before, branch_after)
SELECT @organization, c.n, c.at, c.kind, c.id, c.version, c.rep_before, c.rep_after, c.branch_before, c.branch_after
FROM   unnest(@ns::integer[], @ats::timestamptz[], @kinds::text[], @ids::uuid[], @versions::integer[], @reps_before::uuid[],
              @reps_after::uuid[], @branches_before::uuid[], @branches_after::uuid[])
       AS c (n, at, kind, id, version, rep_before, rep_after, branch_before, branch_after)`

// changes are rows of the feed, column by column.
type changes struct {
	ns, versions                  []int32
	ats                           []time.Time
	kinds                         []string
	ids                           []uuid.UUID
	repsBefore, repsAfter         []*uuid.UUID
	branchesBefore, branchesAfter []*uuid.UUID
}

// AddChanges appends to the feed, in this order. The rows of a transaction are written together, at its end.
func (tx *Tx) AddChanges(_ context.Context, at time.Time, changes ...FeedChange) error {
	f := &tx.feed
	for _, c := range changes {
		f.ns, f.ats, f.kinds, f.ids = append(f.ns, int32(len(f.ns)+1)), append(f.ats, at), append(f.kinds, c.Kind), append(f.ids, c.ID)
		f.versions = append(f.versions, int32(c.Version))
		f.repsBefore, f.repsAfter = append(f.repsBefore, c.RepBefore), append(f.repsAfter, c.RepAfter)
		f.branchesBefore, f.branchesAfter = append(f.branchesBefore, c.BranchBefore), append(f.branchesAfter, c.BranchAfter)
	}
	return nil
}

// end writes what waited for the transaction's end. The commit goes with it: whatever stands against it the server finds out by itself.
func (tx *Tx) end(ctx context.Context) error {
	if f := tx.feed; len(f.ns) > 0 {
		tx.feed = changes{}
		tx.later(insertChanges, pgx.StrictNamedArgs{
			"organization": tx.Organization, "ns": f.ns, "ats": f.ats, "kinds": f.kinds, "ids": f.ids, "versions": f.versions,
			"reps_before": f.repsBefore, "reps_after": f.repsAfter, "branches_before": f.branchesBefore, "branches_after": f.branchesAfter,
		})
	}
	if !tx.tried && tx.refused == nil && tx.pending.Len() > 0 {
		tx.pending.Queue(commit).Exec(committed)
	}
	return tx.flush(ctx)
}

const feedCursor = `SELECT (pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1) AS tx, @last::integer AS n`

// FeedCursor is the newest place in the feed behind which nothing can still be committed.
func (tx *Tx) FeedCursor(ctx context.Context) (Cursor, error) {
	return one[Cursor](ctx, tx, ErrCursor, feedCursor, pgx.StrictNamedArgs{"last": math.MaxInt32})
}

const feedSpan = `
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1 AS last,
       coalesce((SELECT r.forgotten_tx::text::bigint FROM retention AS r WHERE r.kind = 'feed'), 0) AS forgotten`

// span is what the feed holds: transactions after the one forgotten last, up to the newest behind which nothing can still be committed.
type span struct {
	Last      uint64 `db:"last"`
	Forgotten uint64 `db:"forgotten"` // 0: none
}

// lacks says whether rows after the cursor may be gone. A record that was restored elsewhere counts its transactions anew, and what it had
// forgotten before says nothing of these.
func (s span) lacks(c Cursor) bool {
	return s.Forgotten > 0 && s.Forgotten <= s.Last && Cursor{Tx: s.Forgotten, N: math.MaxInt32}.After(c)
}

const changesSince = `
SELECT ` + feedColumns + `
FROM   feed AS f
WHERE  f.organization_id = @organization AND (f.tx, f.n) > (@tx::text::xid8, @n)
AND    f.tx < pg_snapshot_xmin(pg_current_snapshot())
AND    (@everywhere OR f.branch_before = ANY(@branches) OR f.branch_after = ANY(@branches)
        OR f.rep_before = @caller_rep OR f.rep_after = @caller_rep OR (f.rep_after IS NULL AND f.branch_after = @caller_branch))
ORDER  BY f.tx, f.n
LIMIT  @limit`

// Changes lists what changed in the caller's scope since the cursor, and where to go on. Transactions still under way, and
// those that began after them, come later: ids commit out of order, and none must be skipped. It refuses with ErrCursorExpired a
// cursor behind which rows are gone; next is then the feed's end.
func (tx *Tx) Changes(ctx context.Context, c auth.Caller, since Cursor, limit int) (changes []FeedChange, next Cursor, more bool, err error) {
	held, err := one[span](ctx, tx, ErrCursor, feedSpan, nil)
	if err != nil {
		return nil, since, false, err
	}
	now := Cursor{Tx: held.Last, N: math.MaxInt32}
	if held.lacks(since) {
		return nil, now, false, ErrCursorExpired
	}
	changes, err = all[FeedChange](ctx, tx, changesSince, scope(c, pgx.StrictNamedArgs{
		"organization": tx.Organization, "tx": fmt.Sprint(since.Tx), "n": since.N, "limit": limit,
	}))
	if err != nil {
		return nil, since, false, err
	}
	if len(changes) == limit {
		last := changes[limit-1]
		return changes, Cursor{Tx: last.Tx, N: last.N}, true, nil
	}
	if since.After(now) {
		now = since
	}
	return changes, now, false, nil
}

const everyChangeSince = `
SELECT ` + feedColumns + `
FROM   feed AS f
WHERE  (f.tx, f.n) > (@tx::text::xid8, @n) AND f.tx < pg_snapshot_xmin(pg_current_snapshot())
ORDER  BY f.tx, f.n
LIMIT  @limit`

// Follow lists what changed in every organization since the cursor: for the one notifier of a process. An empty cursor
// starts from now.
func (db *DB) Follow(ctx context.Context, since Cursor, limit int) (changes []FeedChange, next Cursor, err error) {
	next = since
	err = db.watch(ctx, func(ptx pgx.Tx) error {
		tx := &Tx{Tx: ptx}
		if since == (Cursor{}) {
			next, err = tx.FeedCursor(ctx)
			return err
		}
		changes, err = all[FeedChange](ctx, tx, everyChangeSince, pgx.StrictNamedArgs{
			"tx": fmt.Sprint(since.Tx), "n": since.N, "limit": limit,
		})
		if len(changes) > 0 {
			last := changes[len(changes)-1]
			next = Cursor{Tx: last.Tx, N: last.N}
		}
		return err
	})
	return changes, next, err
}
