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
	DeliveryRetry     = "RETRY"     // later
	DeliveryForgotten = "FORGOTTEN" // the token is dead, the device forgotten
	DeliveryDead      = "DEAD"      // never, and it is our fault
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
VALUES (@organization, @id, @alert, @device, @tried_at, @outcome, @detail)
ON CONFLICT DO NOTHING`

// AddDelivery keeps what came of a try.
func (tx *Tx) AddDelivery(ctx context.Context, d Delivery) error {
	return tx.exec(ctx, -1, insertDelivery, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": d.ID, "alert": d.Alert, "device": d.Device, "tried_at": d.TriedAt,
		"outcome": d.Outcome, "detail": d.Detail,
	})
}
