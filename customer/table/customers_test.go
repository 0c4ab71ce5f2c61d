package table_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/hexbeat/hexbeat/customer/table"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
)

var values = cmp.Options{cmpopts.IgnoreUnexported(table.CustomerRow{}, table.RepRow{}, table.VisitRow{})}

func clock(t hours.TimeOfDay) *hours.TimeOfDay { return &t }

func readOne(t *testing.T, file string) table.CustomerRow {
	t.Helper()
	rows, rejected, err := table.ReadCustomers(strings.NewReader(file), "test.csv")
	if err != nil || len(rows) != 1 || len(rejected) != 0 {
		t.Fatalf("ReadCustomers(%q) = %d rows, %v, %v, want one row", file, len(rows), rejected, err)
	}
	return rows[0]
}

func TestEveryColumnIsUnderstoodInBothLanguages(t *testing.T) {
	t.Parallel()
	want := table.CustomerRow{
		Line: 2, ID: "7", Name: "Ромашка", Address: "Мира, 1", Point: &geo.Point{Lat: 55.75, Lon: 37.62},
		CustomerID: "c1", INN: "7707083893", Phone: "+7 495 000", Segment: "A", Tags: []string{"опт", "север"},
		Category: "shop", Rep: "Иванов", Branch: "Москва", SalesLine: "Чай", Service: 30 * time.Minute, Every: 14,
		Weekdays: []time.Weekday{time.Monday, time.Tuesday}, Opens: clock(9 * 60), Closes: clock(24 * 60),
		Priority: 80, Workload: 2.5, Attributes: map[string]string{"Витрина": "2"},
	}
	values := cmp.Options{values}
	const row = `7;Ромашка;Мира, 1;55,75;37.62;c1;7707083893;+7 495 000;A;опт, север;shop;Иванов;Москва;Чай;30;14;пн,вт;09:00;24:00;80;2,5;2`
	for _, header := range []string{
		"id;name;address;lat;lon;customer_id;inn;phone;segment;tags;category;rep;branch;line;visit_minutes;cadence_days;weekdays;open;close;priority;workload;Витрина",
		"Код;НАЗВАНИЕ;Адрес;Широта;Долгота;Код клиента;ИНН;Телефон;Сегмент;Метки;Категория;Торговый;Филиал;Направление;Минут на визит;Периодичность;Дни;Открытие;Закрытие;Приоритет;Нагрузка;Витрина",
		" ID ;Name;ADDRESS;latitude;LNG;Customer ID;inn;Phone;segment;tags;category;rep;branch;line;Visit-Minutes;cadence days;weekdays;opens;closes;priority;weight;Витрина",
	} {
		if diff := cmp.Diff(readOne(t, header+"\n"+row), want, values); diff != "" {
			t.Errorf("under %q (-got +want):\n%s", header, diff)
		}
	}
}

func TestWhatARowDoesNotSayHasDefaults(t *testing.T) {
	t.Parallel()
	got := readOne(t, "name,address\nРомашка,\"Мира, 1\"\n")
	want := table.CustomerRow{Line: 2, ID: "Ромашка", Name: "Ромашка", Address: "Мира, 1",
		Service: 20 * time.Minute, Every: 28, Priority: 50, Workload: 20}
	if diff := cmp.Diff(got, want, values); diff != "" {
		t.Errorf("defaults (-got +want):\n%s", diff)
	}
}

func TestTextIsReadAsAPersonSeesIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, cell, want string }{
		{"decomposed", "Русски\u0438\u0306", "Русский"},
		{"direction and zero width", "\u202eШ\u200bоп\ufeff", "Шоп"},
		{"spaces", "  Шоп\u00a0\u2009 1 ", "Шоп 1"},
		{"line break", "\"Шоп\n1\"", "Шоп 1"},
		{"quotes", `"ООО ""Шоп"""`, `ООО "Шоп"`},
		{"quotes unquoted", `ООО "Шоп"`, `ООО "Шоп"`},
		{"formula", "=1+1", "=1+1"},
		{"at", "@Шоп", "@Шоп"},
		{"apostrophe of a spreadsheet", "'=1+1", "=1+1"},
		{"separator of our own", "Шоп\x1f1", "Шоп 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := readOne(t, "id,name,address\n1,"+c.cell+",a\n").Name; got != c.want {
				t.Errorf("%q is read as %q, want %q", c.cell, got, c.want)
			}
		})
	}
}

