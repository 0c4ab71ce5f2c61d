package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/jackc/pgx/v5"
)

// RepToTell is what decides how a rep is told now.
type RepToTell struct {
	Rep       uuid.UUID
	Branch    uuid.UUID
	Chosen    []string // the order of channels that the rep chose; empty: the branch's
	Rules     notify.Rules
	Situation notify.Situation
}

// rulesColumns are notify.Rules', of an alert_rules called ar that may be missing.
const rulesColumns = `coalesce(ar.channels, '{}') AS channels, coalesce(ar.patience, '0') AS patience,
    coalesce(ar.urgent_patience, '0') AS urgent_patience, coalesce(ar.quiet_from, 0) AS quiet_from, coalesce(ar.quiet_to, 0) AS quiet_to,
    coalesce(ar.digest, '{}') AS digest, coalesce(ar.shift_only, false) AS shift_only, coalesce(ar.visit_quiet, false) AS visit_quiet`

const repsToTell = `
SELECT r.id AS rep, r.branch_id AS branch, b.time_zone, ` + rulesColumns + `, rc.channels AS chosen,
       ARRAY(SELECT s.starts_at FROM shift AS s
             WHERE  s.organization_id = r.organization_id AND s.rep_id = r.id AND s.ends_at > @now AND s.date <= @now::date + 7
             ORDER  BY s.starts_at, s.id) AS starts,
       ARRAY(SELECT s.ends_at FROM shift AS s
             WHERE  s.organization_id = r.organization_id AND s.rep_id = r.id AND s.ends_at > @now AND s.date <= @now::date + 7
             ORDER  BY s.starts_at, s.id) AS ends,
       coalesce(ar.visit_quiet, false) AND EXISTS (
           SELECT FROM visit AS v
           WHERE  v.organization_id = r.organization_id AND v.rep_id = r.id AND v.state = 'UNDER_WAY' AND v.date >= @now::date - 1) AS visiting,
       ARRAY(SELECT DISTINCT d.transport FROM device AS d
             JOIN   person AS p ON p.organization_id = d.organization_id AND p.id = d.person_id
             WHERE  d.organization_id = r.organization_id AND d.person_id = r.person_id AND d.forgotten_at IS NULL AND p.disabled_at IS NULL
             ORDER  BY d.transport) AS reachable
FROM   rep AS r
JOIN   branch AS b ON b.organization_id = r.organization_id AND b.id = r.branch_id
LEFT   JOIN alert_rules AS ar ON ar.organization_id = r.organization_id AND ar.branch_id = r.branch_id
LEFT   JOIN rep_channels AS rc ON rc.organization_id = r.organization_id AND rc.rep_id = r.id
WHERE  r.organization_id = @organization AND r.id = ANY(@reps)
ORDER  BY r.id`

type repToTellRow struct {
	Rep       uuid.UUID   `db:"rep"`
	Branch    uuid.UUID   `db:"branch"`
	TimeZone  string      `db:"time_zone"`
	Chosen    []string    `db:"chosen"`
	Starts    []time.Time `db:"starts"`
	Ends      []time.Time `db:"ends"`
	Visiting  bool        `db:"visiting"`
	Reachable []string    `db:"reachable"`
	rulesRow
}

type rulesRow struct {
	Channels       []string          `db:"channels"`
	Patience       time.Duration     `db:"patience"`
	UrgentPatience time.Duration     `db:"urgent_patience"`
	QuietFrom      hours.TimeOfDay   `db:"quiet_from"`
	QuietTo        hours.TimeOfDay   `db:"quiet_to"`
	Digest         []hours.TimeOfDay `db:"digest"`
	ShiftOnly      bool              `db:"shift_only"`
	VisitQuiet     bool              `db:"visit_quiet"`
}

// RepsToTell reads how reps are to be told as things stand now.
func (tx *Tx) RepsToTell(ctx context.Context, now time.Time, reps ...uuid.UUID) (map[uuid.UUID]RepToTell, error) {
	var rows []repToTellRow
	queue(&tx.pending, &rows, repsToTell, pgx.StrictNamedArgs{"organization": tx.Organization, "now": now, "reps": reps})
	if err := tx.flush(ctx); err != nil {
		return nil, err
	}
	return repsToTellOf(rows, now), nil
}

