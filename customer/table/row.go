package table

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
)

// row is the record being read. The first thing wrong with it is kept; what is read after that
// is not used.
type row struct {
	layout *layout
	record
	list   []string
	column field // of the fault; -1: the whole row
	value  string
}

func (r *row) begin(rec record) {
	r.record, r.column, r.value = rec, -1, ""
	r.list = r.list[:0]
	for rest, more := rec.cells, true; more; {
		var c string
		c, rest, more = strings.Cut(rest, mark)
		r.list = append(r.list, c)
	}
}

func (r *row) origin() origin { return origin{r.layout, r.cells} }

func (r *row) refuse(f field, value string, why *fault) {
	if r.fault == nil {
		r.column, r.value, r.fault = f, value, why
	}
}

func (r *row) rejected() Rejected {
	name := ""
	if r.column >= 0 {
		name = r.layout.name(r.column)
	}
	return r.origin().refuse(r.line, name, r.value, *r.fault)
}

// cell is the cleaned text of a column, without the apostrophe that marks text in a spreadsheet.
func (r *row) cell(i int) string {
	if i < 0 || i >= len(r.list) {
		return ""
	}
	c := r.list[i]
	if len(c) > 1 && c[0] == '\'' && risky(c[1]) {
		c = c[1:]
	}
	return clean(c)
}

func (r *row) text(f field) string { return r.cell(r.layout.at[f]) }

var (
	shortened = fault{CodeSpreadsheet, "электронная таблица сократила число: задайте столбцу текстовый формат",
		"a spreadsheet has shortened the digits: give the column the text format"}
	scientific = regexp.MustCompile(`^\d+([.,]\d+)?[eE]\+?\d+$`)
)

// digits is the text of a column whose digits are a name, not an amount. A spreadsheet that took
// them for an amount may have lost some.
func (r *row) digits(f field) string {
	s := r.text(f)
	if n := len(s); n > 3 && n < 30 && strings.ContainsAny(s, "eE") && scientific.MatchString(s) {
		r.refuse(f, s, &shortened)
	}
	return s
}

func (r *row) attributes() map[string]string {
	var a map[string]string
	for _, i := range r.layout.extra {
		if v := r.cell(i); v != "" {
			if a == nil {
				a = make(map[string]string, len(r.layout.extra))
			}
			a[r.layout.header[i]] = v
		}
	}
	return a
}

var (
	notNumber = fault{CodeNumber, "«%s» не число", "%q is not a number"}
	notWhole  = fault{CodeNumber, "нужно целое число", "a whole number is needed"}
	outOf     = fault{CodeNumber, "число должно лежать между %.0f и %.0f", "the number must lie between %.0f and %.0f"}
)