func TestEachKindOfSeparatorIsRecognised(t *testing.T) {
	t.Parallel()
	for _, file := range []string{
		"id,name,lat,lon\r\n1,Шоп,55.5,37.5\r\n",
		"id;name;lat;lon\n1;Шоп;55,5;37,5\n",
		"id\tname\tlat\tlon\n1\tШоп\t55.5\t37.5",
		"sep=;\nid;name;lat;lon\n1;Шоп;55.5;37.5\n",
		"id,name,lat,lon\r1,Шоп,55.5,37.5\r",
		"\n\nid,name,lat,lon\n,,,\n\n1,Шоп,\"55,5\", \"37,5\" \n",
	} {
		if got := readOne(t, file); *got.Point != (geo.Point{Lat: 55.5, Lon: 37.5}) {
			t.Errorf("ReadCustomers(%q) lies at %v", file, *got.Point)
		}
	}
}

func TestBadCellsAreRefusedWithTheirReason(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ column, cell, code string }{
		{"lat", "91", table.CodeCoordinate},
		{"lat", "-90.1", table.CodeCoordinate},
		{"lon", "181", table.CodeCoordinate},
		{"lat", "NaN", table.CodeCoordinate},
		{"lat", "+Inf", table.CodeCoordinate},
		{"lat", "1e400", table.CodeCoordinate},
		{"lat", "0x10", table.CodeCoordinate},
		{"lat", `55°45'21"`, table.CodeCoordinate},
		{"lat", "55 45 21", table.CodeCoordinate},
		{"lat", "55.75N", table.CodeCoordinate},
		{"lat", "55.75, 37.62", table.CodeCoordinate},
		{"lat", "", table.CodeCoordinate},
		{"lon", "", table.CodeCoordinate},
		{"inn", "7707083894", table.CodeINN},
		{"inn", "123", table.CodeINN},
		{"inn", "7.70708E+09", table.CodeSpreadsheet},
		{"phone", "7,91612E+10", table.CodeSpreadsheet},
		{"visit_minutes", "0", table.CodeNumber},
		{"visit_minutes", "-5", table.CodeNumber},
		{"visit_minutes", "1441", table.CodeNumber},
		{"visit_minutes", "many", table.CodeNumber},
		{"cadence_days", "0", table.CodeNumber},
		{"cadence_days", "1.5", table.CodeNumber},
		{"priority", "101", table.CodeNumber},
		{"priority", "-1", table.CodeNumber},
		{"workload", "-1", table.CodeNumber},
		{"workload", "NaN", table.CodeNumber},
		{"weekdays", "8", table.CodeWeekday},
		{"weekdays", "пн,вч", table.CodeWeekday},
		{"weekdays", ",", table.CodeWeekday},
		{"open", "25:00", table.CodeTime},
		{"open", "9", table.CodeTime},
		{"open", "09:0x", table.CodeTime},
		{"close", "09:00", table.CodeTime},
	} {
		t.Run(c.column+" "+c.cell, func(t *testing.T) {
			t.Parallel()
			header := []string{"name", "lat", "lon", "address", "open", "close", "inn", "phone", "visit_minutes", "cadence_days", "priority", "workload", "weekdays"}
			cells := []string{"Шоп", "55.5", "37.5", "Мира", "09:00", "18:00", "", "", "", "", "", "", ""}
			for i, h := range header {
				if h == c.column {
					cells[i] = c.cell
				}
			}
			file := strings.Join(header, ";") + "\n" + strings.Join(cells, ";") + "\n"
			rows, rejected, err := table.ReadCustomers(strings.NewReader(file), "test.csv")
			if err != nil || len(rows) != 0 || len(rejected) != 1 {
				t.Fatalf("%d rows, %v, %v, want one refusal", len(rows), rejected, err)
			}
			got := rejected[0]
			if got.Code != c.code || got.Line != 2 || got.RU == "" || got.EN == "" || strings.Contains(got.RU+got.EN, "%!") {
				t.Errorf("refusal = %+v, want code %s on line 2 with both sentences", got, c.code)
			}
			if got.Column != c.column && c.column != "close" {
				t.Errorf("refused column = %q, want %q", got.Column, c.column)
			}
		})
	}
}

