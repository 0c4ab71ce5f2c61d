package graph

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/graph/model"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// mostAlignments is how many a list shows.
const mostAlignments = 50

func alignment(ctx context.Context, id uuid.UUID) (found postgres.Alignment, err error) {
	l := reading(ctx)
	err = l.read(ctx, func(tx *postgres.Tx) error {
		found, err = tx.Alignment(ctx, l.caller, id)
		return err
	})
	l.branch.expect(found.BranchID)
	return found, err
}

func alignments(ctx context.Context, branch *uuid.UUID, state *model.AlignmentState) (list []postgres.Alignment, err error) {
	l := reading(ctx)
	err = l.read(ctx, func(tx *postgres.Tx) error {
		list, err = tx.Alignments(ctx, l.caller, branch, (*string)(state), mostAlignments)
		return err
	})
	for _, a := range list {
		l.branch.expect(a.BranchID)
		l.aligned.expect(a.ID)
	}
	return list, err
}

// alignedTerritories are an alignment's, also where a try of a command has rolled the alignment back.
func alignedTerritories(ctx context.Context, of uuid.UUID) ([]geo.Territory, error) {
	list, _, err := reading(ctx).aligned.load(ctx, of)
	return list, err
}

func handovers(ctx context.Context, a *postgres.Alignment) (list []postgres.Handover, err error) {
	l := reading(ctx)
	zone, err := l.zone(ctx, a.BranchID)
	if err != nil {
		return nil, err
	}
	err = l.read(ctx, func(tx *postgres.Tx) error {
		list, err = tx.Handovers(ctx, *a, hours.DateOf(l.now.In(zone)))
		return err
	})
	for _, h := range list {
		for _, rep := range []*uuid.UUID{h.From, h.To} {
			if rep != nil {
				l.rep.expect(*rep)
			}
		}
	}
	return list, err
}

// momentIn gives a moment the offset of a branch's zone.
func momentIn(ctx context.Context, branch uuid.UUID, at time.Time) (time.Time, error) {
	zone, err := reading(ctx).zone(ctx, branch)
	if err != nil {
		return at, err
	}
	return at.In(zone), nil
}

func (r *Resolver) draftAlignment(ctx context.Context, input model.AlignmentDraftInput) (any, error) {
	l := reading(ctx)
	if !l.caller.MaySeeBranch(input.BranchID) {
		return nil, roster.ErrNoBranch
	}
	brief := desk.DesignBrief{Branch: input.BranchID, Seed: 1, Request: input.RequestID}
	if input.Territories != nil {
		brief.Territories = *input.Territories
	}
	if input.Tolerance != nil {
		brief.Tolerance = *input.Tolerance
	}
	if input.Seed != nil {
		brief.Seed = uint64(*input.Seed)
	}
	if input.Afresh != nil {
		brief.Afresh = *input.Afresh
	}
	if input.FromHomes != nil {
		brief.FromHomes = *input.FromHomes
	}
	if input.Line != nil {
		brief.Line = *input.Line
	}
	brief.Price, brief.Budget = input.Price, input.Budget
	drafted, err := desk.DesignTerritories(ctx, r.desk, brief)
	if err != nil {
		return nil, err
	}
	l.forget()
	made, err := alignment(ctx, drafted.Alignment)
	if err != nil {
		return nil, err
	}
	findings, err := designFindings(ctx, drafted)
	return model.AlignmentDrafted{Alignment: made, Vacancies: drafted.Vacant, Findings: findings}, err
}

// findingWords say where a design could not be as asked.
var findingWords = map[geo.FindingKind]words{
	geo.LockedOver: {"За территорией закреплено больше работы, чем ей положено. Снимите часть закреплений.", "More work is locked to the territory than its share. Unlock some of it."},
	geo.LockedOut:  {"Слишком много работы закреплено за другими: территории не набрать свою долю.", "Too much of the work is locked to others: the territory can't get its share."},
	geo.HeavyUnit:  {"Одно неделимое место весит больше, чем доля территории.", "One indivisible place weighs more than a territory's share."},
	geo.HeldApart:  {"Закреплённое место лежит отдельно от остальной территории.", "A locked place lies apart from the rest of the territory."},
	geo.Bridge:     {"Территория пересекает преграду: иначе к этому участку не пройти.", "The territory crosses a barrier, the only way to that ground."},
	geo.Vacant:     {"У территории нет исполнителя, но работа в ней осталась.", "The territory has no capacity and keeps some work."},
	geo.OverBudget: {"Одни закрепления передают больше работы, чем разрешено передать.", "Locks alone move more of the work than may change hands."},
}

