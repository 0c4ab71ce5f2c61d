package table

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
)

// What a row means where it says nothing.
const (
	defaultService  = 20 // minutes
	defaultCadence  = 28 // days
	defaultPriority = 50
)

// CustomerRow is one site as a customer file names it.
type CustomerRow struct {
	Line                   int           // in the file, the header is usually line 1
	ID                     string        // of the site; where the file has none, its name
	Name, Address          string        // one of ID and Name is given; Name falls back to ID
	Point                  *geo.Point    // nil: there is only an address
	CustomerID             string        // of the company the site belongs to; may be empty
	INN, Phone, Segment    string        // INN is checked
	Tags                   []string      // each once, in the file's order
	Category               string        //
	Rep, Branch, SalesLine string        // as written; the reader knows no organization
	Service                time.Duration // length of one call
	Every                  int           // days between calls
	Weekdays               []time.Weekday
	Opens, Closes          *hours.TimeOfDay  // nil: the branch's hours; Closes before Opens: past midnight
	Priority               int               // 0 to 100
	Workload               float64           // weight in territory design
	Attributes             map[string]string // unknown columns that hold something

	origin origin
}

// Refuse makes a Rejected of a row that was read well and can't be used after all, for instance
// because its branch is not known. code, ru and en say why.
func (c CustomerRow) Refuse(column, value, code, ru, en string) Rejected {
	return c.origin.refuse(c.Line, column, value, fault{code, ru, en})
}

const (
	siteID field = iota
	siteName
	siteAddress
	siteLat
	siteLon
	siteCustomer
	siteINN
	sitePhone
	siteSegment
	siteTags
	siteCategory
	siteRep
	siteBranch
	siteLine
	siteMinutes
	siteCadence
	siteWeekdays
	siteOpen
	siteClose
	sitePriority
	siteWorkload
)

func customerColumns() columns {
	return columns{
		siteID:       {"id", "ид", "код", "code", "site id", "код точки", "код тт", "external id"},
		siteName:     {"name", "название", "наименование", "торговая точка", "точка", "site", "имя"},
		siteAddress:  {"address", "адрес", "адрес доставки", "фактический адрес", "addr"},
		siteLat:      {"lat", "широта", "latitude"},
		siteLon:      {"lon", "долгота", "lng", "long", "longitude"},
		siteCustomer: {"customer id", "код клиента", "customer", "client id", "клиент", "контрагент", "id клиента"},
		siteINN:      {"inn", "инн"},
		sitePhone:    {"phone", "телефон", "тел", "tel", "telephone"},
		siteSegment:  {"segment", "сегмент"},
		siteTags:     {"tags", "метки", "теги", "tag"},
		siteCategory: {"category", "категория", "тип"},
		siteRep:      {"rep", "торговый", "торговый представитель", "тп", "агент", "sales rep"},
		siteBranch:   {"branch", "филиал", "подразделение"},
		siteLine:     {"line", "направление", "sales line"},
		siteMinutes:  {"visit minutes", "минут на визит", "минут", "минуты", "длительность", "длительность визита", "service minutes"},
		siteCadence:  {"cadence days", "периодичность", "периодичность дней", "раз в дней", "cadence", "every days"},
		siteWeekdays: {"weekdays", "дни", "дни недели", "дни визитов"},
		siteOpen:     {"open", "открытие", "opens", "работает с", "открыто с"},
		siteClose:    {"close", "закрытие", "closes", "работает до", "открыто до"},
		sitePriority: {"priority", "приоритет"},
		siteWorkload: {"workload", "нагрузка", "weight", "вес"},
	}
}

var (
	noName  = fault{CodeRequired, "нужен код или название", "an id or a name is needed"}
	noPlace = fault{CodeRequired, "нужен адрес или широта с долготой", "an address, or latitude and longitude, are needed"}
	twice   = fault{CodeDuplicate, "этот код уже стоит в строке %d", "the id already stands on line %d"}
	twin    = fault{CodeDuplicate, "это название с тем же местом уже стоит в строке %d", "the name with the same place already stands on line %d"}
)

// ReadCustomers reads a customer file, CSV or XLSX, to its end. The rows it refuses come beside
// those it takes, both in the order of the file; an error means that none could be read, and wraps
// ErrEmpty, ErrNotTable, ErrHeader, ErrNoRows, ErrTooLarge or ErrDamaged. name is the file's, for
// the error. A row with only an address is taken, with a nil Point.
func ReadCustomers(r io.Reader, name string) (rows []CustomerRow, rejected []Rejected, err error) {
	return readCustomers(r, name, func(CustomerRow) bool { return true })
}

