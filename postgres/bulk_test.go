package postgres_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/pgtest"
)

func TestManyRowsGoBehindTheWallAtOnce(t *testing.T) {
	t.Parallel()
	db := postgres.New(pgtest.New(t))
	organization := uuid.Must(uuid.NewV7())
	err := db.Write(t.Context(), organization, func(tx *postgres.Tx) error {
		if err := tx.AddOrganization(t.Context(), "Ромашка", "ru", uuid.Must(uuid.NewV7()), time.Now()); err != nil {
			return err
		}
		return tx.AddChanges(t.Context(), time.Now(),
			postgres.FeedChange{Kind: "visit", ID: uuid.New(), Version: 1}, postgres.FeedChange{Kind: "route", ID: uuid.New(), Version: 2})
	})
	if err != nil {
		t.Fatal(err)
	}
	var got int
	if err := db.Pool().QueryRow(t.Context(), "SELECT count(*) FROM feed").Scan(&got); err != nil || got != 2 {
		t.Errorf("%d rows of the feed (%v), want 2", got, err)
	}
}
