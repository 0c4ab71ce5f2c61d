package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
)

// Workbenches hold drafts of territories open in memory, so that a try of an edit is answered while the hand still holds the mouse. The
// record decides: a draft is looked up anew for every try, and one that has another version is read again. Safe for use by many
// at once; a draft is edited by one at a time.
type Workbenches struct {
	desk *Desk

	mu   sync.Mutex
	open map[uuid.UUID]*bench // by alignment
}

const (
	mostBenches = 16               // drafts held open in one process
	benchLasts  = 10 * time.Minute // customers that came since are seen after this long
)

// NewWorkbenches has no draft open.
func NewWorkbenches(d *Desk) *Workbenches {
	return &Workbenches{desk: d, open: map[uuid.UUID]*bench{}}
}

// Try says what an edit would do, and stores nothing.
func (b *Workbenches) Try(ctx context.Context, wish EditAlignment) (AlignmentEdited, error) {
	alignment, err := b.look(ctx, wish.Alignment)
	if err != nil {
		return AlignmentEdited{}, err
	}
	if alignment.Version != wish.Seen {
		return AlignmentEdited{}, ErrDraftChanged
	}
	bench, err := b.bench(ctx, alignment)
	if err != nil {
		return AlignmentEdited{}, err
	}
	return bench.try(wish)
}

// Do carries an edit out. The ground is worked out outside any transaction: it takes a moment, and an open transaction holds back
// everybody's change feed.
func (b *Workbenches) Do(ctx context.Context, request uuid.UUID, wish EditAlignment) (AlignmentEdited, error) {
	alignment, err := b.look(ctx, wish.Alignment)
	if err != nil {
		return AlignmentEdited{}, err
	}
	// Where the version is another one, the command says so, or gives its first answer again.
	if alignment.Version == wish.Seen {
		bench, err := b.read(ctx, alignment)
		if err != nil {
			return AlignmentEdited{}, err
		}
		if wish.result, err = bench.carryOut(wish); err != nil {
			return AlignmentEdited{}, err
		}
	}
	return Do(ctx, b.desk, request, wish)
}

// look reads the draft's row as the caller may see it.
func (b *Workbenches) look(ctx context.Context, id uuid.UUID) (alignment postgres.Alignment, err error) {
	caller, err := auth.From(ctx)
	if err != nil {
		return alignment, err
	}
	err = b.desk.DB.Read(ctx, caller.Organization, func(tx *postgres.Tx) error {
		alignment, err = tx.Alignment(ctx, caller, id)
		return err
	})
	switch {
	case err != nil:
		return alignment, err
	case alignment.State != "DRAFT":
		return alignment, postgres.ErrNoAlignment
	case !alignment.Editable:
		return alignment, ErrDraftKept
	}
	return alignment, nil
}

// bench answers from memory, or reads the draft.
func (b *Workbenches) bench(ctx context.Context, alignment postgres.Alignment) (*bench, error) {
	now := b.desk.Clock()
	b.mu.Lock()
	held := b.open[alignment.ID]
	b.mu.Unlock()
	if held != nil && held.version == alignment.Version && now.Sub(held.read) < benchLasts {
		return held, nil
	}
	fresh, err := b.read(ctx, alignment)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open[alignment.ID] = fresh
	for len(b.open) > mostBenches {
		oldest := uuid.Nil
		for id, held := range b.open {
			if oldest == uuid.Nil || held.read.Before(b.open[oldest].read) {
				oldest = id
			}
		}
		delete(b.open, oldest)
	}
	return fresh, nil
}

// bench is one draft on its workbench.
type bench struct {
	version     int
	read        time.Time
	ground      ground // the branch's sites
	territories []geo.Territory
	number      map[uuid.UUID]int // of a territory
	position    map[uuid.UUID]int // of a site on the workbench
	claims      map[geo.Cell]int  // ground without sites that was painted, and whose

	mu   sync.Mutex
	work *geo.Workbench
}

