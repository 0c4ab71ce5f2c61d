package desk

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/customer/table"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/postgres"
)

// ImportVisits takes rows of work to be done into the queue of the branch that each row's site belongs to. A row is told from others by its
// source and its id: the same rows change nothing when they come again, a changed row changes a visit that still waits, and one that a rep
// has already is refused, since a file may not overrule who gave it out.
type ImportVisits struct {
	Run    uuid.UUID // names the import this is a part of
	Source string    // the system the ids are from, those of the sites too
	Rows   []table.VisitRow
	Branch uuid.UUID // whose sites alone are meant; uuid.Nil: any branch's
}

// VisitsImported says what came of the rows.
type VisitsImported struct {
	Added, Changed, Unchanged int
	Rejected                  []table.Rejected
}

func (c ImportVisits) run(ctx context.Context, tx *Tx) (VisitsImported, error) {
	if err := tx.mustBe(auth.Manager); err != nil {
		return VisitsImported{}, err
	}
	if c.Source == "" {
		return VisitsImported{}, Invalid{Path: []string{"source"}, Code: "EMPTY"}
	}
	if err := tx.LockImports(ctx); err != nil {
		return VisitsImported{}, err
	}
	part, err := c.part(ctx, tx)
	if err != nil {
		return VisitsImported{}, err
	}
	for _, row := range c.Rows {
		if err := part.take(row); err != nil {
			return VisitsImported{}, fmt.Errorf("line %d: %w", row.Line, err)
		}
	}
	tx.concerns(c.Run)
	if err := c.write(ctx, tx, part); err != nil {
		return VisitsImported{}, err
	}
	done := part.done
	return done, tx.CountImport(ctx, c.Run, "VISITS", c.Source, postgres.ImportCount{
		Added: done.Added, Changed: done.Changed, Unchanged: done.Unchanged, Refused: len(done.Rejected),
	}, tx.Now)
}

// part reads what the rows may refer to, and locks the visits they may change.
func (c ImportVisits) part(ctx context.Context, tx *Tx) (*visitPart, error) {
	p := &visitPart{
		now: tx.Now, caller: tx.Caller, branch: c.Branch,
		sites: map[uuid.UUID]customer.Site{}, visits: map[uuid.UUID]dispatch.Visit{}, kinds: map[string]bool{},
	}
	var ids, names, kinds []string
	for _, row := range c.Rows {
		ids, names, kinds = append(ids, row.ID), append(names, row.Site), append(kinds, kindOfRow(row))
	}
	var err error
	if p.line, err = tx.DefaultLine(ctx); err != nil {
		return nil, err
	}
	if p.known, err = tx.References(ctx, c.Source, "VISIT", ids); err != nil {
		return nil, err
	}
	if p.named, err = tx.References(ctx, c.Source, "SITE", names); err != nil {
		return nil, err
	}
	locked, err := tx.LockVisits(ctx, targets(p.known))
	if err != nil {
		return nil, err
	}
	for _, v := range locked {
		p.visits[v.ID] = v
	}
	sites, err := tx.Sites(ctx, targets(p.named))
	if err != nil {
		return nil, err
	}
	for _, s := range sites {
		p.sites[s.ID] = s
	}
	known, err := tx.VisitKinds(ctx, kinds)
	if err != nil {
		return nil, err
	}
	for _, k := range known {
		p.kinds[k.Code] = true
	}
	return p, nil
}

func targets(refs map[string]postgres.Reference) []uuid.UUID {
	var ids []uuid.UUID
	for _, r := range refs {
		ids = append(ids, r.Target)
	}
	return ids
}

func (c ImportVisits) write(ctx context.Context, tx *Tx, p *visitPart) error {
	if len(p.made)+len(p.mended) > 0 {
		if err := tx.open(ctx, "IMPORT", "", ""); err != nil {
			return err
		}
	}
	var visits, mended []dispatch.Visit
	var assignments []postgres.Assignment
	byZone := map[string][]dispatch.Visit{}
	for _, call := range p.made {
		visits = append(visits, call.Visit)
		assignments = append(assignments, postgres.Assignment{Visit: call.Visit.ID, Batch: tx.Batch, At: tx.Now})
		byZone[call.Site.TimeZone] = append(byZone[call.Site.TimeZone], call.Visit)
	}
	for _, call := range p.mended {
		mended = append(mended, call.Visit)
		byZone[call.Site.TimeZone] = append(byZone[call.Site.TimeZone], call.Visit)
	}
	if err := tx.AddVisits(ctx, visits); err != nil {
		return fmt.Errorf("add visits: %w", err)
	}
	if err := tx.AddAssignments(ctx, assignments...); err != nil {
		return err
	}
	if err := tx.ChangeWaiting(ctx, mended); err != nil {
		return fmt.Errorf("change visits: %w", err)
	}
	if err := tx.SaveReferences(ctx, c.Source, "VISIT", p.refs); err != nil {
		return fmt.Errorf("save references to visits: %w", err)
	}
	for zone, visits := range byZone {
		if err := c.say(ctx, tx, p, zone, visits); err != nil {
			return err
		}
	}
	return nil
}

// say puts what happened to visits of one zone into the feed and among the events.
func (c ImportVisits) say(ctx context.Context, tx *Tx, p *visitPart, zone string, visits []dispatch.Visit) error {
	if err := tx.place(ctx, zone, visits...); err != nil {
		return err
	}
	var changes []postgres.FeedChange
	var events []dispatch.Event
	for _, v := range visits {
		call := dispatch.Call{Visit: v, Site: p.sites[v.SiteID]}
		kind, before := dispatch.VisitRescheduled, p.visits[v.ID]
		if v.Version == 1 {
			kind = dispatch.VisitCreated
		}
		tx.stirs(before, v)
		changes = append(changes, postgres.FeedChange{
			Kind: "visit", ID: v.ID, Version: int(v.Version), BranchBefore: &v.BranchID, BranchAfter: &v.BranchID,
		})
		events = append(events, tx.event(kind, call, tx.placed[v.SiteID].Owner))
	}
	if err := tx.AddChanges(ctx, tx.Now, changes...); err != nil {
		return err
	}
	return tx.happened(ctx, events...)
}
