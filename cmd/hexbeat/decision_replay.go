package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/postgres"
)

func decisionReplayCommand() command {
	return command{"decision replay", "make a decision again from the input it was made from", decisionReplay}
}

func decisionReplay(ctx context.Context, env environment, args []string) error {
	f := newFlags(env, "hexbeat decision replay ID", "Runs the engine on the stored input of a decision and prints what it decides, as one line of JSON: the same bytes as\n"+
		"--stored prints. Exit code 1 when they differ, and for a decision made by another version of the engine.")
	where, organization := f.record(), f.organization()
	kept := f.Bool("stored", false, "print what the record holds, and run nothing")
	if err := f.parse(args); err != nil {
		return err
	}
	id, err := uuid.Parse(f.operands[0])
	if err != nil {
		return misuse("a decision's id looks like 0199f2c4-6b1e-7d1c-9a51-3f0c2b7d8e90, not %q", f.operands[0])
	}
	return where.atOrganization(ctx, *organization, func(ctx context.Context, d *desk.Desk) error {
		stored, err := decisionByID(ctx, d, id)
		if err != nil {
			return err
		}
		was, err := decisionLine(stored)
		if err != nil {
			return err
		}
		if *kept {
			_, err := env.stdout.Write(was)
			return err
		}
		again, err := dispatch.Replay(stored.Input)
		if err != nil {
			return fmt.Errorf("decision %s: %w", id, err)
		}
		again.ID = id // which is no part of the input
		is, err := decisionLine(again)
		if err != nil {
			return err
		}
		if _, err := env.stdout.Write(is); err != nil {
			return err
		}
		if !bytes.Equal(was, is) {
			return fmt.Errorf("decision %s comes out otherwise than it was stored: compare with --stored", id)
		}
		return nil
	})
}

// decisionByID reads a decision of the caller's organization.
func decisionByID(ctx context.Context, d *desk.Desk, id uuid.UUID) (stored dispatch.Decision, err error) {
	caller, err := auth.From(ctx)
	if err != nil {
		return stored, err
	}
	err = d.DB.Read(ctx, caller.Organization, func(tx *postgres.Tx) (err error) {
		stored, err = tx.DecisionFor(ctx, caller, id)
		return err
	})
	if errors.Is(err, dispatch.ErrNoDecision) {
		return stored, fmt.Errorf("%w: %s", dispatch.ErrNoDecision, id)
	}
	return stored, err
}

// decisionLine is a decision as a line of JSON.
func decisionLine(d dispatch.Decision) ([]byte, error) {
	d.DecidedAt = d.DecidedAt.UTC()
	line, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("write decision %s: %w", d.ID, err)
	}
	return append(line, '\n'), nil
}