func TestBadRowsDoNotStopTheOthers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, row, code string
		good            int // rows inside that are to be taken
	}{
		{"too many cells", "1,a,Мира,55,75,37,62", table.CodeText, 0},
		{"too few cells", "1,a", table.CodeText, 0},
		{"NUL", "1,a\x00b,Мира,1,1", table.CodeText, 0},
		{"invalid UTF-8", "1,Ром\xffашка,Мира,1,1", table.CodeText, 0},
		{"replacement character", "1,Ром\uFFFDашка,Мира,1,1", table.CodeText, 0},
		{"open quote", `1,"Ромашка,Мира,1,1`, table.CodeText, 0},
		{"open quote met by another", "1,\"Ромашка,Мира,1,1\n7,\"Роза\",Мира,2,2", table.CodeText, 1},
		{"text after a quote", `1,"Роза" ООО,Мира,1,1`, table.CodeText, 0},
		{"huge cell", "1," + strings.Repeat("я", 500_000) + ",Мира,1,1", table.CodeText, 0},
		{"huge quoted cell", `1,"` + strings.Repeat("x", 1_000_000) + `",Мира,1,1`, table.CodeText, 0},
		{"nowhere", "1,a,,,", table.CodeRequired, 0},
		{"nameless", ",,Мира,1,1", table.CodeRequired, 0},
		{"null island", "1,a,Мира,0,0.0", table.CodeCoordinate, 0},
		{"twice", "ok1,a,Мира,1,1", table.CodeDuplicate, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			file := "id,name,address,lat,lon\nok1,Сад,Мира,55.1,37.1\n" + c.row + "\nok2,Лес,Мира,55.2,37.2\n"
			rows, rejected, err := table.ReadCustomers(strings.NewReader(file), "test.csv")
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) != 2+c.good || len(rejected) != 1 || rows[0].ID != "ok1" || rows[len(rows)-1].ID != "ok2" {
				t.Fatalf("%d rows, %d rejected, want the good rows and one refusal", len(rows), len(rejected))
			}
			if rejected[0].Code != c.code || rejected[0].Line != 3 {
				t.Errorf("refusal = %s on line %d (%s), want %s on line 3", rejected[0].Code, rejected[0].Line, rejected[0].EN, c.code)
			}
			if got := rows[len(rows)-1].Line; got != strings.Count(c.row, "\n")+4 {
				t.Errorf("the row after stands on line %d, want %d", got, strings.Count(c.row, "\n")+4)
			}
		})
	}
}

func TestUselessFilesAreErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, file string
		want       error
	}{
		{"empty", "", table.ErrEmpty},
		{"only a mark", "\xef\xbb\xbf", table.ErrEmpty},
		{"only blank lines", "\n \r\n", table.ErrEmpty},
		{"only a header", "id,name,lat,lon\n", table.ErrNoRows},
		{"only a header and blanks", "id,name,lat,lon\n\n,,,\n", table.ErrNoRows},
		{"no header", "1,Шоп,55.5,37.5\n", table.ErrHeader},
		{"no place", "id,name,lat\n1,Шоп,55.5\n", table.ErrHeader},
		{"no name", "address,phone\nМира,1\n", table.ErrHeader},
		{"a column twice", "id,name,lat,lon,широта\n1,a,1,1,1\n", table.ErrHeader},
		{"open quote in the header", "id,\"name,lat,lon\n1,a,1,1\n", table.ErrHeader},
		{"image", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01", table.ErrNotTable},
		{"pdf", "%PDF-1.7\n1 0 obj", table.ErrNotTable},
		{"old Excel", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", table.ErrNotTable},
		{"broken archive", "PK\x03\x04rubbish", table.ErrDamaged},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rows, rejected, err := table.ReadCustomers(strings.NewReader(c.file), "test.csv")
			if !errors.Is(err, c.want) || rows != nil || rejected != nil {
				t.Errorf("ReadCustomers(%q) = %v, %v, %v, want %v", c.file, rows, rejected, err, c.want)
			}
			if err != nil && !strings.Contains(err.Error(), "test.csv") {
				t.Errorf("%q does not name the file", err)
			}
		})
	}
}

func TestSitesOfOneNameAreToldByTheirPlace(t *testing.T) {
	t.Parallel()
	rows, rejected, err := table.ReadCustomers(strings.NewReader(
		"name,address\nМагнит,Мира 1\nМагнит,Мира 2\nРоза,Мира 3\nМагнит,Мира 1\n"), "test.csv")
	if err != nil || len(rejected) != 1 || rejected[0].Line != 5 || rejected[0].Code != table.CodeDuplicate {
		t.Fatalf("rejected %v, %v, want line 5", rejected, err)
	}
	var got []string
	for _, r := range rows {
		got = append(got, r.ID)
	}
	if diff := cmp.Diff(got, []string{"Магнит, Мира 1", "Магнит, Мира 2", "Роза"}); diff != "" {
		t.Errorf("ids (-got +want):\n%s", diff)
	}
}

