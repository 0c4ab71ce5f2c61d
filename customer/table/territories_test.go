package table_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hexbeat/hexbeat/customer/table"
	"github.com/hexbeat/hexbeat/geo"
)

// readAll reads a text that must be a table, and says which lines were refused, with their codes.
func readAll[Row any](t *testing.T, read func(io.Reader, string) ([]Row, []table.Rejected, error), text string) (rows []Row, refused map[int]string) {
	t.Helper()
	rows, rejected, err := read(strings.NewReader(text), "test.csv")
	if err != nil {
		t.Fatalf("read %q: %v", text, err)
	}
	refused = map[int]string{}
	for _, r := range rejected {
		refused[r.Line] = r.Code
	}
	return rows, refused
}

func differs(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("%s (-got +want):\n%s", what, diff)
	}
}

func TestPlacedCustomersAreReadOnce(t *testing.T) {
	t.Parallel()
	got, refused := readAll(t, table.ReadPlaced, "\uFEFFcustomer_id,territory,unit\n1,Север,x\n2,,x\n1,Север,y\n1,Юг,z\n,Юг,z\n3,Юг\n4,'=Юг,x\n")
	differs(t, "placed", got, []table.PlacedRow{
		{Line: 2, Customer: "1", Territory: "Север"}, {Line: 3, Customer: "2"}, {Line: 8, Customer: "4", Territory: "=Юг"},
	})
	differs(t, "refused", refused, map[int]string{5: table.CodeDuplicate, 6: table.CodeRequired, 7: table.CodeText})

	got, _ = readAll(t, table.ReadPlaced, "Код;Торговый\n7;Иванов\n")
	differs(t, "reps as territories", got, []table.PlacedRow{{Line: 2, Customer: "7", Territory: "Иванов"}})
}

func TestTerritoriesHaveCapacitiesAndHomes(t *testing.T) {
	t.Parallel()
	got, refused := readAll(t, table.ReadTerritories, "Территория;Ставка;Широта;Долгота\nСевер;0,5;55,9;37,6\nЮг;;;\nВакансия;0;;\nСевер;1;;\n;1;;\nЗапад;-1;;\nВосток;1;55,9;\n")
	differs(t, "territories", got, []table.TerritoryRow{
		{Line: 2, Name: "Север", Capacity: 0.5, Home: &geo.Point{Lat: 55.9, Lon: 37.6}},
		{Line: 3, Name: "Юг", Capacity: 1},
		{Line: 4, Name: "Вакансия", Capacity: 0},
	})
	differs(t, "refused", refused, map[int]string{
		5: table.CodeDuplicate, 6: table.CodeRequired, 7: table.CodeNumber, 8: table.CodeCoordinate,
	})
}

func TestLocksNameACustomerOrACell(t *testing.T) {
	t.Parallel()
	got, refused := readAll(t, table.ReadLocks, "customer_id,cell,territory\n1,,Север\n,8911aa78e27ffff,Юг\n,not a cell,Юг\n,,Юг\n2,,\n")
	differs(t, "locks", got, []table.LockRow{
		{Line: 2, Customer: "1", Territory: "Север"}, {Line: 3, Cell: 0x8911aa78e27ffff, Territory: "Юг"},
	})
	differs(t, "refused", refused, map[int]string{4: table.CodeText, 5: table.CodeRequired, 6: table.CodeRequired})
}

func TestMarkedCustomersNeedNoOtherColumn(t *testing.T) {
	t.Parallel()
	got, refused := readAll(t, table.ReadMarked, "id,comment\n1,звонили\n,кто-то\n")
	differs(t, "marked", got, []table.MarkedRow{{Line: 2, Customer: "1"}})
	differs(t, "refused", refused, map[int]string{3: table.CodeRequired})
}

