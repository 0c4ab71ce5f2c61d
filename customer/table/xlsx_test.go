package table_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hexbeat/hexbeat/customer/table"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/xuri/excelize/v2"
)

// workbook makes an XLSX file of one sheet; format gives cells a number format.
func workbook(t testing.TB, format map[string]string, rows ...[]any) []byte {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	for i, row := range rows {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := book.SetSheetRow("Sheet1", at, &row); err != nil {
			t.Fatal(err)
		}
	}
	for cell, code := range format {
		style, err := book.NewStyle(&excelize.Style{CustomNumFmt: &code})
		if err != nil {
			t.Fatal(err)
		}
		if err := book.SetCellStyle("Sheet1", cell, cell, style); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWorkbookCellsAreReadAsStored(t *testing.T) {
	t.Parallel()
	data := workbook(t, map[string]string{"C2": "0.00", "H2": "h:mm", "J2": "dd.mm.yyyy"},
		[]any{"Код", "Название", "Широта", "Долгота", "Телефон", "ИНН", "Дни", "Открытие", "Закрытие", "Договор от"},
		[]any{1001, "Шоп", 55.7512345, "37,62", 79161234567, 7707083893, 1, 0.375, "18:30", 45123},
		nil,
		[]any{1002, "Сад", 91, 37.5},
		[]any{1003, "Лес", 55.5, 37.5, "", "", "", "", "", "", "extra"},
		[]any{1004, "=A1", 55.25, 37.25},
	)
	rows, rejected, err := table.ReadCustomers(bytes.NewReader(data), "test.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || len(rejected) != 2 {
		t.Fatalf("%d rows, rejected %v, want 2 and 2", len(rows), rejected)
	}
	want := table.CustomerRow{
		Line: 2, ID: "1001", Name: "Шоп", Point: &geo.Point{Lat: 55.7512345, Lon: 37.62}, Phone: "79161234567",
		INN: "7707083893", Weekdays: []time.Weekday{time.Monday}, Opens: clock(9 * 60), Closes: clock(18*60 + 30),
		Service: 20 * time.Minute, Every: 28, Priority: 50, Workload: 20,
		Attributes: map[string]string{"Договор от": "16.07.2023"},
	}
	if diff := cmp.Diff(rows[0], want, values); diff != "" {
		t.Errorf("first row (-got +want):\n%s", diff)
	}
	if rows[1].Line != 6 || rows[1].Name != "=A1" {
		t.Errorf("last row = %d %q, want line 6, =A1", rows[1].Line, rows[1].Name)
	}
	if got := rejected[0]; got.Line != 4 || got.Code != table.CodeCoordinate || got.Column != "Широта" {
		t.Errorf("rejected[0] = %+v, want latitude 91 on line 4", got)
	}
	if got := rejected[1]; got.Line != 5 || got.Code != table.CodeText {
		t.Errorf("rejected[1] = %+v, want too many cells on line 5", got)
	}
}

func TestTheFirstVisibleSheetIsRead(t *testing.T) {
	t.Parallel()
	book := excelize.NewFile()
	defer book.Close()
	for _, err := range []error{
		book.SetSheetRow("Sheet1", "A1", &[]any{"hidden"}),
		second(book.NewSheet("Точки")),
		book.SetSheetRow("Точки", "A1", &[]any{"name", "address"}),
		book.SetSheetRow("Точки", "A2", &[]any{"Шоп", "Мира"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	book.SetActiveSheet(1)
	if err := book.SetSheetVisible("Sheet1", false); err != nil {
		t.Fatal(err)
	}
	b, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	rows, rejected, err := table.ReadCustomers(b, "test.xlsx")
	if err != nil || len(rows) != 1 || len(rejected) != 0 {
		t.Errorf("%v, %v, %v, want one row", rows, rejected, err)
	}
}

func second(_ int, err error) error { return err }

// repack writes the workbook again with some of its parts changed and others added.
func repack(t *testing.T, data []byte, change map[string]string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	put := func(name string, r io.Reader) {
		w, err := out.Create(name)
		if err == nil {
			_, err = io.Copy(w, r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range in.File {
		if _, changed := change[f.Name]; changed {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		put(f.Name, r)
		r.Close()
	}
	for name, text := range change {
		put(name, strings.NewReader(text))
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestHostileWorkbooksAreErrors(t *testing.T) {
	t.Parallel()
	good := workbook(t, nil, []any{"name", "address"}, []any{"Шоп", "Мира"})
	const sheet = "xl/worksheets/sheet1.xml"
	const begin = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`
	const head = `<row r="1"><c t="inlineStr"><is><t>name</t></is></c><c t="inlineStr"><is><t>address</t></is></c></row>`
	many := map[string]string{}
	for i := range 1001 {
		many[strings.Repeat("x", i+1)] = ""
	}
	for _, c := range []struct {
		name   string
		change map[string]string
		want   error
	}{
		{"bomb", map[string]string{"xl/media/a": strings.Repeat("\x00", 40<<20)}, table.ErrTooLarge},
		{"many parts", many, table.ErrTooLarge},
		{"climbing path", map[string]string{"../../etc/passwd": "x"}, table.ErrDamaged},
		{"climbing path, backslash", map[string]string{`..\x`: "x"}, table.ErrDamaged},
		{"DOCTYPE", map[string]string{sheet: `<!DOCTYPE a [<!ENTITY b "c">]>` + begin + head + `</sheetData></worksheet>`}, table.ErrDamaged},
		{"entity", map[string]string{sheet: begin + head + `<row r="2"><c><v>&b;</v></c></row></sheetData></worksheet>`}, table.ErrDamaged},
		{"cut short", map[string]string{sheet: begin + head + `<row r="2"><c><v>1`}, table.ErrDamaged},
		{"too many rows", map[string]string{sheet: begin + head + `<row r="99999999"><c><v>1</v></c></row></sheetData></worksheet>`}, table.ErrDamaged},
		{"no workbook", map[string]string{"xl/workbook.xml": "", "[Content_Types].xml": ""}, table.ErrNotTable},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rows, _, err := table.ReadCustomers(bytes.NewReader(repack(t, good, c.change)), "test.xlsx")
			if !errors.Is(err, c.want) {
				t.Errorf("ReadCustomers = %d rows, %v, want %v", len(rows), err, c.want)
			}
		})
	}
}
