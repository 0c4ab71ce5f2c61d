package desk

import (
	"context"

	"github.com/google/uuid"
)

// ForgetDevice stops alerts to one of the caller's devices, such as at sign-out.
type ForgetDevice struct {
	Device uuid.UUID
}

func (c ForgetDevice) run(ctx context.Context, tx *Tx) (uuid.UUID, error) {
	tx.concerns(c.Device)
	return c.Device, tx.ForgetDevice(ctx, tx.Caller.Person, c.Device, "ASKED", tx.Now)
}
