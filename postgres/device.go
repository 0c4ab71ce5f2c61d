package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/jackc/pgx/v5"
)

// deviceColumns are roster.Device's, of a device called d.
const deviceColumns = `d.id, d.person_id, d.token, d.transport, d.platform, d.locale, d.app_version`

const (
	forgetToken = `
UPDATE device SET forgotten_at = @at, forgotten_reason = 'MOVED'
WHERE  organization_id = @organization AND transport = @transport AND md5(token) = md5(@token) AND token = @token
AND    forgotten_at IS NULL AND person_id <> @person`

	upsertDevice = `
INSERT INTO device (organization_id, id, person_id, token, transport, platform, locale, app_version, registered_at)
VALUES (@organization, @id, @person, @token, @transport, @platform, @locale, @app_version, @at)
ON CONFLICT (organization_id, transport, md5(token)) WHERE forgotten_at IS NULL DO UPDATE
SET    platform = excluded.platform, locale = excluded.locale, app_version = excluded.app_version, registered_at = excluded.registered_at
RETURNING id, person_id, token, transport, platform, locale, app_version`
)

// RegisterDevice makes alerts of its person go to the device. A token that was another person's moves: a phone changes hands.
func (tx *Tx) RegisterDevice(ctx context.Context, d roster.Device, at time.Time) (roster.Device, error) {
	if err := tx.exec(ctx, -1, forgetToken, pgx.StrictNamedArgs{
		"organization": tx.Organization, "at": at, "transport": d.Transport, "token": d.Token, "person": d.PersonID,
	}); err != nil {
		return roster.Device{}, err
	}
	return one[roster.Device](ctx, tx, roster.ErrNoDevice, upsertDevice, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": d.ID, "person": d.PersonID, "token": d.Token, "transport": d.Transport,
		"platform": d.Platform, "locale": d.Locale, "app_version": d.AppVersion, "at": at,
	})
}

const forgetDevice = `
UPDATE device SET forgotten_at = @at, forgotten_reason = @reason
WHERE  organization_id = @organization AND id = @id AND person_id = @person AND forgotten_at IS NULL`

// ForgetDevice stops alerts to a person's device; the reason is a code: ASKED, or the provider's word.
func (tx *Tx) ForgetDevice(ctx context.Context, person, device uuid.UUID, reason string, at time.Time) error {
	tag, err := tx.Exec(ctx, forgetDevice, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": device, "person": person, "reason": reason, "at": at,
	})
	if err == nil && tag.RowsAffected() == 0 {
		return roster.ErrNoDevice
	}
	return err
}

const forgetDeadDevice = `
UPDATE device SET forgotten_at = @at, forgotten_reason = @reason
WHERE  organization_id = @organization AND id = @id AND forgotten_at IS NULL`

// ForgetDeadDevice stops alerts to a device by its provider's word.
func (tx *Tx) ForgetDeadDevice(ctx context.Context, device uuid.UUID, reason string, at time.Time) error {
	tag, err := tx.Exec(ctx, forgetDeadDevice, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": device, "reason": reason, "at": at,
	})
	if err == nil && tag.RowsAffected() == 0 {
		return roster.ErrNoDevice
	}
	return err
}

// DeviceToTell is a device that an alert must still be handed to.
type DeviceToTell struct {
	roster.Device
	Alert uuid.UUID `db:"alert"`
	Tries int       `db:"tries"` // made so far, all of them refused for now
}

const devicesToTell = `
SELECT ` + deviceColumns + `, al.id AS alert,
       (SELECT count(*) FROM delivery AS de
        WHERE  de.organization_id = d.organization_id AND de.alert_id = al.id AND de.device_id = d.id
        AND    (al.resent_at IS NULL OR de.tried_at > al.resent_at)) AS tries
FROM   alert AS al
JOIN   rep AS r ON r.organization_id = al.organization_id AND r.id = al.rep_id
JOIN   person AS p ON p.organization_id = r.organization_id AND p.id = r.person_id
JOIN   device AS d ON d.organization_id = r.organization_id AND d.person_id = r.person_id
WHERE  al.organization_id = @organization AND al.id = ANY(@alerts)
AND    d.transport = @transport AND d.forgotten_at IS NULL AND p.disabled_at IS NULL
AND    NOT EXISTS (SELECT FROM delivery AS de
                   WHERE de.organization_id = d.organization_id AND de.alert_id = al.id AND de.device_id = d.id
                   AND  (de.outcome IN ('SENT', 'CONFIRMED') OR de.outcome = 'DEAD' AND (al.resent_at IS NULL OR de.tried_at > al.resent_at)))
ORDER  BY al.id, d.id`