// read lays a draft out.
func (b *Workbenches) read(ctx context.Context, alignment postgres.Alignment) (*bench, error) {
	caller, err := auth.From(ctx)
	if err != nil {
		return nil, err
	}
	out := &bench{
		version: alignment.Version, read: b.desk.Clock(), number: map[uuid.UUID]int{}, position: map[uuid.UUID]int{}, claims: map[geo.Cell]int{},
	}
	var aligned []postgres.AlignedSite
	var held []postgres.HeldCell
	var rounds geo.Rounds
	err = b.desk.DB.Read(ctx, caller.Organization, func(tx *postgres.Tx) error {
		branch, err := tx.Branch(ctx, alignment.BranchID)
		if err != nil {
			return err
		}
		rounds.Travel = geo.Travel{Detour: branch.Detour, Speed: branch.Speed}
		out.ground.today = hours.DateOf(b.desk.Clock().In(branch.Zone()))
		out.ground.line = alignment.LineID
		if out.ground.sites, err = tx.PlacedSites(ctx, alignment.BranchID, alignment.LineID, out.ground.today); err != nil {
			return fmt.Errorf("read sites: %w", err)
		}
		calls, err := tx.CallsPerWeek(ctx, alignment.BranchID, alignment.LineID, out.ground.today)
		if err != nil {
			return fmt.Errorf("read cadences: %w", err)
		}
		perWeek := make(map[uuid.UUID]float64, len(calls))
		for _, c := range calls {
			perWeek[c.Site] = c.PerWeek
		}
		for _, s := range out.ground.sites {
			rounds.Visits = append(rounds.Visits, perWeek[s.ID])
		}
		if out.ground.foreign, err = tx.ForeignCells(ctx, alignment.BranchID); err != nil {
			return fmt.Errorf("read other branches' ground: %w", err)
		}
		if out.territories, err = tx.AlignedTerritories(ctx, alignment.ID); err != nil {
			return fmt.Errorf("read territories: %w", err)
		}
		if aligned, err = tx.AlignedSites(ctx, alignment.ID); err != nil {
			return fmt.Errorf("read sites of the draft: %w", err)
		}
		held, err = tx.CellsOf(ctx, out.territories)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i, t := range out.territories {
		out.number[t.ID] = i
	}
	return out, out.lay(aligned, held, rounds)
}

// lay opens the workbench. A site whose territory is not that of the ground it stands on stands apart.
func (b *bench) lay(aligned []postgres.AlignedSite, held []postgres.HeldCell, rounds geo.Rounds) error {
	owner := make(map[uuid.UUID]int, len(aligned))
	for _, a := range aligned {
		owner[a.Site] = b.number[a.Territory]
	}
	whose := make(map[geo.Cell]int, len(held))
	for _, h := range held {
		whose[h.Cell] = b.number[h.Territory]
	}
	brief := geo.Brief{Territories: len(b.territories)}
	of, apart := make([]int, len(b.ground.sites)), make([]bool, len(b.ground.sites))
	for i, s := range b.ground.sites {
		point := geo.Point{Lat: s.Lat, Lon: s.Lon}
		b.position[s.ID] = i
		brief.Sites = append(brief.Sites, geo.Site{ID: s.ID.String(), Point: point, Workload: s.Workload})
		cells, err := geo.Ancestors(point, geo.SiteResolution, geo.FinestResolution)
		if err != nil {
			return err
		}
		on := geo.Free
		for _, c := range cells {
			if t, known := whose[c]; known {
				on = t
			}
		}
		t, known := owner[s.ID]
		if !known {
			t = on // it came after the draft was made
		}
		of[i], apart[i] = t, on != geo.Free && on != t
	}
	var err error
	if b.work, err = geo.OpenWorkbench(brief, of, apart, rounds); err != nil {
		return err
	}
	return b.findClaims(held)
}

// findClaims finds the ground that was painted where nobody is: what the draft has and the sites alone would not give.
func (b *bench) findClaims(held []postgres.HeldCell) error {
	territories, err := b.dress()
	if err != nil {
		return err
	}
	given := map[geo.Cell]int{}
	for t := range territories {
		for _, c := range territories[t].Cells {
			given[c] = t
		}
	}
	var odd []geo.Cell
	whose := map[geo.Cell]int{}
	for _, h := range held {
		t := b.number[h.Territory]
		if at, known := given[h.Cell]; (!known || at != t) && h.Cell.Resolution() == geo.SiteResolution {
			odd = append(odd, h.Cell)
			whose[h.Cell] = t
		}
	}
	empty, err := b.work.Empty(odd)
	for _, c := range empty {
		b.claims[c] = whose[c]
	}
	return err
}

// edit translates a wish.
func (b *bench) edit(wish EditAlignment) (geo.Together, error) {
	move := geo.Move{}
	for _, s := range wish.Sites {
		at, known := b.position[s]
		if !known {
			return nil, customer.ErrNoSite
		}
		move.Sites = append(move.Sites, at)
	}
	to := geo.Free
	switch {
	case wish.To != nil:
		number, known := b.number[*wish.To]
		if !known {
			return nil, geo.ErrNoTerritory
		}
		to = number
	case len(wish.Cells) > 0 || wish.Polygon != nil || len(wish.Sites) > 0:
		return nil, Invalid{Path: []string{"toTerritoryId"}, Code: "EMPTY"}
	}
	var edits geo.Together
	if len(wish.Cells) > 0 {
		edits = append(edits, geo.Paint{Cells: wish.Cells, To: to})
	}
	if wish.Polygon != nil {
		edits = append(edits, geo.Draw{Region: *wish.Polygon, To: to})
	}
	if len(wish.Sites) > 0 {
		move.To = to
		edits = append(edits, move)
	}
	if wish.Repair {
		edits = append(edits, geo.Repair{Territories: b.mending(edits)})
	}
	if len(edits) == 0 {
		return nil, Invalid{Path: []string{"cells"}, Code: "EMPTY"}
	}
	return edits, nil
}

// mending is around which territories a repair works that stands alone: the heaviest, the lightest, and those in pieces. One
// that goes with other edits works around these.
func (b *bench) mending(edits geo.Together) []int {
	if len(edits) > 0 {
		return nil
	}
	heaviest, lightest := 0, 0
	var around []int
	for t := range b.territories {
		f := b.work.Figures(t)
		if f.Pieces > 1 {
			around = append(around, t)
		}
		if f.Imbalance > b.work.Figures(heaviest).Imbalance {
			heaviest = t
		}
		if f.Imbalance < b.work.Figures(lightest).Imbalance {
			lightest = t
		}
	}
	return append(around, heaviest, lightest)
}

func (b *bench) try(wish EditAlignment) (AlignmentEdited, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	edits, err := b.edit(wish)
	if err != nil {
		return AlignmentEdited{}, err
	}
	effect, err := b.work.Try(edits)
	return b.answer(wish, effect), err
}

func (b *bench) answer(wish EditAlignment, effect geo.Effect) AlignmentEdited {
	answer := AlignmentEdited{Alignment: wish.Alignment, Effect: effect}
	for _, t := range b.territories {
		answer.Territories = append(answer.Territories, t.ID)
	}
	return answer
}

// carryOut applies a wish and dresses the territories as the record keeps them. The bench is not to be used afterwards.
func (b *bench) carryOut(wish EditAlignment) (edited, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	edits, err := b.edit(wish)
	if err != nil {
		return edited{}, err
	}
	before, err := b.dress()
	if err != nil {
		return edited{}, err
	}
	effect, err := b.work.Apply(edits)
	if err != nil {
		return edited{}, err
	}
	if err := b.claim(wish); err != nil {
		return edited{}, err
	}
	after, err := b.dress()
	if err != nil {
		return edited{}, err
	}
	out := edited{answer: b.answer(wish, effect), version: b.version, territories: after, changed: make([]bool, len(after))}
	for t := range after {
		out.changed[t] = !slices.Equal(before[t].Cells, after[t].Cells) || !slices.Equal(before[t].Sites, after[t].Sites)
	}
	if err := outline(after); err != nil {
		return edited{}, err
	}
	// Of the measures of a design only these are known after an edit.
	out.measures, err = json.Marshal(geo.Measures{
		Territories: len(after), Customers: len(b.ground.sites), Imbalance: effect.After.Imbalance, Lightest: effect.After.Lightest,
		Pieces: effect.After.Pieces,
	})
	return out, err
}

// claim notes ground without sites that the wish gives away.
func (b *bench) claim(wish EditAlignment) error {
	cells := slices.Clone(wish.Cells)
	if wish.Polygon != nil {
		drawn, err := wish.Polygon.Cells(geo.SiteResolution)
		if err != nil {
			return err
		}
		cells = append(cells, drawn...)
	}
	empty, err := b.work.Empty(cells)
	for _, c := range empty {
		b.claims[c] = b.number[*wish.To]
	}
	return err
}

// dress is the territories as the record keeps them but for their outlines, with ground made of the units and the claims.
func (b *bench) dress() ([]postgres.AlignedTerritory, error) {
	units, territory := b.work.Ground()
	order := make([]int, len(units))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(units[i].Cell, units[j].Cell) })
	sorted, whose := make([]geo.Unit, len(units)), make([]int, len(units))
	for n, i := range order {
		sorted[n], whose[n] = units[i], territory[i]
	}
	dressed, err := b.ground.undrawn(sorted, whose, b.work.Of(), len(b.territories))
	if err != nil {
		return nil, err
	}
	cells := make([][]geo.Cell, len(dressed))
	for i := range dressed {
		cells[i] = dressed[i].Cells
	}
	// Over the ground, not among the units: around a unit the ground grows, and it would at every edit.
	if cells, err = geo.Overlay(cells, b.claims); err != nil {
		return nil, err
	}
	for i, t := range b.territories {
		d := &dressed[i]
		d.ID, d.Name, d.Colour, d.RepID, d.Cells = t.ID, t.Name, t.Colour, t.RepID, cells[i]
	}
	return dressed, nil
}
