package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/postgres"
)

func notifyProveCommand() command {
	return command{"notify prove", "hold the record against what is promised of alerts", notifyProve}
}

// lookBack is how much is proved where nobody says how much.
const lookBack = 24 * time.Hour

func notifyProve(ctx context.Context, env environment, args []string) error {
	f := newFlags(env, "hexbeat notify prove", "Checks in the record that every committed change gave each affected rep one alert that names the visits concerned, which was handed to a\n"+
		"channel unless it was annulled before, and ended with a reason; and that no arrival counts as told that no alert named. Who must be told is\n"+
		"read from the history of hands and the ledger. Prints each breach: its code, the moment, the rep, and the batch, the alert and the visit.\n"+
		"Exit code 1 when there is one.")
	where, organization := f.record(), f.organization()
	from := f.String("from", "", "the first `moment`, like 2026-11-23 or 2026-11-23T09:00:00+03:00; a day before the last without it")
	to := f.String("to", "", "the `moment` after the last; now without it")
	if err := f.parse(args); err != nil {
		return err
	}
	now := time.Now()
	until, err := moment("--to", *to, now)
	if err != nil {
		return err
	}
	since, err := moment("--from", *from, until.Add(-lookBack))
	if err != nil {
		return err
	}
	if !since.Before(until) {
		return misuse("--from must be before --to")
	}
	return where.atOrganization(ctx, *organization, func(ctx context.Context, d *desk.Desk) error {
		caller, err := auth.From(ctx)
		if err != nil {
			return err
		}
		var evidence notify.Evidence
		if err := d.DB.Read(ctx, caller.Organization, func(tx *postgres.Tx) error {
			kept, err := tx.AlertsKeptSince(ctx, since)
			if err != nil {
				return err
			}
			if kept.After(since) {
				fmt.Fprintf(env.stdout, "Alerts made before %s have been forgotten for their age: proved from then on.\n", kept.UTC().Format(time.RFC3339))
				since = kept
			}
			evidence, err = tx.AlertEvidence(ctx, since, until)
			return err
		}); err != nil {
			return err
		}
		return sayBreaches(env, evidence.Cases, notify.Prove(evidence, now))
	})
}

// sayBreaches prints what was found, and fails when there is anything.
func sayBreaches(env environment, changes []notify.Case, breaches []notify.Breach) error {
	alerts := 0
	for _, c := range changes {
		alerts += len(c.Alerts)
	}
	if len(breaches) == 0 {
		fmt.Fprintf(env.stdout, "The promise holds: %d changes that concern a rep, %d alerts.\n", len(changes), alerts)
		return nil
	}
	table := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	for _, b := range breaches {
		fmt.Fprintf(table, "%s\t%s\trep %s\t%s\t%s\t%s\n", b.Code, b.At.UTC().Format(time.RFC3339), b.Rep, named("batch", b.Batch), named("alert", b.Alert),
			named("visit", b.Visit))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	return fmt.Errorf("the promise is broken %d times in %d changes", len(breaches), len(changes))
}

func named(what string, id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return what + " " + id.String()
}

// moment reads a day, which begins at midnight here, or a moment with its offset.
func moment(flag, text string, otherwise time.Time) (time.Time, error) {
	if text == "" {
		return otherwise, nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, time.Local); err == nil {
		return day, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, misuse("%s takes a day like 2026-11-23 or a moment like 2026-11-23T09:00:00+03:00, not %q", flag, text)
	}
	return at, nil
}