// designFindings say what a design found, with territories in place of numbers.
func designFindings(ctx context.Context, drafted desk.AlignmentDrafted) ([]model.DesignFinding, error) {
	list := []model.DesignFinding{}
	territories, err := alignedTerritories(ctx, drafted.Alignment)
	if err != nil {
		return nil, err
	}
	named := make(map[string]geo.Territory, len(territories))
	for _, t := range territories {
		named[t.Name] = t
	}
	for _, f := range drafted.Findings {
		found := model.DesignFinding{Code: string(f.Kind), Message: findingWords[f.Kind].in(ctx)}
		if f.Territory >= 0 {
			if t, known := named[drafted.Names[f.Territory]]; known {
				found.Territory = &t
			}
		}
		list = append(list, found)
	}
	return list, nil
}

// mostBudgets bounds a what-if curve: its points come of one search.
const mostBudgets = 10

// whatIf is nil for a branch that is not the caller's to see, or has no territories in force.
func (r *Resolver) whatIf(ctx context.Context, brief desk.DesignBrief, budgets []float64) ([]model.WhatIfPoint, error) {
	if !reading(ctx).caller.MaySeeBranch(brief.Branch) {
		return nil, nil
	}
	for _, b := range budgets {
		if len(budgets) > mostBudgets || !(b >= 0 && b <= 1) {
			return nil, badInput{path: "budgets", words: words{
				"Нужны доли от 0 до 1, не больше десяти.", "They must be shares from 0 to 1, ten at most.",
			}}
		}
	}
	curve, err := desk.WhatIf(ctx, r.desk, brief, budgets)
	if errors.Is(err, desk.ErrNoTerritoriesInForce) || errors.Is(err, roster.ErrNoBranch) {
		return nil, nil
	}
	if errors.Is(err, desk.ErrNoLine) {
		return nil, badInput{path: "line", words: noLineWords}
	}
	if errors.Is(err, geo.ErrBrief) {
		return nil, badInput{path: "tolerance", words: words{"Число вне допустимых границ.", "The number is out of range."}}
	}
	if err != nil {
		return nil, err
	}
	points := make([]model.WhatIfPoint, 0, len(curve))
	for _, p := range curve {
		points = append(points, model.WhatIfPoint{Budget: p.Budget, MovedShare: p.MovedShare, Imbalance: p.Imbalance, MeanKm: p.MedoidKm})
	}
	return points, nil
}

var noLineWords = words{"Такого направления нет.", "There is no such sales line."}

func (r *Resolver) editAlignment(ctx context.Context, input model.AlignmentEditInput) (any, error) {
	wish := desk.EditAlignment{
		Alignment: input.AlignmentID, Seen: input.ExpectedVersion, To: input.ToTerritoryID, Cells: input.Cells, Sites: input.SiteIds,
		Repair: input.Repair != nil && *input.Repair,
	}
	if input.Polygon != nil {
		wish.Polygon = new(geo.Region)
		if err := json.Unmarshal(input.Polygon, wish.Polygon); err != nil {
			return nil, err
		}
	}
	var done desk.AlignmentEdited
	var err error
	if input.DryRun != nil && *input.DryRun {
		done, err = r.drafts.Try(ctx, wish)
	} else {
		done, err = r.drafts.Do(ctx, input.RequestID, wish)
	}
	if err != nil {
		return nil, err
	}
	reading(ctx).forget()
	return edited(ctx, done)
}

