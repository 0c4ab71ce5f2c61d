package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// ErrUnavailable says that the record cannot be reached now; the same wish may succeed later.
var ErrUnavailable = errors.New("the database cannot be reached now")

// unavailable marks errors that come from the connection and not from what was asked.
func unavailable(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil || errors.Is(err, ErrUnavailable) {
		return err
	}
	var connect *pgconn.ConnectError
	var network net.Error
	var server *pgconn.PgError
	switch {
	case errors.As(err, &server):
		// Classes 08 connection, 53 resources, 57 operator intervention (shutdown, crash), but not a statement's timeout.
		if class := server.Code[:2]; class == "08" || class == "53" || class == "57" && server.Code != "57014" {
			return fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		return err
	case errors.As(err, &connect), errors.As(err, &network), errors.Is(err, context.DeadlineExceeded),
		pgconn.SafeToRetry(err), strings.Contains(err.Error(), "conn closed"), strings.Contains(err.Error(), "closed pool"), strings.Contains(err.Error(), "unexpected EOF"):
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err
}
