package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/roster"
)

// OfferVisits offers a branch's idle reps visits of the queue that they could take, and withdraws what is no longer to be had. One alert for
// each rep, which replaces the rep's open offer. To take a visit is to claim it: the first who does has it.
type OfferVisits struct{ Branch uuid.UUID }

// VisitsOffered is what came of it.
type VisitsOffered struct {
	Alerts    []AlertPreview
	Withdrawn int // visits struck from offers that are open
}

// How much of a queue is looked at for offers, and for how long a rep is not offered again what an earlier offer had.
const (
	leastLooked   = 30
	mostLooked    = 300
	offerRecalled = 4 * time.Hour
)

func (c OfferVisits) run(ctx context.Context, tx *Tx) (VisitsOffered, error) {
	if err := tx.mustBe(auth.Dispatcher); err != nil {
		return VisitsOffered{}, err
	}
	if !tx.Caller.MaySeeBranch(c.Branch) {
		return VisitsOffered{}, roster.ErrNoBranch
	}
	branch, err := tx.Branch(ctx, c.Branch)
	if err != nil {
		return VisitsOffered{}, err
	}
	tx.concerns(c.Branch)
	proposed, queue, err := c.propose(ctx, tx, branch)
	if err != nil || len(proposed) == 0 {
		tx.foundNothing()
		return VisitsOffered{}, err
	}
	return c.write(ctx, tx, proposed, calls(queue...))
}

// proposal is what becomes of one rep's offers, as it was found without holding anything.
type proposal struct {
	dispatch.Proposal
	rep  uuid.UUID
	open *notify.Alert // the offer that stood then
}

// propose looks at every rep who is idle or has an open offer. It says what it would do and for which part of the queue.
func (c OfferVisits) propose(ctx context.Context, tx *Tx, branch roster.Branch) (found []proposal, queue []dispatch.Call, err error) {
	rules, err := tx.DispatchRules(ctx, c.Branch)
	if err != nil {
		return nil, nil, err
	}
	made, err := tx.OffersSince(ctx, c.Branch, tx.Now.Add(-offerRecalled))
	if err != nil {
		return nil, nil, err
	}
	crew, err := tx.Crew(ctx, c.Branch, tx.Now)
	if err != nil {
		return nil, nil, err
	}
	was, open := standing(made)
	days, err := tx.daysOf(ctx, crew...)
	if err != nil {
		return nil, nil, err
	}
	var asked []dispatch.RepDay
	for _, day := range days {
		if _, idle := dispatch.Idle(day, nil, rules.Idle, tx.Now); idle || open[day.Rep.ID] != nil {
			asked = append(asked, day)
		}
	}
	queue, err = tx.Queue(ctx, c.Branch, tx.dueBy(branch, nil), min(mostLooked, max(leastLooked, mostPlacings/max(1, len(asked)))))
	if err != nil {
		return nil, nil, err
	}
	for _, day := range asked {
		p := dispatch.Propose(day, queue, was[day.Rep.ID], rules.Idle, tx.Now)
		if len(p.Gone) > 0 || len(p.Offer) > 0 {
			found = append(found, proposal{Proposal: p, rep: day.Rep.ID, open: open[day.Rep.ID]})
		}
	}
	return found, queue, nil
}

// standing is what each rep was offered, and the offer that is open.
func standing(made []notify.Alert) (map[uuid.UUID]dispatch.Offered, map[uuid.UUID]*notify.Alert) {
	was, open := map[uuid.UUID]dispatch.Offered{}, map[uuid.UUID]*notify.Alert{}
	for i, alert := range made {
		rep := was[alert.RepID]
		for _, item := range alert.Items {
			if alert.State.Open() && !item.Struck {
				rep.Open = append(rep.Open, item.VisitID)
			}
			rep.Heard = append(rep.Heard, item.VisitID)
		}
		if was[alert.RepID] = rep; alert.State.Open() {
			open[alert.RepID] = &made[i]
		}
	}
	return was, open
}

// write makes the offers, and withdraws what is gone. A rep whose offers are no longer what they were is left to the next turn.
func (c OfferVisits) write(ctx context.Context, tx *Tx, proposed []proposal, about callsByVisit) (VisitsOffered, error) {
	var done VisitsOffered
	reps := make([]uuid.UUID, len(proposed))
	for i, p := range proposed {
		reps[i] = p.rep
	}
	inbox, told, err := tx.LockInboxesToTell(ctx, tx.Now, reps, []uuid.UUID{})
	if err != nil {
		return done, fmt.Errorf("lock inboxes: %w", err)
	}
	if err := tx.open(ctx, "OFFER", "", ""); err != nil {
		return done, err
	}
	unread, open := map[uuid.UUID][]notify.Alert{}, map[uuid.UUID]notify.Alert{}
	for _, a := range inbox {
		unread[a.RepID] = append(unread[a.RepID], a)
		if a.Kind == notify.VisitsOffered && a.State.Open() {
			open[a.RepID] = a
		}
	}
	var said post
	for _, p := range proposed {
		now, stands := open[p.rep]
		if stands != (p.open != nil) || stands && now.ID != p.open.ID {
			continue
		}
		done.Withdrawn += len(p.Gone)
		if len(p.Offer) == 0 {
			if err := tx.withdraw(ctx, &said, now, p.Gone, told[p.rep].Branch); err != nil {
				return done, err
			}
			continue
		}
		var notices []dispatch.Notice
		for _, o := range p.Offer {
			notices = append(notices, dispatch.Notice{
				RepID: p.rep, Kind: string(notify.VisitsOffered), VisitID: o.Visit.ID, Arrival: &o.Arrival,
			})
		}
		alert := newAlert(tx, "", about, notices, told[p.rep])
		alert.ExpiresAt = p.Until
		if err := tx.deliver(ctx, &said, alert, unread[p.rep], told[p.rep]); err != nil {
			return done, fmt.Errorf("offer visits to rep %s: %w", p.rep, err)
		}
		done.Alerts = append(done.Alerts, AlertPreview{Rep: p.rep, Kind: string(alert.Kind)})
	}
	return done, tx.send(ctx, said)
}

// withdraw takes visits out of an open offer.
func (tx *Tx) withdraw(ctx context.Context, said *post, offer notify.Alert, gone []uuid.UUID, branch uuid.UUID) error {
	left, err := offer.Withdraw(gone, tx.Now)
	if err != nil || left.Version == offer.Version {
		return err
	}
	return tx.change(ctx, said, []notify.Alert{offer}, left, branch)
}