// edited says an effect with territories in place of numbers.
func edited(ctx context.Context, done desk.AlignmentEdited) (any, error) {
	draft, err := alignment(ctx, done.Alignment)
	if err != nil {
		return nil, err
	}
	list, err := alignedTerritories(ctx, draft.ID)
	if err != nil {
		return nil, err
	}
	known := byID(list, func(t geo.Territory) uuid.UUID { return t.ID })
	territory := func(number int) geo.Territory { return known[done.Territories[number]] }
	e := done.Effect
	answer := model.AlignmentEdited{
		Alignment: draft, Before: alignmentFigures(e.Before), After: alignmentFigures(e.After), Sites: e.Sites, Workload: e.Workload,
		HeldSites: e.Held, Territories: []model.TerritoryEffect{}, CutOff: []model.CutOffGround{},
	}
	for _, c := range e.Territories {
		answer.Territories = append(answer.Territories, model.TerritoryEffect{
			Territory: territory(c.Territory), Before: territoryFigures(c.Before), After: territoryFigures(c.After),
		})
	}
	for _, p := range e.CutOff {
		answer.CutOff = append(answer.CutOff, model.CutOffGround{
			Territory: territory(p.Territory), Cells: p.Cells, Sites: p.Sites, Workload: p.Workload,
		})
	}
	return answer, nil
}

func alignmentFigures(o geo.Overall) model.AlignmentFigures {
	return model.AlignmentFigures{
		Imbalance: o.Imbalance, Lightest: o.Lightest, Pieces: o.Pieces, MeanKm: o.MeanKm, TravelMinutes: o.Travel.Minutes(),
	}
}

func territoryFigures(f geo.Figures) model.TerritoryFigures {
	return model.TerritoryFigures{
		Sites: f.Sites, Workload: f.Load, Imbalance: f.Imbalance, Pieces: f.Pieces, MeanKm: f.MeanKm, TravelMinutes: f.Travel.Minutes(),
	}
}

func (r *Resolver) publishAlignment(ctx context.Context, input model.AlignmentPublishInput) (any, error) {
	draft, err := alignment(ctx, input.AlignmentID)
	if err != nil {
		return nil, err
	}
	wish := desk.PublishAlignment{Alignment: draft.ID, Branch: draft.BranchID}
	if input.ExpectedVersion != nil {
		wish.Seen = *input.ExpectedVersion
	}
	if wish.From, err = firstDay(ctx, draft.BranchID, input.From); err != nil {
		return nil, err
	}
	done, err := desk.DoOrTry(ctx, r.desk, input.RequestID, said(input.DryRun), wish)
	if err != nil {
		return nil, err
	}
	reading(ctx).forget()
	draft, err = alignment(ctx, done.Alignment)
	return model.AlignmentPublished{Alignment: draft, From: done.From, MovedVisits: done.Moved}, err
}

func (r *Resolver) revertAlignment(ctx context.Context, input model.AlignmentRevertInput) (any, error) {
	if !reading(ctx).caller.MaySeeBranch(input.BranchID) {
		return nil, roster.ErrNoBranch
	}
	wish := desk.RevertAlignment{Branch: input.BranchID}
	var err error
	if wish.From, err = firstDay(ctx, input.BranchID, input.From); err != nil {
		return nil, err
	}
	done, err := desk.DoOrTry(ctx, r.desk, input.RequestID, said(input.DryRun), wish)
	if err != nil {
		return nil, err
	}
	reading(ctx).forget()
	now, err := alignment(ctx, done.Alignment)
	if errors.Is(err, postgres.ErrNoAlignment) { // a dry run's copy
		now, err = alignment(ctx, done.CopyOf)
	}
	return model.AlignmentReverted{Alignment: now, From: done.From, MovedVisits: done.Moved}, err
}

// firstDay is the day asked for, or today in the branch's zone.
func firstDay(ctx context.Context, branch uuid.UUID, asked *hours.Date) (hours.Date, error) {
	if asked != nil {
		return *asked, nil
	}
	zone, err := reading(ctx).zone(ctx, branch)
	if err != nil {
		return 0, err
	}
	return hours.DateOf(reading(ctx).now.In(zone)), nil
}

// coverage is nil for a branch that is not the caller's to see.
func (r *Resolver) coverage(ctx context.Context, branch uuid.UUID) (*model.TerritoryCoverage, error) {
	covered, err := desk.Coverage(ctx, r.desk, branch)
	if errors.Is(err, roster.ErrNoBranch) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	reading(ctx).expectTerritories(covered.Territories...)
	return &model.TerritoryCoverage{Covered: covered}, nil
}

// some are the first sites of a list of positions.
func some(ctx context.Context, of *model.TerritoryCoverage, positions []int, first int) ([]customer.Site, error) {
	if err := checkFirst(first); err != nil {
		return nil, err
	}
	l := reading(ctx)
	positions = positions[:min(first, len(positions))]
	for _, i := range positions {
		l.site.expect(of.Sites[i])
	}
	sites := make([]customer.Site, 0, len(positions))
	for _, i := range positions {
		site, found, err := l.site.load(ctx, of.Sites[i])
		if err != nil {
			return nil, err
		}
		if found {
			sites = append(sites, site)
		}
	}
	return sites, nil
}

