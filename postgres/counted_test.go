package postgres_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/pgtest"
)

// The commit travels with the statement that concerns no row: the server must not come to it.
func TestStatementOfTooFewRowsKeepsNothing(t *testing.T) {
	t.Parallel()
	db := postgres.New(pgtest.New(t))
	organization := uuid.Must(uuid.NewV7())
	err := db.Write(t.Context(), organization, func(tx *postgres.Tx) error {
		if err := tx.AddOrganization(t.Context(), "Ромашка", "ru", uuid.Must(uuid.NewV7()), time.Now()); err != nil {
			return err
		}
		return tx.MoveRep(t.Context(), uuid.New(), uuid.New())
	})
	if err == nil || !strings.Contains(err.Error(), "UPDATE rep SET: 0 rows concerned instead of 1") {
		t.Errorf("a rep who is not there moved: %v", err)
	}
	var kept int
	if err := db.Pool().QueryRow(t.Context(), "SELECT count(*) FROM organization").Scan(&kept); err != nil || kept != 0 {
		t.Errorf("%d organizations kept (%v), want none", kept, err)
	}
}