// repsToTellOf reads the rows of repsToTell.
func repsToTellOf(rows []repToTellRow, now time.Time) map[uuid.UUID]RepToTell {
	found := make(map[uuid.UUID]RepToTell, len(rows))
	for _, row := range rows {
		rules := notify.Rules(row.rulesRow)
		if row.Chosen != nil {
			rules.Channels = row.Chosen
		}
		situation := notify.Situation{Now: now, Zone: hours.Zone(row.TimeZone), Visiting: row.Visiting, Reachable: row.Reachable}
		for i, from := range row.Starts {
			situation.Shifts = append(situation.Shifts, hours.Window{From: from, To: row.Ends[i]})
		}
		found[row.Rep] = RepToTell{Rep: row.Rep, Branch: row.Branch, Chosen: orNone(row.Chosen), Rules: rules, Situation: situation}
	}
	return found
}

const branchRules = `
SELECT ` + rulesColumns + `
FROM   branch AS b
LEFT   JOIN alert_rules AS ar ON ar.organization_id = b.organization_id AND ar.branch_id = b.id
WHERE  b.organization_id = @organization AND b.id = @branch`

// AlertRules reads how the reps of a branch are told.
func (tx *Tx) AlertRules(ctx context.Context, branch uuid.UUID) (notify.Rules, error) {
	row, err := one[rulesRow](ctx, tx, roster.ErrNoBranch, branchRules, pgx.StrictNamedArgs{"organization": tx.Organization, "branch": branch})
	return notify.Rules(row), err
}

const saveRules = `
INSERT INTO alert_rules (organization_id, branch_id, channels, patience, urgent_patience, quiet_from, quiet_to, digest, shift_only, visit_quiet)
VALUES (@organization, @branch, @channels, @patience, @urgent_patience, @quiet_from, @quiet_to, @digest, @shift_only, @visit_quiet)
ON CONFLICT (organization_id, branch_id) DO UPDATE
SET    channels = excluded.channels, patience = excluded.patience, urgent_patience = excluded.urgent_patience,
       quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, digest = excluded.digest, shift_only = excluded.shift_only,
       visit_quiet = excluded.visit_quiet`

// SaveAlertRules says how the reps of a branch are told from now on.
func (tx *Tx) SaveAlertRules(ctx context.Context, branch uuid.UUID, r notify.Rules) error {
	digest := make([]int, len(r.Digest))
	for i, t := range r.Digest {
		digest[i] = int(t)
	}
	return tx.exec(ctx, 1, saveRules, pgx.StrictNamedArgs{
		"organization": tx.Organization, "branch": branch, "channels": orNone(r.Channels), "patience": r.Patience,
		"urgent_patience": r.UrgentPatience, "quiet_from": int(r.QuietFrom), "quiet_to": int(r.QuietTo), "digest": digest,
		"shift_only": r.ShiftOnly, "visit_quiet": r.VisitQuiet,
	})
}

const (
	chooseChannels = `
INSERT INTO rep_channels (organization_id, rep_id, channels) VALUES (@organization, @rep, @channels)
ON CONFLICT (organization_id, rep_id) DO UPDATE SET channels = excluded.channels`

	leaveChannels = `DELETE FROM rep_channels WHERE organization_id = @organization AND rep_id = @rep`
)

// ChooseChannels keeps the order in which a rep wants to be reached; an empty one is the branch's.
func (tx *Tx) ChooseChannels(ctx context.Context, rep uuid.UUID, channels []string) error {
	if len(channels) == 0 {
		return tx.exec(ctx, -1, leaveChannels, pgx.StrictNamedArgs{"organization": tx.Organization, "rep": rep})
	}
	return tx.exec(ctx, 1, chooseChannels, pgx.StrictNamedArgs{"organization": tx.Organization, "rep": rep, "channels": channels})
}