func TestSwappedCoordinatesStandOutFromTheOthers(t *testing.T) {
	t.Parallel()
	for _, city := range []geo.Point{{Lat: 55.75, Lon: 37.62}, {Lat: 53.2, Lon: 50.1}, {Lat: 42.5, Lon: 1.5}, {Lat: 66, Lon: 179.99}} {
		var b strings.Builder
		b.WriteString("id,lat,lon\n")
		for i := range 20 {
			lat, lon := city.Lat+float64(i%5)/50, city.Lon+float64(i/5)/50
			if lon > 180 {
				lon -= 360
			}
			fmt.Fprintf(&b, "%d,%f,%f\n", i, lat, lon)
		}
		if city.Lon < 90 {
			fmt.Fprintf(&b, "swapped,%f,%f\n", city.Lon, city.Lat)
		}
		b.WriteString("far,-33.9,151.2\n")
		rows, rejected, err := table.ReadCustomers(strings.NewReader(b.String()), "test.csv")
		if err != nil {
			t.Fatal(err)
		}
		if city.Lon > 90 {
			if len(rejected) != 0 {
				t.Errorf("at %v rejected %v, want none", city, rejected)
			}
			continue
		}
		if len(rows) != 21 || len(rejected) != 1 || rejected[0].Code != table.CodeSwapped || rejected[0].Line != 22 || rejected[0].Column != "lat" {
			t.Errorf("at %v: %d rows, rejected %v, want the swapped one on line 22", city, len(rows), rejected)
		}
	}
}

func TestBoundsDecideWhenTheyAreKnown(t *testing.T) {
	t.Parallel()
	rows, _, err := table.ReadCustomers(strings.NewReader(
		"id,address,lat,lon\nin,,55.7,37.6\nswapped,,37.6,55.7\nfar,,-33.9,151.2\nunplaced,Мира,,\n"), "test.csv")
	if err != nil {
		t.Fatal(err)
	}
	kept, rejected := table.CheckBounds(rows, &geo.Bounds{South: 54, West: 35, North: 57, East: 40})
	if len(kept) != 2 || kept[0].ID != "in" || kept[1].ID != "unplaced" {
		t.Errorf("kept %v, want in and unplaced", kept)
	}
	if len(rejected) != 2 || rejected[0].Code != table.CodeSwapped || rejected[1].Code != table.CodeOutside {
		t.Errorf("rejected %v, want swapped and outside", rejected)
	}
	if diff := cmp.Diff(rejected[0].Record, []string{"swapped", "", "37.6", "55.7"}); diff != "" {
		t.Errorf("record (-got +want):\n%s", diff)
	}
	if len(rows) != 4 {
		t.Errorf("the rows given in are %d, want 4 as before", len(rows))
	}
}

func TestWeekdaysAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	work := []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	for cell, want := range map[string][]time.Weekday{
		"1-5": work, "пн-пт": work, "Пн – Пт": work, "будни": work, "mon..fri": work, "1,2,3,4,5": work, "пт чт ср вт пн": work,
		"сб-пн": {time.Monday, time.Saturday, time.Sunday},
		"понедельник, Воскресенье": {time.Monday, time.Sunday},
		"Tue/thursday":   {time.Tuesday, time.Thursday},
		"7":              {time.Sunday},
		"среда, пятница": {time.Wednesday, time.Friday},
	} {
		if diff := cmp.Diff(readOne(t, "id;address;weekdays\n1;a;"+cell+"\n").Weekdays, want); diff != "" {
			t.Errorf("%q (-got +want):\n%s", cell, diff)
		}
	}
}

func TestINNGetsItsLostZeroBack(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"7707083893":   "7707083893",
		"500100732259": "500100732259",
		"105012349":    "0105012349",
		"105012340":    "",
	} {
		rows, _, err := table.ReadCustomers(strings.NewReader("id;address;inn\n1;a;"+cell+"\n"), "test.csv")
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if len(rows) == 1 {
			got = rows[0].INN
		}
		if got != want {
			t.Errorf("INN %s is read as %q, want %q", cell, got, want)
		}
	}
}

func TestThreeSitesAreEnoughToTellTheSwappedOne(t *testing.T) {
	t.Parallel()
	for line, file := range map[int]string{
		2: "id,lat,lon\nswapped,37.6,55.75\na,55.76,37.61\nb,55.75,37.59\n",
		4: "id,lat,lon\na,55.76,37.61\nb,55.75,37.59\nswapped,37.6,55.75\n",
	} {
		rows, rejected, err := table.ReadCustomers(strings.NewReader(file), "test.csv")
		if err != nil || len(rows) != 2 || len(rejected) != 1 || rejected[0].Line != line || rejected[0].Code != table.CodeSwapped {
			t.Errorf("%d rows, rejected %v, %v, want the one on line %d rejected as swapped", len(rows), rejected, err, line)
		}
	}
}
