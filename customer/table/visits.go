package table

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// VisitRow is one piece of work as a file of orders, complaints or errands names it.
type VisitRow struct {
	Line                     int
	ID                       string         // of the order in its own system
	Site                     string         // the id of the site, as the customer file has it
	Kind                     string         // code of a kind of visit, in capitals; empty: not said
	From, Due                *Moment        // not before, and by when; nil: not said
	PromisedFrom, PromisedTo *Moment        // both or none
	Service                  *time.Duration // nil: the site's
	Priority                 *int           // 0 to 100; nil: the site's
	Needs                    []string       // skills its rep must have

	origin origin
}

// Refuse makes a Rejected of a row that was read well and can't be used after all.
func (v VisitRow) Refuse(column, value, code, ru, en string) Rejected {
	return v.origin.refuse(v.Line, column, value, fault{code, ru, en})
}

const (
	visitID field = iota
	visitSite
	visitKind
	visitFrom
	visitDue
	visitPromisedFrom
	visitPromisedTo
	visitMinutes
	visitPriority
	visitNeeds
)

func visitColumns() columns {
	return columns{
		visitID:           {"id", "номер", "заявка", "номер заявки", "order", "order id", "код", "ид"},
		visitSite:         {"site", "точка", "site id", "код точки", "код тт", "торговая точка", "клиент", "customer"},
		visitKind:         {"kind", "вид", "вид визита", "тип"},
		visitFrom:         {"from", "не раньше", "due from", "срок с", "earliest"},
		visitDue:          {"due", "срок", "due to", "срок до", "до", "deadline", "date", "дата"},
		visitPromisedFrom: {"promised from", "обещано с", "promised"},
		visitPromisedTo:   {"promised to", "обещано до"},
		visitMinutes:      {"visit minutes", "минут на визит", "минут", "минуты", "длительность", "minutes", "service minutes"},
		visitPriority:     {"priority", "приоритет"},
		visitNeeds:        {"needs", "навыки", "skills", "требуются навыки"},
	}
}

var (
	noOrderID    = fault{CodeRequired, "нужен номер заявки: по нему она узнаётся в следующий раз", "an id is needed: it tells the order the next time"}
	noSite       = fault{CodeRequired, "нужен код точки", "the id of a site is needed"}
	halfPromise  = fault{CodeRequired, "начало и конец обещанного времени нужны вместе", "the promised time needs its beginning and its end"}
	promiseOrder = fault{CodeMoment, "обещанное время кончается раньше, чем начинается", "the promised time ends before it begins"}
	dueOrder     = fault{CodeMoment, "срок раньше, чем можно начать", "the visit is due before it may begin"}
)

// ReadVisits reads a file of work to be done, CSV or XLSX, as ReadCustomers does. Each row needs an id of its own and the id of a site.
func ReadVisits(r io.Reader, name string) (rows []VisitRow, rejected []Rejected, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("read %s: %w", name, err)
		}
	}()
	src, lay, err := open(r, visitColumns())
	if err != nil {
		return nil, nil, err
	}
	defer src.close()
	if !lay.has(visitID) || !lay.has(visitSite) {
		return nil, nil, fmt.Errorf("%w: id (номер) and site (точка) are needed", ErrHeader)
	}
	first := map[string]int{}
	rejected, err = each(src, lay, func(r *row) {
		visit := readVisit(r)
		if line, seen := first[visit.ID]; seen {
			r.refuse(visitID, visit.ID, twice.with(line))
		}
		if r.fault == nil {
			first[visit.ID] = r.line
			rows = append(rows, visit)
		}
	})
	if err != nil {
		return nil, nil, err
	}
	return rows, rejected, nil
}

func readVisit(r *row) VisitRow {
	v := VisitRow{
		Line:         r.line,
		ID:           r.digits(visitID),
		Site:         r.digits(visitSite),
		Kind:         strings.ToUpper(r.text(visitKind)),
		From:         r.moment(visitFrom),
		Due:          r.moment(visitDue),
		PromisedFrom: r.moment(visitPromisedFrom),
		PromisedTo:   r.moment(visitPromisedTo),
		Needs:        tags(r.text(visitNeeds)),
		origin:       r.origin(),
	}
	if v.ID == "" {
		r.refuse(visitID, "", &noOrderID)
	}
	if v.Site == "" {
		r.refuse(visitSite, "", &noSite)
	}
	if !ordered(v.From, v.Due) {
		r.refuse(visitDue, r.text(visitDue), &dueOrder)
	}
	switch {
	case (v.PromisedFrom == nil) != (v.PromisedTo == nil):
		r.refuse(visitPromisedTo, r.text(visitPromisedTo), &halfPromise)
	case !ordered(v.PromisedFrom, v.PromisedTo):
		r.refuse(visitPromisedTo, r.text(visitPromisedTo), &promiseOrder)
	}
	if r.text(visitMinutes) != "" {
		service := time.Duration(r.number(visitMinutes, 1, 24*60, 0) * float64(time.Minute))
		v.Service = &service
	}
	if r.text(visitPriority) != "" {
		priority := r.whole(visitPriority, 0, 100, 0)
		v.Priority = &priority
	}
	return v
}

// ordered says whether something is left between two moments; the zone does not matter but for the hour that a change of clocks repeats.
func ordered(from, to *Moment) bool {
	return from == nil || to == nil || from.Begins(time.UTC).Before(to.Ends(time.UTC))
}
