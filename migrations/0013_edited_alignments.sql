-- +goose Up
-- A draft of territories is edited by hand by several people: each says which version was looked at. A publication remembers what it
-- took the place of, so that it can be taken back.
ALTER TABLE alignment ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE alignment ADD COLUMN replaces uuid;
ALTER TABLE alignment ADD CONSTRAINT alignment_replaces FOREIGN KEY (organization_id, replaces) REFERENCES alignment;
