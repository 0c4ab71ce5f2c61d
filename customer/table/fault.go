package table

import (
	"fmt"
	"slices"
	"strings"
)

// Rejected is a row that was not taken, and why.
type Rejected struct {
	Line   int      // 1 is the first line of the file, usually the header
	Column string   // as the file names it; empty when the whole row is meant
	Value  string   // what stood there, at most 40 characters
	Code   string   // one of the Code… constants
	RU, EN string   // the reason, a sentence each
	Record []string // the row's cells, as they stood
	Header []string // the file's header, shared by all its rows
}

// The kinds of refusal.
const (
	CodeText        = "TEXT"        // the row's text can't be read: encoding, quotes, length, number of cells
	CodeRequired    = "REQUIRED"    // something that must be there is missing
	CodeCoordinate  = "COORDINATE"  // no place on Earth, or not written as decimal degrees
	CodeSwapped     = "SWAPPED"     // latitude and longitude stand in each other's place
	CodeOutside     = "OUTSIDE"     // outside the organization's bounds
	CodeDuplicate   = "DUPLICATE"   // stood in an earlier row
	CodeNumber      = "NUMBER"      // no number, or outside what the column allows
	CodeTime        = "TIME"        // no time of day, or opening equals closing
	CodeMoment      = "MOMENT"      // no date, no date with a time of day, or an end before its beginning
	CodeWeekday     = "WEEKDAY"     // no day of the week
	CodeINN         = "INN"         // not a taxpayer number
	CodeEmail       = "EMAIL"       // not an email address
	CodeLocale      = "LOCALE"      // not a language
	CodeSpreadsheet = "SPREADSHEET" // a spreadsheet wrote 7.9E+10 for the digits
)

// fault is a reason for refusal. The sentences may name places and numbers, never people.
type fault struct {
	Code, RU, EN string
}

func (f fault) with(args ...any) *fault {
	return &fault{f.Code, fmt.Sprintf(f.RU, args...), fmt.Sprintf(f.EN, args...)}
}

var (
	openQuote  = fault{CodeText, "кавычка открыта и не закрыта", "a quote is opened and never closed"}
	afterQuote = fault{CodeText, "после закрывающей кавычки стоит текст: кавычки внутри ячейки нужно удвоить",
		"text follows a closing quote: double the quotes inside a cell"}
	tooLong     = fault{CodeText, "ячейка длиннее 32 КБ", "a cell is longer than 32 KB"}
	nulByte     = fault{CodeText, "в строке есть нулевой символ", "the row holds a NUL character"}
	badEncoding = fault{CodeText, "символы не читаются: сохраните файл в UTF-8 или Windows-1251",
		"characters can't be read: save the file as UTF-8 or Windows-1251"}
	ragged = fault{CodeText, "в строке ячеек %d, а в заголовке %d", "the row has %d cells and the header %d"}
	commas = fault{CodeText, "в строке ячеек %d, а в заголовке %d: запятая внутри ячейки (или число вида 55,75) требует кавычек или файла с точкой с запятой",
		"the row has %d cells and the header %d: a comma inside a cell (or a number like 55,75) needs quotes, or a file with semicolons"}
)

func raggedFault(cells, width int, comma byte) *fault {
	if comma == ',' && cells > width {
		return commas.with(cells, width)
	}
	return ragged.with(cells, width)
}

// origin is what a row needs to be refused later, by someone who knows more than its file.
type origin struct {
	layout *layout
	cells  string
}

func (o origin) refuse(line int, column, value string, f fault) Rejected {
	r := Rejected{Line: line, Column: column, Value: short(value), Code: f.Code, RU: f.RU, EN: f.EN}
	if o.layout != nil {
		r.Header = o.layout.header
		r.Record = strings.Split(strings.ToValidUTF8(o.cells, "\uFFFD"), mark)
	}
	return r
}

func sortByLine(rejected []Rejected) {
	slices.SortStableFunc(rejected, func(a, b Rejected) int { return a.Line - b.Line })
}
