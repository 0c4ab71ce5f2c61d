-- +goose Up
-- What belongs to the installation and to no organization, such as the keys that push services know us by. Only the owner of the
-- tables reads it: no organization's caller does, whatever the query.
CREATE TABLE installation (
    name    text PRIMARY KEY,
    value   text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);
