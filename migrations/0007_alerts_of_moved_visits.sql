-- +goose Up
-- An alert about a visit gained or lost also lists the visits that moved in time on its account. They are not counted as gained.
ALTER TABLE alert_item ADD COLUMN moved boolean NOT NULL DEFAULT false;
