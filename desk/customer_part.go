package desk

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer/table"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// knowledge is what rows of a customer file may refer to.
type knowledge struct {
	branches  []roster.Branch
	lines     map[string]uuid.UUID               // by code or name in small letters
	reps      map[uuid.UUID]map[string]uuid.UUID // branch → name, email or number → rep; uuid.Nil where several are called so
	sites     map[string]postgres.Reference      // by the file's id
	customers map[string]postgres.Reference      // by customerKey
}

// customerPart collects what rows of a customer file come to. It decides; ImportCustomers reads before and writes after.
type customerPart struct {
	known  knowledge
	branch uuid.UUID // of rows that name none
	now    time.Time
	done   CustomersImported

	newCustomers, oldCustomers []postgres.ImportedCustomer
	newSites, oldSites         []postgres.ImportedSite
	newCadences, oldCadences   []postgres.ImportedCadence
	entities                   []postgres.ImportedEntity
	customerRefs, siteRefs     []postgres.Reference
	branchOf                   map[uuid.UUID]uuid.UUID // of the sites
}

func newCustomerPart(known knowledge, branch uuid.UUID, now time.Time) *customerPart {
	return &customerPart{
		known: known, branch: branch, now: now, branchOf: map[uuid.UUID]uuid.UUID{},
		done: CustomersImported{Owners: map[uuid.UUID]Owners{}, UnknownReps: map[string]int{}},
	}
}

// take adds one row. A row that can't be used is refused with its reason; an error is a fault of ours.
func (p *customerPart) take(row table.CustomerRow) error {
	branch, refused := branchOfRow(p.known.branches, row.Branch, p.branch, row)
	if refused != nil {
		p.done.Rejected = append(p.done.Rejected, *refused)
		return nil
	}
	line, ok := p.known.lines[plain(row.SalesLine)]
	if !ok {
		p.done.Rejected = append(p.done.Rejected, row.Refuse("line", row.SalesLine, "UNKNOWN_LINE",
			fmt.Sprintf("направления «%s» нет", row.SalesLine), fmt.Sprintf("there is no line %q", row.SalesLine)))
		return nil
	}
	hash, err := rowHash(row, branch.ID, line)
	if err != nil {
		return err
	}
	ref, seen := p.known.sites[row.ID]
	if !seen {
		ref = postgres.Reference{External: row.ID, Target: newID()}
	}
	p.own(row, branch.ID, ref.Target)
	if row.Point == nil {
		p.done.NotLocated++
	}
	if seen && bytes.Equal(ref.Hash, hash) {
		p.done.Unchanged++
		return nil
	}
	site, err := p.site(row, branch, ref.Target)
	if err != nil {
		return err
	}
	today := hours.DateOf(p.now.In(branch.Zone()))
	cadence := postgres.ImportedCadence{
		ID: newID(), Site: site.ID, Line: line, Kind: KindRegular, Every: row.Every, Weekdays: row.Weekdays, From: today,
	}
	if seen {
		p.done.Changed++
		p.oldSites, p.oldCadences = append(p.oldSites, site), append(p.oldCadences, cadence)
	} else {
		p.done.Added++
		p.newSites, p.newCadences = append(p.newSites, site), append(p.newCadences, cadence)
	}
	ref.Hash = hash
	p.siteRefs = append(p.siteRefs, ref)
	p.branchOf[site.ID] = branch.ID
	if row.INN != "" {
		p.entities = append(p.entities, postgres.ImportedEntity{ID: newID(), Customer: site.Customer, INN: row.INN, Site: site.ID, From: today})
	}
	return nil
}

// refuser is a row of a file, which can be refused with a reason.
type refuser interface {
	Refuse(column, value, code, ru, en string) table.Rejected
}

// branchOfRow finds the branch a row names, or the usual one where it names none.
func branchOfRow(branches []roster.Branch, named string, usual uuid.UUID, row refuser) (roster.Branch, *table.Rejected) {
	i := slices.IndexFunc(branches, func(b roster.Branch) bool {
		if named == "" {
			return b.ID == usual
		}
		return plain(b.Name) == plain(named)
	})
	if i >= 0 {
		return branches[i], nil
	}
	refused := row.Refuse("branch", named, "UNKNOWN_BRANCH", fmt.Sprintf("филиала «%s» нет", named), fmt.Sprintf("there is no branch %q", named))
	if named == "" {
		refused = row.Refuse("branch", "", table.CodeRequired, "нужен филиал", "a branch is needed")
	}
	return roster.Branch{}, &refused
}

