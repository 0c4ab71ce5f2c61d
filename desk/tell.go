package desk

import (
	"context"
	"fmt"
	"slices"

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
	var said post
	for _, rep := range reps {
		who := told[rep]
		alert := newAlert(tx, reason, site, byRep[rep], who)
		previews = append(previews, AlertPreview{Rep: rep, Kind: string(alert.Kind)})
		if err := tx.deliver(ctx, &said, alert, unread[rep], who); err != nil {
			return nil, fmt.Errorf("alert rep %s: %w", rep, err)
		}
	}
	return previews, tx.send(ctx, said)
}

// post is what goes into inboxes when it is known for all of them.
type post struct {
	fresh   []notify.Alert
	changed []notify.Alert // unread ones, with their new states
	items   []postgres.AlertItem
	jobs    []river.InsertManyParams // which hand the fresh ones over
}

// send writes the post.
func (tx *Tx) send(ctx context.Context, said post) error {
	if err := tx.AddAlerts(ctx, said.fresh...); err != nil {
		return fmt.Errorf("add alerts: %w", err)
	}
	for _, old := range said.changed {
		if err := tx.SaveAlert(ctx, old); err != nil {
			return fmt.Errorf("save alert %s: %w", old.ID, err)
		}
	}
	if err := tx.SaveItems(ctx, said.items...); err != nil {
		return fmt.Errorf("save items of alerts: %w", err)
	}
	return tx.enqueue(ctx, said.jobs...)
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

// deliver adds the alert to the post, with what it does to the unread ones and the job that hands it over.
func (tx *Tx) deliver(ctx context.Context, said *post, alert notify.Alert, unread []notify.Alert, who postgres.RepToTell) error {
	folded, err := notify.Fold(unread, alert, tx.Now)
	if err != nil {
		return err
	}
	fresh := folded.New
	fresh.Priority = notify.PriorityOf(fresh)
	step := who.Rules.Decide(fresh, who.Situation)
	if fresh, err = step.Apply(fresh, tx.Now); err != nil {
		return err
	}
	said.fresh = append(said.fresh, fresh)
	said.jobs = append(said.jobs, tx.jobsOf(step, fresh.ID)...)
	tx.concerns(fresh.ID)
	if err := tx.alertChanged(ctx, fresh, who.Branch); err != nil {
		return err
	}
	for _, old := range folded.Changed {
		if err := tx.change(ctx, said, unread, old, who.Branch); err != nil {
			return err
		}
	}
	return nil
}

// change adds an unread alert's new state to the post, with those of its items that are not what they were.
func (tx *Tx) change(ctx context.Context, said *post, unread []notify.Alert, after notify.Alert, branch uuid.UUID) error {
	said.changed = append(said.changed, after)
	var before notify.Alert
	if i := slices.IndexFunc(unread, func(a notify.Alert) bool { return a.ID == after.ID }); i >= 0 {
		before = unread[i]
	}
	for i, item := range after.Items {
		if i >= len(before.Items) || item.Struck != before.Items[i].Struck || item.Moved != before.Items[i].Moved {
			said.items = append(said.items, postgres.AlertItem{Alert: after.ID, N: i + 1, Item: item})
		}
	}
	tx.concerns(after.ID)
	return tx.alertChanged(ctx, after, branch)
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
