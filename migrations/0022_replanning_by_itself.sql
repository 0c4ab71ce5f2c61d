-- +goose Up
-- Whether a branch's day is planned anew by itself after a change that leaves work undone. An older program neither reads nor sets it.
ALTER TABLE dispatch_rules ADD COLUMN replan text NOT NULL DEFAULT 'NEVER' CHECK (replan IN ('NEVER', 'INSERT', 'REARRANGE'));
