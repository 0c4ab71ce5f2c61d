package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/customer/table"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
)

// ImportCustomers takes rows of a company's customer file into the record. A row is told from others by its source and its id, so that the same
// rows change nothing when they come again; what is missing from them is left alone. A long file comes in parts: each is complete by itself,
// and an import that was cut short is simply begun again.
//
// It makes no visits: planning does, from the cadences.
type ImportCustomers struct {
	Run    uuid.UUID // names the import this is a part of
	Source string    // the system the ids are from; two systems may use the same ids
	Rows   []table.CustomerRow
	Branch uuid.UUID // of rows that name none; uuid.Nil: these are refused
}

// CustomersImported says what came of the rows.
type CustomersImported struct {
	Added, Changed, Unchanged int
	NotLocated                int // of all three: there is only an address
	Rejected                  []table.Rejected
	Owners                    map[uuid.UUID]Owners // branch → who looks after its sites, as the rows say
	UnknownReps               map[string]int       // rows that name a rep their branch does not have, or has twice
}

func (c ImportCustomers) run(ctx context.Context, tx *Tx) (CustomersImported, error) {
	if err := tx.mustBe(auth.Manager); err != nil {
		return CustomersImported{}, err
	}
	if c.Source == "" {
		return CustomersImported{}, Invalid{Path: []string{"source"}, Code: "EMPTY"}
	}
	if err := tx.LockImports(ctx); err != nil {
		return CustomersImported{}, err
	}
	known, err := c.knowledge(ctx, tx)
	if err != nil {
		return CustomersImported{}, err
	}
	part := newCustomerPart(known, c.Branch, tx.Now)
	for _, row := range c.Rows {
		if err := part.take(row); err != nil {
			return CustomersImported{}, fmt.Errorf("line %d: %w", row.Line, err)
		}
	}
	done := part.done
	tx.concerns(c.Run)
	if err := c.write(ctx, tx, part); err != nil {
		return CustomersImported{}, err
	}
	return done, tx.CountImport(ctx, c.Run, "CUSTOMERS", c.Source, postgres.ImportCount{
		Added: done.Added, Changed: done.Changed, Unchanged: done.Unchanged, Refused: len(done.Rejected),
	}, tx.Now)
}

// knowledge reads what the rows may refer to.
func (c ImportCustomers) knowledge(ctx context.Context, tx *Tx) (k knowledge, err error) {
	if k.branches, err = tx.Branches(ctx); err != nil {
		return k, err
	}
	if k.lines, err = tx.Lines(ctx); err != nil {
		return k, err
	}
	reps, err := tx.RepNames(ctx)
	if err != nil {
		return k, err
	}
	k.reps = indexReps(reps)
	var sites, customers []string
	for _, row := range c.Rows {
		sites, customers = append(sites, row.ID), append(customers, customerKey(row))
	}
	if k.sites, err = tx.References(ctx, c.Source, "SITE", sites); err != nil {
		return k, err
	}
	k.customers, err = tx.References(ctx, c.Source, "CUSTOMER", customers)
	return k, err
}

// write puts down what the part came to: what others refer to goes first.
func (c ImportCustomers) write(ctx context.Context, tx *Tx, p *customerPart) error {
	if err := tx.AddCustomers(ctx, p.newCustomers, tx.Now); err != nil {
		return fmt.Errorf("add customers: %w", err)
	}
	if err := tx.ChangeCustomers(ctx, p.oldCustomers); err != nil {
		return fmt.Errorf("change customers: %w", err)
	}
	if err := tx.AddSites(ctx, p.newSites, tx.Now); err != nil {
		return fmt.Errorf("add sites: %w", err)
	}
	changed, err := tx.ChangeSites(ctx, p.oldSites)
	if err != nil {
		return fmt.Errorf("change sites: %w", err)
	}
	placements, err := placements(slices.Concat(p.newSites, p.oldSites))
	if err != nil {
		return err
	}
	if err := tx.PlaceSites(ctx, placements, hours.DateOf(tx.Now)); err != nil {
		return fmt.Errorf("place sites: %w", err)
	}
	if err := tx.AddCadences(ctx, p.newCadences); err != nil {
		return fmt.Errorf("add cadences: %w", err)
	}
	if err := tx.SetCadences(ctx, p.oldCadences); err != nil {
		return fmt.Errorf("set cadences: %w", err)
	}
	if err := tx.SetEntities(ctx, p.entities); err != nil {
		return fmt.Errorf("set legal entities: %w", err)
	}
	if err := tx.SaveReferences(ctx, c.Source, "CUSTOMER", p.customerRefs); err != nil {
		return fmt.Errorf("save references to customers: %w", err)
	}
	if err := tx.SaveReferences(ctx, c.Source, "SITE", p.siteRefs); err != nil {
		return fmt.Errorf("save references to sites: %w", err)
	}
	// Phones hold sites they have visits at; one that is new is at no phone yet.
	var changes []postgres.FeedChange
	for _, s := range changed {
		after := p.branchOf[s.ID]
		changes = append(changes, postgres.FeedChange{Kind: "site", ID: s.ID, Version: s.Version, BranchBefore: &s.Branch, BranchAfter: &after})
	}
	return tx.AddChanges(ctx, tx.Now, changes...)
}

// placements says in which cells the located sites lie.
func placements(sites []postgres.ImportedSite) ([]postgres.Placement, error) {
	var located []postgres.Placement
	for _, s := range sites {
		if s.Lat == nil {
			continue
		}
		cells, err := geo.Ancestors(geo.Point{Lat: *s.Lat, Lon: *s.Lon}, geo.SiteResolution, geo.FinestResolution)
		if err != nil {
			return nil, fmt.Errorf("place site %s: %w", s.ID, err)
		}
		located = append(located, postgres.Placement{Site: s.ID, Cells: cells})
	}
	return located, nil
}

// plain is a name as people mean it: without case and with single spaces.
func plain(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }
