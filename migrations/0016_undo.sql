-- +goose Up
-- What a batch did, in as few words as taking it back needs. Nothing for batches that can't be taken back.
ALTER TABLE batch ADD COLUMN trace jsonb;
