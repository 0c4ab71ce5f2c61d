package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/jackc/pgx/v5"
)

// EventSource says who made events, through which door, in which command.
type EventSource struct {
	Actor      uuid.UUID // uuid.Nil: the engine
	Door       auth.Door
	Batch      uuid.UUID // becomes the events' correlation
	RecordedAt time.Time
}

// AddEvents appends business facts to the ledger.
func (tx *Tx) AddEvents(ctx context.Context, from EventSource, events ...dispatch.Event) error {
	if len(events) == 0 {
		return nil
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"event"}, []string{
		"organization_id", "id", "type", "happened_at", "recorded_at", "business_date", "time_zone", "doubtful", "actor", "door",
		"correlation_id", "visit_id", "customer_id", "site_id", "performed_by", "owner", "taken_from", "branch_id", "territory_id",
		"line_id", "segment", "code", "amount",
	}, pgx.CopyFromSlice(len(events), func(i int) ([]any, error) {
		e := events[i]
		return []any{
			tx.Organization, e.ID, string(e.Type), e.HappenedAt, from.RecordedAt, e.Date, e.TimeZone, e.Doubtful, orNull(from.Actor),
			string(from.Door), orNull(from.Batch), e.Visit, e.Customer, e.Site, e.Performed, e.Owner, e.TakenFrom, e.Branch, e.Territory,
			e.Line, e.Segment, e.Code, e.Amount,
		}, nil
	}))
	return err
}