func TestHeadersMustSayWhatIsNeeded(t *testing.T) {
	t.Parallel()
	for what, read := range map[string]func(io.Reader) error{
		"placed": func(r io.Reader) error { _, _, err := table.ReadPlaced(r, "x"); return err },
		"listed": func(r io.Reader) error { _, _, err := table.ReadTerritories(r, "x"); return err },
		"locks":  func(r io.Reader) error { _, _, err := table.ReadLocks(r, "x"); return err },
		"marked": func(r io.Reader) error { _, _, err := table.ReadMarked(r, "x"); return err },
	} {
		if err := read(strings.NewReader("colour,size\nred,1\n")); !errors.Is(err, table.ErrHeader) {
			t.Errorf("%s: %v, want ErrHeader", what, err)
		}
		if err := read(strings.NewReader("")); !errors.Is(err, table.ErrEmpty) {
			t.Errorf("%s: %v, want ErrEmpty", what, err)
		}
	}
}

func TestAmountsComeFromColumnsOrAreCounted(t *testing.T) {
	t.Parallel()
	rows, _ := readAll(t, table.ReadCustomers, "id;lat;lon;Выручка;visit_minutes;cadence_days\n1;55,7;37,6;1 200 000,5;30;14\n2;55,7;37,7;;10;28\n3;55,7;37,8;0;20;7\n")
	for column, want := range map[string][]float64{
		"выручка": {1200000.5, 0, 0}, "count": {1, 1, 1}, "visits": {2, 1, 4}, "Minutes": {60, 10, 80}, "workload": {60, 10, 80},
	} {
		got, missing, err := table.Amounts(rows, column)
		if err != nil {
			t.Errorf("Amounts(%q): %v", column, err)
			continue
		}
		differs(t, column, got, want)
		if want := map[bool]int{true: 1}[column == "выручка"]; missing != want {
			t.Errorf("of %q %d are missing, want %d", column, missing, want)
		}
	}
	for _, bad := range []string{"lots", "-5", "NaN", "1e999"} {
		rows, _ := readAll(t, table.ReadCustomers, "id,lat,lon,revenue\n1,55.7,37.6,7\n2,55.7,37.7,"+bad+"\n")
		if _, _, err := table.Amounts(rows, "revenue"); !errors.Is(err, table.ErrColumn) || !strings.Contains(err.Error(), "line 3") {
			t.Errorf("revenue of %q: %v, want ErrColumn with the line", bad, err)
		}
	}
	if _, _, err := table.Amounts(rows, "profit"); !errors.Is(err, table.ErrColumn) {
		t.Errorf("a column that is not there: %v, want ErrColumn", err)
	}
	differs(t, "texts", table.Texts(rows, "profit", "выручка"), []string{"1 200 000,5", "", "0"})
	differs(t, "texts of no column", table.Texts(rows, "profit"), []string(nil))
}

func TestALineHasItsOwnRows(t *testing.T) {
	t.Parallel()
	const file = "id,line,lat,lon\n1,Tea,55.7,37.6\n1,Coffee,55.7,37.6\n2,\"tea, coffee\",55.7,37.7\n3,,55.7,37.8\n"
	for line, want := range map[string][]string{"tea": {"1", "2"}, "COFFEE": {"1", "2"}} {
		rows, refused := readAll(t, func(r io.Reader, name string) ([]table.CustomerRow, []table.Rejected, error) {
			return table.ReadLine(r, name, line)
		}, file)
		var got []string
		for _, r := range rows {
			got = append(got, r.ID)
		}
		differs(t, line, got, want)
		differs(t, line+" refused", refused, map[int]string{})
	}
	if _, _, err := table.ReadLine(strings.NewReader(file), "x", "Cocoa"); !errors.Is(err, table.ErrLine) || !strings.Contains(err.Error(), "Coffee, Tea") {
		t.Errorf("a line without rows: %v, want ErrLine that lists the others", err)
	}
	if _, _, err := table.ReadLine(strings.NewReader("id,lat,lon\n1,55.7,37.6\n"), "x", "Tea"); !errors.Is(err, table.ErrLine) {
		t.Errorf("a file without lines: %v, want ErrLine", err)
	}
}
