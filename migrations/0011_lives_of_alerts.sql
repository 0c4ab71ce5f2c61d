-- +goose Up
-- An alert's place in its rep's inbox, and how far it has come, each step with its time and its reason.

-- The last number given in a rep's inbox. Whoever writes into an inbox locks its row first: what was read of the inbox
-- is then what will be changed.
CREATE TABLE inbox (
    organization_id uuid NOT NULL,
    rep_id          uuid NOT NULL,
    last_seq        bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (organization_id, rep_id),
    FOREIGN KEY (organization_id, rep_id) REFERENCES rep
);
SELECT wall('SELECT, INSERT, UPDATE', 'inbox');

ALTER TABLE alert
    ADD COLUMN seq           bigint,
    ADD COLUMN priority      text NOT NULL DEFAULT 'NORMAL' CHECK (priority IN ('URGENT', 'NORMAL', 'LOW')),
    ADD COLUMN expires_at    timestamptz NOT NULL DEFAULT now() + interval '1 day',
    ADD COLUMN delivered_at  timestamptz,
    ADD COLUMN seen_at       timestamptz,
    ADD COLUMN escalated_at  timestamptz,
    ADD COLUMN ended_at      timestamptz,
    ADD COLUMN reason        text NOT NULL DEFAULT '', -- code of why it left the rep's hands
    ADD COLUMN superseded_by uuid,
    ADD COLUMN trying_at     timestamptz, -- since when a channel may have it
    ADD COLUMN channels      text[] NOT NULL DEFAULT '{}',
    ADD COLUMN asked_at      timestamptz,
    ADD COLUMN hold          text NOT NULL DEFAULT '',
    ADD COLUMN due_at        timestamptz, -- when the next step is to be decided
    ADD FOREIGN KEY (organization_id, superseded_by) REFERENCES alert DEFERRABLE INITIALLY DEFERRED;

UPDATE alert AS a
SET    seq = n.seq, expires_at = a.created_at + interval '1 day', trying_at = a.sent_at,
       due_at = CASE WHEN a.state IN ('QUEUED', 'SENT', 'DELIVERED', 'SEEN') THEN now() END,
       reason = CASE WHEN a.state = 'ACKNOWLEDGED' THEN 'UNDERSTOOD' ELSE '' END
FROM  (SELECT organization_id, id, row_number() OVER (PARTITION BY organization_id, rep_id ORDER BY created_at, id) AS seq FROM alert) AS n
WHERE  n.organization_id = a.organization_id AND n.id = a.id;

INSERT INTO inbox (organization_id, rep_id, last_seq)
SELECT organization_id, rep_id, max(seq) FROM alert GROUP BY organization_id, rep_id;

-- The number is given here, and not by the program: older programs that still run give none.
-- +goose StatementBegin
CREATE FUNCTION number_alert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inbox AS i (organization_id, rep_id, last_seq) VALUES (NEW.organization_id, NEW.rep_id, 1)
    ON CONFLICT (organization_id, rep_id) DO UPDATE SET last_seq = i.last_seq + 1
    RETURNING last_seq INTO NEW.seq;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER number_alert BEFORE INSERT ON alert FOR EACH ROW EXECUTE FUNCTION number_alert();

ALTER TABLE alert ALTER COLUMN seq SET NOT NULL;
CREATE UNIQUE INDEX alert_seq ON alert (organization_id, rep_id, seq);
CREATE INDEX alert_due ON alert (organization_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX alert_unread ON alert (organization_id, rep_id) WHERE state IN ('QUEUED', 'SENT', 'DELIVERED', 'SEEN', 'ESCALATED');

ALTER TABLE alert_item
    ADD COLUMN told   timestamptz, -- the arrival the rep knew of before
    ADD COLUMN heard  boolean NOT NULL DEFAULT false,
    ADD COLUMN struck boolean NOT NULL DEFAULT false;

-- What was tried lately, and what was given up.
CREATE INDEX delivery_tried ON delivery (organization_id, tried_at);
CREATE INDEX delivery_dead ON delivery (organization_id, tried_at DESC, id DESC) WHERE outcome = 'DEAD';