// parseNumber reads a decimal with a point or a single comma. NaN, infinity, hexadecimal and
// grouped digits are not numbers here.
func parseNumber(s string) (float64, bool) {
	if strings.Count(s, ",") == 1 && !strings.Contains(s, ".") {
		s = strings.Replace(s, ",", ".", 1)
	}
	s = strings.Replace(s, "−", "-", 1)
	if strings.Trim(s, "+-.0123456789eE") != "" || strings.ContainsAny(s[:min(1, len(s))], "eE") {
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil && !math.IsInf(n, 0)
}

// number is the column's value within limits, or what stands in for an empty cell.
func (r *row) number(f field, least, most, empty float64) float64 {
	s := r.text(f)
	if s == "" {
		return empty
	}
	n, ok := parseNumber(s)
	switch {
	case !ok:
		r.refuse(f, s, notNumber.with(short(s)))
	case n < least || n > most:
		r.refuse(f, s, outOf.with(least, most))
	}
	return n
}

func (r *row) whole(f field, least, most, empty int) int {
	n := r.number(f, float64(least), float64(most), float64(empty))
	if n != math.Trunc(n) {
		r.refuse(f, r.text(f), &notWhole)
		return empty
	}
	return int(n)
}

var (
	halfPlace  = fault{CodeCoordinate, "широта и долгота нужны вместе", "latitude and longitude are needed together"}
	notDegrees = fault{CodeCoordinate, "«%s» не координата: нужны градусы десятичной дробью, например 55.7558",
		"%q is not a coordinate: decimal degrees are needed, like 55.7558"}
	sexagesimal = fault{CodeCoordinate, "градусы, минуты и секунды нужно перевести в десятичную дробь: градусы + минуты ÷ 60 + секунды ÷ 3600",
		"degrees, minutes and seconds must be written as decimal degrees: degrees + minutes ÷ 60 + seconds ÷ 3600"}
	badLatitude  = fault{CodeCoordinate, "широта %v должна лежать между −90 и 90", "latitude %v must lie between -90 and 90"}
	badLongitude = fault{CodeCoordinate, "долгота %v должна лежать между −180 и 180", "longitude %v must lie between -180 and 180"}
	nullIsland   = fault{CodeCoordinate, "координаты 0, 0 лежат в океане: если место неизвестно, оставьте ячейки пустыми",
		"coordinates 0, 0 lie in the ocean: leave the cells empty where the place is not known"}
)

// point is nil when both cells are empty.
func (r *row) point(latField, lonField field) *geo.Point {
	lat, lon := r.text(latField), r.text(lonField)
	if lat == "" && lon == "" {
		return nil
	}
	if lat == "" {
		r.refuse(latField, "", &halfPlace)
		return nil
	}
	if lon == "" {
		r.refuse(lonField, "", &halfPlace)
		return nil
	}
	p := geo.Point{Lat: r.degrees(latField, lat, 90, badLatitude), Lon: r.degrees(lonField, lon, 180, badLongitude)}
	if p == (geo.Point{}) {
		r.refuse(latField, lat+" "+lon, &nullIsland)
	}
	return &p
}

func (r *row) degrees(f field, s string, most float64, beyond fault) float64 {
	n, ok := parseNumber(s)
	switch {
	case ok && math.Abs(n) <= most:
		return n
	case ok:
		r.refuse(f, s, beyond.with(n))
	case angle(s):
		r.refuse(f, s, &sexagesimal)
	default:
		r.refuse(f, s, notDegrees.with(short(s)))
	}
	return math.NaN()
}

// angle says whether s looks like degrees with minutes, or with a letter for the side of the world.
func angle(s string) bool {
	return strings.ContainsAny(s, "°º′″'\"’”") ||
		strings.ContainsAny(s, "0123456789") && !strings.Contains(s, ", ") &&
			(strings.ContainsAny(s, "NSWnswСЮВЗсювз :") || strings.HasSuffix(s, "E") || strings.HasSuffix(s, "e"))
}

var (
	notTime  = fault{CodeTime, "«%s» не время суток, например 09:00", "%q is not a time of day like 09:00"}
	sameTime = fault{CodeTime, "начало и конец совпадают; круглые сутки записываются 00:00 и 24:00",
		"the beginning equals the end; around the clock is written 00:00 and 24:00"}
)

// span reads two times of day; each is nil when its cell is empty. An end before the beginning
// lies past midnight.
func (r *row) span(from, to field) (begin, end *hours.TimeOfDay) {
	begin, end = r.time(from), r.time(to)
	if begin != nil && end != nil && *begin == *end {
		r.refuse(from, r.text(from), &sameTime)
	}
	return begin, end
}

func (r *row) time(f field) *hours.TimeOfDay {
	s := r.text(f)
	if s == "" {
		return nil
	}
	t, ok := parseTime(s)
	if !ok {
		r.refuse(f, s, notTime.with(short(s)))
	}
	return &t
}

// parseTime reads 9:00, 09:00, 09:00:00, and the part of a day a spreadsheet stores: 0.375.
func parseTime(s string) (hours.TimeOfDay, bool) {
	if h, m, ok := strings.Cut(s, ":"); ok {
		m = strings.TrimSuffix(m, ":00")
		hour, errH := strconv.ParseUint(h, 10, 8)
		minute, errM := strconv.ParseUint(m, 10, 8)
		t := hours.TimeOfDay(hour*60 + minute)
		return t, errH == nil && errM == nil && len(m) == 2 && len(h) <= 2 && minute < 60 && t <= 24*60
	}
	part, ok := parseNumber(s)
	if !ok || part < 0 || part > 1 || part == 1 && !strings.Contains(s, ".") || part > 0 && part < 1.0/(24*60) {
		return 0, false // a bare 1 may mean one o'clock
	}
	return hours.TimeOfDay(math.Round(part * 24 * 60)), true
}
