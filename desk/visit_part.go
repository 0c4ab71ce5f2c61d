package desk

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/customer/table"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
)

// visitPart collects what rows of a file of work come to. It decides; ImportVisits reads before and writes after.
type visitPart struct {
	now    time.Time
	caller auth.Caller
	branch uuid.UUID // whose sites alone are meant; uuid.Nil: any branch's
	line   uuid.UUID
	known  map[string]postgres.Reference // visits by the file's id
	named  map[string]postgres.Reference // sites by the file's id
	sites  map[uuid.UUID]customer.Site
	visits map[uuid.UUID]dispatch.Visit // as they are, locked
	kinds  map[string]bool

	done         VisitsImported
	made, mended []dispatch.Call
	refs         []postgres.Reference
}

// take adds one row. A row that can't be used is refused with its reason; an error is a fault of ours.
func (p *visitPart) take(row table.VisitRow) error {
	hash, err := visitHash(row)
	if err != nil {
		return err
	}
	ref, seen := p.known[row.ID]
	if seen && bytes.Equal(ref.Hash, hash) {
		p.done.Unchanged++
		return nil
	}
	site, ok := p.sites[p.named[row.Site].Target]
	if !ok || !p.caller.MaySeeBranch(site.BranchID) || p.branch != uuid.Nil && p.branch != site.BranchID {
		p.refuse(row.Refuse("site", row.Site, "UNKNOWN_SITE", fmt.Sprintf("точки с кодом «%s» нет", row.Site), fmt.Sprintf("there is no site with the id %q", row.Site)))
		return nil
	}
	if kind := kindOfRow(row); !p.kinds[kind] {
		p.refuse(row.Refuse("kind", kind, "UNKNOWN_KIND", fmt.Sprintf("вида визита «%s» нет", kind), fmt.Sprintf("there is no kind of visit %q", kind)))
		return nil
	}
	call := dispatch.Call{Visit: p.fresh(site), Site: site}
	if seen {
		before := p.visits[ref.Target]
		if before.State != dispatch.Queued || before.SiteID != site.ID {
			p.refuse(row.Refuse("id", row.ID, "NOT_WAITING",
				"визит по этой заявке уже не ждёт в очереди или относится к другой точке: измените его у диспетчера",
				"the visit of this order waits in the queue no more, or is at another site: change it at the dispatcher's page"))
			return nil
		}
		call.Visit = mend(before, call.Visit)
	}
	if !p.fill(&call, row) {
		return nil
	}
	if seen {
		p.done.Changed++
		p.mended = append(p.mended, call)
	} else {
		created, err := dispatch.Create(call, nil, p.now)
		if err != nil {
			return err
		}
		call.Visit = created.Visit
		p.done.Added++
		p.made = append(p.made, call)
		ref = postgres.Reference{External: row.ID, Target: call.Visit.ID}
	}
	ref.Hash = hash
	p.refs = append(p.refs, ref)
	return nil
}

func (p *visitPart) refuse(r table.Rejected) { p.done.Rejected = append(p.done.Rejected, r) }

// fresh is a visit of the site that says nothing special: it is due today.
func (p *visitPart) fresh(site customer.Site) dispatch.Visit {
	zone := hours.Zone(site.TimeZone)
	today := hours.DateOf(p.now.In(zone)).In(zone)
	return dispatch.Visit{
		ID: newID(), BranchID: site.BranchID, SiteID: site.ID, LineID: p.line, Origin: "IMPORT", DueFrom: today.From, DueTo: today.To,
		Priority: site.Priority, Service: site.Service, CreatedAt: p.now,
	}
}

// mend is a visit that waits, ready to be asked for anew. Times it was due at stay where the row names none: today may be another day.
func mend(before, fresh dispatch.Visit) dispatch.Visit {
	after := before
	after.Priority, after.Service, after.Version = fresh.Priority, fresh.Service, before.Version+1
	return after
}

// fill puts in what the row asks for. A time that is over already is refused: nobody could keep it.
func (p *visitPart) fill(call *dispatch.Call, row table.VisitRow) bool {
	v, zone := &call.Visit, hours.Zone(call.Site.TimeZone)
	v.Kind, v.Promised = kindOfRow(row), nil
	if row.PromisedFrom != nil {
		v.Promised = &hours.Window{From: row.PromisedFrom.Begins(zone), To: row.PromisedTo.Ends(zone)}
		v.DueFrom, v.DueTo = dayOfWindow(*v.Promised, zone).From, dayOfWindow(*v.Promised, zone).To
	}
	if row.From != nil {
		v.DueFrom = row.From.Begins(zone)
		if !v.DueTo.After(v.DueFrom) {
			v.DueTo = (row.From.Date + 1).At(0, zone)
		}
	}
	if row.Due != nil {
		v.DueTo = row.Due.Ends(zone)
		if row.From == nil && !v.DueTo.After(v.DueFrom) {
			v.DueFrom = row.Due.Date.At(0, zone)
		}
	}
	if row.Service != nil {
		v.Service = *row.Service
	}
	if row.Priority != nil {
		v.Priority = *row.Priority
	}
	needs, err := skills("needs", row.Needs)
	if err != nil {
		p.refuse(row.Refuse("needs", "", "SKILLS", "навыков слишком много, или один длиннее 64 знаков", "there are too many skills, or one is longer than 64 characters"))
		return false
	}
	v.Needs = needs
	switch {
	case v.Promised != nil && !v.Promised.To.After(p.now):
		p.refuse(row.Refuse("promised_to", "", "PAST", "обещанное время уже прошло", "the promised time is over"))
		return false
	case !v.DueTo.After(p.now):
		p.refuse(row.Refuse("due", "", "PAST", "срок уже прошёл", "the due time is over"))
		return false
	}
	return true
}

// dayOfWindow is the whole days a window touches.
func dayOfWindow(w hours.Window, zone *time.Location) hours.Window {
	return hours.Window{From: hours.DateOf(w.From.In(zone)).At(0, zone), To: (hours.DateOf(w.To.Add(-1).In(zone)) + 1).At(0, zone)}
}

func kindOfRow(row table.VisitRow) string { return cmp.Or(row.Kind, KindRegular) }

// visitHash is what the row asks for, apart from where it stands in its file.
func visitHash(row table.VisitRow) ([]byte, error) {
	row.Line = 0
	text, err := json.Marshal(row)
	sum := sha256.Sum256(text)
	return sum[:], err
}