func vacancies(of *model.TerritoryCoverage) []model.Vacancy {
	list := make([]model.Vacancy, 0, len(of.Vacant))
	for _, v := range of.Vacant {
		list = append(list, model.Vacancy{Territory: of.Territories[v.Territory], Sites: v.Sites, Workload: v.Workload})
	}
	return list
}

func idle(of *model.TerritoryCoverage, first int) ([]model.IdleGround, error) {
	if err := checkFirst(first); err != nil {
		return nil, err
	}
	list := []model.IdleGround{}
	for _, c := range of.Covered.Idle[:min(first, len(of.Covered.Idle))] {
		list = append(list, model.IdleGround{Cell: c.Cell, Sites: c.Sites, Workload: c.Workload})
	}
	return list, nil
}

func shared(of *model.TerritoryCoverage, first int) ([]model.SharedGround, error) {
	if err := checkFirst(first); err != nil {
		return nil, err
	}
	list := []model.SharedGround{}
	for _, c := range of.Covered.Shared[:min(first, len(of.Covered.Shared))] {
		ground := model.SharedGround{Cell: c.Cell}
		for _, t := range c.Territories {
			ground.Territories = append(ground.Territories, of.Territories[t])
		}
		list = append(list, ground)
	}
	return list, nil
}

// driftWords say why a re-balance is worth it.
var driftWords = map[geo.DriftReason]words{
	geo.DriftHomeless:  {"Часть работы не попадает ни в одну территорию.", "Some work lies in no territory."},
	geo.DriftImbalance: {"Нагрузка самой тяжёлой территории намного выше её доли.", "The heaviest territory has far more than its share."},
	geo.DriftTurnover:  {"Клиенты сильно сменились с тех пор, как делили территории.", "The customers are largely others than those the territories were made for."},
	geo.DriftFarther:   {"До клиентов стало заметно дальше.", "It has become notably farther to the customers."},
}

// drift is nil for a branch that is not the caller's to see, or has no territories in force.
func (r *Resolver) drift(ctx context.Context, branch uuid.UUID, asked *model.DriftLimitsInput) (*model.AlignmentDrift, error) {
	var limits geo.Thresholds
	if asked != nil {
		for _, limit := range []struct {
			to   *float64
			from *float64
		}{
			{&limits.Imbalance, asked.Imbalance}, {&limits.Farther, asked.Farther}, {&limits.Turnover, asked.Turnover}, {&limits.Homeless, asked.Homeless},
		} {
			if limit.from != nil {
				*limit.to = *limit.from
			}
		}
	}
	d, err := desk.Drift(ctx, r.desk, branch, limits)
	if errors.Is(err, roster.ErrNoBranch) || errors.Is(err, desk.ErrNoTerritoriesInForce) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	of, err := alignment(ctx, d.Alignment)
	if err != nil {
		return nil, err
	}
	reading(ctx).expectTerritories(d.Numbered...)
	answer := &model.AlignmentDrift{
		Alignment: of, WorthIt: d.Worth(), Reasons: []string{}, Explanation: []string{}, Added: d.Added, Removed: d.Removed, Moved: d.Moved,
		Homeless: d.Homeless, Turnover: d.Turnover, ImbalanceBefore: d.Before.Imbalance, Imbalance: d.Now.Imbalance,
		MeanKmBefore: d.Before.MeanKm, MeanKm: d.Now.MeanKm,
	}
	for _, reason := range d.Reasons {
		answer.Reasons = append(answer.Reasons, string(reason))
		answer.Explanation = append(answer.Explanation, driftWords[reason].in(ctx))
	}
	for i, t := range d.Territories {
		answer.Territories = append(answer.Territories, model.TerritoryDrifted{
			Territory: d.Numbered[i], WorkloadBefore: t.LoadBefore, Workload: t.Load, ImbalanceBefore: t.ImbalanceBefore, Imbalance: t.Imbalance,
			MeanKmBefore: t.MeanKmBefore, MeanKm: t.MeanKm, Added: t.Added, Removed: t.Removed,
		})
	}
	return answer, nil
}