// own notes who looks after the site, as the row says.
func (p *customerPart) own(row table.CustomerRow, branch, site uuid.UUID) {
	if row.Rep == "" {
		return
	}
	rep := p.known.reps[branch][plain(row.Rep)]
	if rep == uuid.Nil {
		p.done.UnknownReps[row.Rep]++
		return
	}
	if p.done.Owners[branch] == nil {
		p.done.Owners[branch] = Owners{}
	}
	p.done.Owners[branch][site] = rep
}

func (p *customerPart) site(row table.CustomerRow, branch roster.Branch, id uuid.UUID) (postgres.ImportedSite, error) {
	site := postgres.ImportedSite{
		ID: id, Customer: p.customer(row), Branch: branch.ID, Name: row.Name, Address: row.Address, TimeZone: branch.TimeZone,
		Hours: openHours(row, branch), Category: row.Category, Service: row.Service.Seconds(), Priority: row.Priority, Workload: row.Workload,
		Phone: row.Phone, Tags: row.Tags, Attributes: row.Attributes,
	}
	if row.Point == nil {
		return site, nil
	}
	cell, err := geo.CellAt(*row.Point, geo.SiteResolution)
	if err != nil {
		return site, err
	}
	bits := int64(cell)
	site.Lat, site.Lon, site.Cell = &row.Point.Lat, &row.Point.Lon, &bits
	return site, nil
}

// customer is the id of the company behind the row: told by the file's own id, else by the INN, else each site is a customer by itself.
func (p *customerPart) customer(row table.CustomerRow) uuid.UUID {
	key := customerKey(row)
	ref, seen := p.known.customers[key]
	if !seen {
		ref = postgres.Reference{External: key, Target: newID()}
		p.known.customers[key] = ref
		p.customerRefs = append(p.customerRefs, ref)
		p.newCustomers = append(p.newCustomers, postgres.ImportedCustomer{ID: ref.Target, Name: row.Name, Segment: row.Segment})
		return ref.Target
	}
	again := postgres.ImportedCustomer{ID: ref.Target, Segment: row.Segment}
	if row.CustomerID == "" && row.INN == "" {
		again.Name = row.Name
	}
	if again.Name != "" || again.Segment != "" {
		p.oldCustomers = append(p.oldCustomers, again)
	}
	return ref.Target
}

func customerKey(row table.CustomerRow) string {
	switch {
	case row.CustomerID != "":
		return "id:" + row.CustomerID
	case row.INN != "":
		return "inn:" + row.INN
	}
	return "site:" + row.ID
}

// openHours is the row's opening time on the days its branch works, or the branch's own.
func openHours(row table.CustomerRow, branch roster.Branch) hours.Week {
	if row.Opens == nil || row.Closes == nil {
		return branch.Hours
	}
	week := hours.Week{Known: true}
	for day := range week.Days {
		if !branch.Hours.Known || len(branch.Hours.Days[day]) > 0 {
			week.Days[day] = []hours.Interval{{Opens: *row.Opens, Closes: *row.Closes}}
		}
	}
	return week
}

// rowHash is what the row looks like, apart from where it stands and from who looks after it, which is dated elsewhere.
func rowHash(row table.CustomerRow, branch, line uuid.UUID) ([]byte, error) {
	row.Line, row.Rep = 0, ""
	text, err := json.Marshal(struct {
		Row          table.CustomerRow
		Branch, Line uuid.UUID
	}{row, branch, line})
	sum := sha256.Sum256(text)
	return sum[:], err
}

// indexReps finds a branch's reps by whatever a file may call them.
func indexReps(reps []postgres.RepName) map[uuid.UUID]map[string]uuid.UUID {
	index := map[uuid.UUID]map[string]uuid.UUID{}
	for _, r := range reps {
		if index[r.Branch] == nil {
			index[r.Branch] = map[string]uuid.UUID{}
		}
		for _, name := range append([]string{r.Name, r.Number}, r.Emails...) {
			key := plain(name)
			if other, taken := index[r.Branch][key]; taken && other != r.ID {
				index[r.Branch][key] = uuid.Nil
				continue
			}
			index[r.Branch][key] = r.ID
		}
	}
	return index
}
