package desk

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/riverqueue/river"
)

// tell makes one alert for each rep of its notices, lays it over what the rep has not read yet, and leaves the job that hands it over in
// the same transaction. Whoever did the thing is not told of it.
func (tx *Tx) tell(ctx context.Context, reason string, site callsByVisit, notices []dispatch.Notice) ([]AlertPreview, error) {
	byRep := map[uuid.UUID][]dispatch.Notice{}
	var reps, visits []uuid.UUID
	for _, n := range notices {
		if n.RepID == tx.Caller.Rep {
			continue
		}
		if byRep[n.RepID] == nil {
			reps = append(reps, n.RepID)
		}
		byRep[n.RepID] = append(byRep[n.RepID], n)
		visits = append(visits, n.VisitID)
	}
	if len(reps) == 0 {
		return nil, nil
	}
	inbox, told, err := tx.LockInboxesToTell(ctx, tx.Now, reps, visits)
	if err != nil {
		return nil, fmt.Errorf("lock inboxes: %w", err)
	}
	unread := map[uuid.UUID][]notify.Alert{}
	for _, a := range inbox {
		unread[a.RepID] = append(unread[a.RepID], a)
	}
	var previews []AlertPreview
	var jobs []river.InsertManyParams
	for _, rep := range reps {
		who := told[rep]
		alert := newAlert(tx, reason, site, byRep[rep], who)
		previews = append(previews, AlertPreview{Rep: rep, Kind: string(alert.Kind)})
		job, err := tx.deliver(ctx, alert, unread[rep], who)
		if err != nil {
			return nil, fmt.Errorf("alert rep %s: %w", rep, err)
		}
		jobs = append(jobs, job...)
	}
	return previews, tx.enqueue(ctx, jobs...)
}

// newAlert is what the notices of one rep say.
func newAlert(tx *Tx, reason string, site callsByVisit, notices []dispatch.Notice, who postgres.RepToTell) notify.Alert {
	alert := notify.Alert{
		ID: newID(), RepID: notices[0].RepID, BatchID: tx.Batch, Kind: kindOf(notices), State: notify.Queued, Version: 1,
		CreatedAt: tx.Now,
	}
	for _, n := range notices {
		call := site[n.VisitID]
		alert.Items = append(alert.Items, notify.Item{
			VisitID: n.VisitID, Site: call.Site.Name, Arrival: n.Arrival, Told: n.Told, TimeZone: call.Site.TimeZone, Reason: reason,
			Moved: n.Kind == dispatch.VisitsChanged && n.Kind != notices[0].Kind,
		})
	}
	alert.ExpiresAt = notify.ExpiryOf(alert.Items, who.Situation.Zone, tx.Now)
	return alert
}

// kindOf is what an alert of one rep's notices is about: the first one, unless visits both came and went; then the day has changed.
func kindOf(notices []dispatch.Notice) notify.Kind {
	for _, n := range notices {
		if n.Kind != notices[0].Kind && n.Kind != dispatch.VisitsChanged {
			return notify.VisitsChanged
		}
	}
	return notify.Kind(notices[0].Kind)
}

// deliver puts the alert into the inbox, with what it does to the unread ones, and says which job hands it over.
func (tx *Tx) deliver(ctx context.Context, alert notify.Alert, unread []notify.Alert, who postgres.RepToTell) ([]river.InsertManyParams, error) {
	folded, err := notify.Fold(unread, alert, tx.Now)
	if err != nil {
		return nil, err
	}
	fresh := folded.New
	fresh.Priority = notify.PriorityOf(fresh)
	step := who.Rules.Decide(fresh, who.Situation)
	if fresh, err = step.Apply(fresh, tx.Now); err != nil {
		return nil, err
	}
	if err := tx.AddAlert(ctx, fresh); err != nil {
		return nil, fmt.Errorf("add alert: %w", err)
	}
	if err := tx.alertChanged(ctx, fresh, who.Branch); err != nil {
		return nil, err
	}
	tx.concerns(fresh.ID)
	for _, old := range folded.Changed {
		if err := tx.SaveAlert(ctx, old); err != nil {
			return nil, fmt.Errorf("save alert %s: %w", old.ID, err)
		}
		if err := tx.SaveItems(ctx, old); err != nil {
			return nil, err
		}
		if err := tx.alertChanged(ctx, old, who.Branch); err != nil {
			return nil, err
		}
		tx.concerns(old.ID)
	}
	return tx.jobsOf(step, fresh.ID), nil
}

// jobsOf is the job a step asks for.
func (tx *Tx) jobsOf(step notify.Step, alert uuid.UUID, also ...uuid.UUID) []river.InsertManyParams {
	if step.Ask == "" {
		return nil
	}
	return []river.InsertManyParams{{Args: SendAlert{Organization: tx.Organization, Alert: alert, Channel: step.Ask, Also: also}}}
}

// saveAlert writes an alert's new state, with its feed line.
func (tx *Tx) saveAlert(ctx context.Context, a notify.Alert) error {
	if err := tx.SaveAlert(ctx, a); err != nil {
		return fmt.Errorf("save alert %s: %w", a.ID, err)
	}
	rep, err := tx.Rep(ctx, a.RepID)
	if err != nil {
		return err
	}
	return tx.alertChanged(ctx, a, rep.BranchID)
}

// alertChanged puts an alert into the change feed of its rep and branch.
func (tx *Tx) alertChanged(ctx context.Context, a notify.Alert, branch uuid.UUID) error {
	return tx.AddChanges(ctx, tx.Now, postgres.FeedChange{
		Kind: "alert", ID: a.ID, Version: a.Version, RepBefore: &a.RepID, RepAfter: &a.RepID, BranchBefore: &branch, BranchAfter: &branch,
	})
}
