package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/graph/model"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
)

// mostQueued is how many visits of a queue are looked at for offers: those that come first.
const mostQueued = 300

// offers are the visits of the queue that the calling rep could take today.
func offers(ctx context.Context, first int) ([]dispatch.Offer, error) {
	if err := checkFirst(first); err != nil {
		return nil, err
	}
	l := reading(ctx)
	found := []dispatch.Offer{}
	if l.caller.Rep == uuid.Nil {
		return found, nil
	}
	zone, err := l.zone(ctx, l.caller.RepBranch)
	if err != nil {
		return nil, err
	}
	err = l.read(ctx, func(tx *postgres.Tx) error {
		duties, err := tx.Duties(ctx, l.now, l.caller.Rep)
		if err != nil {
			return err
		}
		days, err := tx.RepDays(ctx, duties[l.caller.Rep].Date, l.now.Add(-dispatch.PositionFresh), l.caller.Rep)
		if err != nil {
			return err
		}
		queue, err := tx.Queue(ctx, l.caller.RepBranch, hours.DateOf(l.now.In(zone)).In(zone).To, mostQueued)
		if err != nil {
			return err
		}
		for _, call := range queue {
			l.site.know(call.Site.ID, call.Site)
		}
		found = append(found, dispatch.Offers(days[0], queue, l.now, first)...)
		return nil
	})
	for i := range found {
		found[i].Arrival = found[i].Arrival.In(zone)
		l.knowVisits(found[i].Visit)
	}
	return found, err
}

// release carries the wish out, or says what would happen.
func (r *Resolver) release(ctx context.Context, input model.VisitReleaseInput) (model.VisitReleased, error) {
	wish := desk.ReleaseVisit{
		Visit: input.VisitID, To: dispatch.Queued, Seen: dispatch.Revision(input.ExpectedVersion), Reason: "OTHER", Note: text(input.Note),
	}
	if input.Reason != nil {
		wish.Reason = *input.Reason
	}
	if input.To != nil && *input.To == model.VisitReleaseToBacklog {
		wish.To = dispatch.Backlog
	}
	done, err := desk.DoOrTry(ctx, r.desk, input.RequestID, said(input.DryRun), wish)
	return model.VisitReleased{Visit: done.Visit, BatchID: done.Batch, Days: done.Days, Alerts: done.Alerts}, err
}

// seen is the version a caller was looking at, where one was said.
func seen(version *int) *dispatch.Revision {
	if version == nil {
		return nil
	}
	at := dispatch.Revision(*version)
	return &at
}

// takenNow is where the visit stands that somebody else was sooner to take.
func takenNow(ctx context.Context) (state dispatch.State, err error) {
	input, claimed := graphql.GetFieldContext(ctx).Args["input"].(model.VisitClaimInput)
	if !claimed {
		return "", dispatch.ErrNoVisit
	}
	l := reading(ctx)
	err = l.read(ctx, func(tx *postgres.Tx) (err error) {
		state, err = tx.StateOfTaken(ctx, l.caller.RepBranch, input.VisitID)
		return err
	})
	return state, err
}

// claimers are reps who could take the visit instead, for the decision to weigh.
func (r *Resolver) claimers(ctx context.Context, visit uuid.UUID) ([]uuid.UUID, error) {
	return r.others(ctx, model.VisitReassignInput{VisitID: visit, ToRepID: reading(ctx).caller.Rep})
}

// claim takes the visit for the calling rep.
func (r *Resolver) claim(ctx context.Context, input model.VisitClaimInput) (model.VisitClaimed, error) {
	others, err := r.claimers(ctx, input.VisitID)
	if err != nil {
		return model.VisitClaimed{}, err
	}
	done, err := desk.Do(ctx, r.desk, input.RequestID, desk.ClaimVisit{Visit: input.VisitID, Seen: seen(input.ExpectedVersion), Others: others})
	return model.VisitClaimed{Visit: done.Visit, BatchID: done.Batch, Day: done.Day}, err
}
