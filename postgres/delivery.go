package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// What comes of a try.
const (
	DeliverySent      = "SENT"      // the provider took it
	DeliveryAgain     = "AGAIN"     // the provider took it, and had taken it before: nobody should have tried
	DeliveryRetry     = "RETRY"     // later
	DeliveryPassed    = "PASSED"    // the device can't be reached this way now: another channel is asked
	DeliveryForgotten = "FORGOTTEN" // the token is dead, the device forgotten
	DeliveryDead      = "DEAD"      // never, and it is our fault
	DeliveryConfirmed = "CONFIRMED" // the device says that it has it
)

// Delivery is one try to hand an alert to a device.
type Delivery struct {
	ID      uuid.UUID
	Alert   uuid.UUID
	Device  uuid.UUID
	TriedAt time.Time
	Outcome string
	Detail  string
}

const insertDelivery = `
INSERT INTO delivery (organization_id, id, alert_id, device_id, tried_at, outcome, detail)
SELECT @organization, @id, @alert, @device, @tried_at,
       CASE WHEN @outcome = 'SENT' AND EXISTS (
                SELECT FROM delivery AS de
                WHERE  de.organization_id = @organization AND de.alert_id = @alert AND de.device_id = @device AND de.outcome = 'SENT')
            THEN 'AGAIN' ELSE @outcome END, @detail
WHERE  @outcome <> 'CONFIRMED' OR NOT EXISTS (
           SELECT FROM delivery AS de
           WHERE  de.organization_id = @organization AND de.alert_id = @alert AND de.device_id = @device AND de.outcome = 'CONFIRMED'
           AND    de.detail = @detail)
ON CONFLICT DO NOTHING`

// AddDelivery keeps what came of a try. That a device was handed the alert is kept once; a second time is kept for what it is.
func (tx *Tx) AddDelivery(ctx context.Context, d Delivery) error {
	return tx.exec(ctx, -1, insertDelivery, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": d.ID, "alert": d.Alert, "device": d.Device, "tried_at": d.TriedAt,
		"outcome": d.Outcome, "detail": d.Detail,
	})
}

const handedByChannel = `
SELECT EXISTS (SELECT FROM delivery AS de
               JOIN   device AS d ON d.organization_id = de.organization_id AND d.id = de.device_id
               WHERE  de.organization_id = @organization AND de.alert_id = @alert AND de.outcome IN ('SENT', 'CONFIRMED')
               AND    d.transport = @transport)`

// Handed says whether a device of the transport has the alert.
func (tx *Tx) Handed(ctx context.Context, alert uuid.UUID, transport string) (bool, error) {
	given, err := values[bool](ctx, tx, handedByChannel, pgx.StrictNamedArgs{
		"organization": tx.Organization, "alert": alert, "transport": transport,
	})
	return len(given) == 1 && given[0], err
}