func readCustomers(r io.Reader, name string, wanted func(CustomerRow) bool) (rows []CustomerRow, rejected []Rejected, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("read %s: %w", name, err)
		}
	}()
	src, lay, err := open(r, customerColumns())
	if err != nil {
		return nil, nil, err
	}
	defer src.close()
	if !lay.has(siteID) && !lay.has(siteName) || !lay.has(siteAddress) && !(lay.has(siteLat) && lay.has(siteLon)) {
		return nil, nil, fmt.Errorf("%w: id (код) or name (название), and address (адрес) or lat with lon (широта, долгота), are needed", ErrHeader)
	}
	rejected, err = each(src, lay, func(r *row) {
		if site := readCustomer(r); r.fault == nil && wanted(site) {
			rows = append(rows, site)
		}
	})
	if err != nil {
		return nil, nil, err
	}
	rows, double := identify(rows)
	rows, swapped := CheckBounds(rows, nil)
	rejected = append(append(rejected, double...), swapped...)
	sortByLine(rejected)
	return rows, rejected, nil
}

func readCustomer(r *row) CustomerRow {
	c := CustomerRow{
		Line:       r.line,
		ID:         r.digits(siteID),
		Name:       r.text(siteName),
		Address:    r.text(siteAddress),
		CustomerID: r.digits(siteCustomer),
		Phone:      r.digits(sitePhone),
		Segment:    r.text(siteSegment),
		Category:   r.text(siteCategory),
		Rep:        r.text(siteRep),
		Branch:     r.text(siteBranch),
		SalesLine:  r.text(siteLine),
		Tags:       tags(r.text(siteTags)),
		origin:     r.origin(),
	}
	if c.ID == "" && c.Name == "" {
		r.refuse(siteID, "", &noName)
	}
	c.Point = r.point(siteLat, siteLon)
	if c.Point == nil && c.Address == "" {
		r.refuse(siteAddress, "", &noPlace)
	}
	c.INN = r.inn(siteINN)
	c.Service = time.Duration(r.number(siteMinutes, 1, 24*60, defaultService) * float64(time.Minute))
	c.Every = r.whole(siteCadence, 1, 3660, defaultCadence)
	c.Weekdays = r.weekdays(siteWeekdays)
	c.Opens, c.Closes = r.span(siteOpen, siteClose)
	c.Priority = r.whole(sitePriority, 0, 100, defaultPriority)
	c.Workload = r.number(siteWorkload, 0, 1e9, customer.Workload(c.Service, c.Every))
	if r.fault == nil {
		c.Attributes = r.attributes()
	}
	return c
}

// tags are separated by comma, semicolon or bar.
func tags(s string) []string {
	if s == "" {
		return nil
	}
	var list []string
	seen := map[string]bool{}
	for t := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ';' || r == '|' }) {
		if t = strings.TrimSpace(t); t != "" && !seen[t] {
			seen[t] = true
			list = append(list, t)
		}
	}
	return list
}

// identify names the sites that came without an id and refuses those that come twice. A chain
// calls many shops by one name: then the name alone is no identity, and each is told by its place.
func identify(rows []CustomerRow) (kept []CustomerRow, double []Rejected) {
	named := map[string]int{}
	for _, c := range rows {
		if c.ID == "" {
			named[c.Name]++
		}
	}
	kept = rows[:0]
	first := make(map[string]int, len(rows))
	for _, c := range rows {
		column, why := siteID, twice
		if c.ID == "" {
			column, why = siteName, twin
			c.ID = c.Name
			if named[c.Name] > 1 {
				c.ID += ", " + c.place()
			}
		}
		if c.Name == "" {
			c.Name = c.ID
		}
		if line, seen := first[c.ID]; seen {
			double = append(double, c.origin.refuse(c.Line, c.origin.layout.name(column), c.ID, *why.with(line)))
			continue
		}
		first[c.ID] = c.Line
		kept = append(kept, c)
	}
	return kept, double
}

// place is where the site stands, in words.
func (c CustomerRow) place() string {
	if c.Address != "" {
		return c.Address
	}
	return fmt.Sprintf("%.6f %.6f", c.Point.Lat, c.Point.Lon)
}
