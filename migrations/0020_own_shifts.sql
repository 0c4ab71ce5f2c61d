-- +goose Up
-- A rep's own hours, in minutes since midnight of the branch's zone; to before from: past midnight. Null: the branch's usual ones.
ALTER TABLE rep
    ADD COLUMN shift_from integer CHECK (shift_from BETWEEN 0 AND 1440),
    ADD COLUMN shift_to   integer CHECK (shift_to BETWEEN 0 AND 1440),
    ADD CHECK ((shift_from IS NULL) = (shift_to IS NULL) AND shift_from <> shift_to);
