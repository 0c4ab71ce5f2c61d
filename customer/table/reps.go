package table

import (
	"fmt"
	"io"
	"net/mail"
	"strings"

	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"golang.org/x/text/language"
)

// RepRow is one rep as a rep file names them.
type RepRow struct {
	Line               int
	Name               string
	Email              string // in small letters
	Branch             string // as written
	PersonnelNumber    string
	Phone              string
	Start              *geo.Point       // where the day begins; nil: not said
	ShiftFrom, ShiftTo *hours.TimeOfDay // nil: the branch's hours; ShiftTo before ShiftFrom: past midnight
	Locale             string           // ru, en, …; empty: not said
	Skills             []string         // what not everybody can do, each once; none: not said
	Attributes         map[string]string

	origin origin
}

// Refuse makes a Rejected of a rep that was read well and can't be used after all.
func (r RepRow) Refuse(column, value, code, ru, en string) Rejected {
	return r.origin.refuse(r.Line, column, value, fault{code, ru, en})
}

const (
	repName field = iota
	repEmail
	repBranch
	repNumber
	repPhone
	repLat
	repLon
	repFrom
	repTo
	repLocale
	repSkills
)

func repColumns() columns {
	return columns{
		repName:   {"name", "фио", "имя", "сотрудник", "full name"},
		repEmail:  {"email", "почта", "e mail", "электронная почта", "mail"},
		repBranch: {"branch", "филиал", "подразделение"},
		repNumber: {"personnel number", "табельный", "табельный номер", "таб номер", "employee id"},
		repPhone:  {"phone", "телефон", "тел", "tel", "telephone"},
		repLat:    {"lat", "широта", "latitude", "start lat"},
		repLon:    {"lon", "долгота", "lng", "long", "longitude", "start lon"},
		repFrom:   {"start", "начало", "shift from", "начало смены", "смена с"},
		repTo:     {"end", "конец", "shift to", "конец смены", "смена до"},
		repLocale: {"locale", "язык", "language"},
		repSkills: {"skills", "навыки", "умения", "skill"},
	}
}

var (
	noRepName  = fault{CodeRequired, "нужно имя", "a name is needed"}
	noEmail    = fault{CodeRequired, "нужна почта", "an email is needed"}
	badEmail   = fault{CodeEmail, "почта записана неверно: нужно вида имя@компания.ru", "the email is not written like name@company.com"}
	emailTwice = fault{CodeDuplicate, "эта почта уже стоит в строке %d", "the email already stands on line %d"}
	halfShift  = fault{CodeTime, "начало и конец смены нужны вместе", "the shift needs its beginning and its end"}
	badLocale  = fault{CodeLocale, "«%s» не язык, например ru или en", "%q is not a language like ru or en"}
)

// ReadReps reads a file of reps, CSV or XLSX, as ReadCustomers does. Each needs a name and an
// email of their own.
func ReadReps(r io.Reader, name string) (rows []RepRow, rejected []Rejected, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("read %s: %w", name, err)
		}
	}()
	src, lay, err := open(r, repColumns())
	if err != nil {
		return nil, nil, err
	}
	defer src.close()
	if !lay.has(repName) || !lay.has(repEmail) {
		return nil, nil, fmt.Errorf("%w: name (имя) and email (почта) are needed", ErrHeader)
	}
	first := map[string]int{}
	rejected, err = each(src, lay, func(r *row) {
		rep := readRep(r)
		if line, seen := first[rep.Email]; seen {
			r.refuse(repEmail, rep.Email, emailTwice.with(line))
		}
		if r.fault == nil {
			first[rep.Email] = r.line
			rows = append(rows, rep)
		}
	})
	if err != nil {
		return nil, nil, err
	}
	return rows, rejected, nil
}

func readRep(r *row) RepRow {
	rep := RepRow{
		Line:            r.line,
		Name:            r.text(repName),
		Email:           r.email(repEmail),
		Branch:          r.text(repBranch),
		PersonnelNumber: r.digits(repNumber),
		Phone:           r.digits(repPhone),
		Start:           r.point(repLat, repLon),
		Locale:          r.locale(repLocale),
		Skills:          tags(r.text(repSkills)),
		origin:          r.origin(),
	}
	if rep.Name == "" {
		r.refuse(repName, "", &noRepName)
	}
	if rep.ShiftFrom, rep.ShiftTo = r.span(repFrom, repTo); (rep.ShiftFrom == nil) != (rep.ShiftTo == nil) {
		r.refuse(repTo, r.text(repTo), &halfShift)
	}
	if r.fault == nil {
		rep.Attributes = r.attributes()
	}
	return rep
}

func (r *row) email(f field) string {
	s := strings.ToLower(r.text(f))
	if s == "" {
		r.refuse(f, "", &noEmail)
		return ""
	}
	if a, err := mail.ParseAddress(s); err != nil || a.Address != s || len(s) > 254 {
		r.refuse(f, s, &badEmail)
	}
	return s
}

func (r *row) locale(f field) string {
	s := strings.ToLower(r.text(f))
	switch {
	case s == "":
		return ""
	case strings.HasPrefix("русский", s) && len(s) >= len("рус"):
		return "ru"
	case strings.HasPrefix("английский", s) && len(s) >= len("анг"):
		return "en"
	}
	tag, err := language.Parse(s)
	if err != nil {
		r.refuse(f, s, badLocale.with(short(s)))
	}
	return tag.String()
}
