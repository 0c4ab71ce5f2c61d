package table_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hexbeat/hexbeat/customer/table"
	"github.com/hexbeat/hexbeat/hours"
)

func TestWorkIsReadInBothLanguages(t *testing.T) {
	t.Parallel()
	date, service, priority := hours.NewDate(2026, 11, 24), 45*time.Minute, 90
	want := []table.VisitRow{{
		Line: 2, ID: "0007", Site: "17", Kind: "COMPLAINT", Due: &table.Moment{Date: date + 1},
		PromisedFrom: &table.Moment{Date: date, Time: clock(14 * 60)}, PromisedTo: &table.Moment{Date: date, Time: clock(15*60 + 30)},
		Service: &service, Priority: &priority, Needs: []string{"coffee", "repair"},
	}}
	for _, file := range []string{
		"id,site,kind,due,promised_from,promised_to,visit_minutes,priority,needs\n0007,17,complaint,2026-11-25,2026-11-24 14:00,2026-11-24T15:30,45,90,\"coffee, repair\"\n",
		"Номер;Точка;Вид;Срок;Обещано с;Обещано до;Минут;Приоритет;Навыки\n0007;17;Complaint;25.11.2026;24.11.2026 14:00;24.11.2026 15:30;45;90;coffee|repair\n",
		"order;site;kind;due;promised_from;promised_to;minutes;priority;skills\n0007;17;COMPLAINT;46351;46350,583333;46350.645833;45;90;coffee,repair\n",
	} {
		rows, rejected, err := table.ReadVisits(strings.NewReader(file), "orders.csv")
		if err != nil || len(rejected) != 0 {
			t.Fatalf("ReadVisits of %q: %v, %v", file, rejected, err)
		}
		if diff := cmp.Diff(rows, want, values); diff != "" {
			t.Errorf("%q (-got +want):\n%s", file, diff)
		}
	}
}

func TestWorkThatCannotBeUnderstoodIsRefused(t *testing.T) {
	t.Parallel()
	for row, code := range map[string]string{
		",17,,,,,":                            table.CodeRequired,
		"2,,,,,,":                             table.CodeRequired,
		"1,17,,,,,":                           table.CodeDuplicate,
		"2,17,11/12/2026,,,,":                 table.CodeMoment,
		"2,17,2026-02-30,,,,":                 table.CodeMoment,
		"2,17,2026-11-24 9,,,,":               table.CodeMoment,
		"2,17,7,,,,":                          table.CodeMoment,
		"2,17,2026-11-24 09:00,,,,2026-11-25": table.CodeMoment,
		"2,17,,2026-11-24 14:00,,,":           table.CodeRequired,
		"2,17,,2026-11-24 14:00,2026-11-24 14:00,,": table.CodeMoment,
		"2,17,,,,101,": table.CodeNumber,
	} {
		rows, rejected, err := table.ReadVisits(strings.NewReader("id,site,due,promised_from,promised_to,priority,from\n1,17,,,,,\n"+row+"\n"), "orders.csv")
		if err != nil || len(rows) != 1 || len(rejected) != 1 || rejected[0].Code != code || rejected[0].Line != 3 {
			t.Errorf("%q: %d rows, rejected %v, %v, want %s on line 3", row, len(rows), rejected, err, code)
		}
	}
	if _, _, err := table.ReadVisits(strings.NewReader("id,due\n1,2026-11-24\n"), "orders.csv"); !errors.Is(err, table.ErrHeader) {
		t.Errorf("without a column site: %v, want ErrHeader", err)
	}
}

func TestAMomentIsADayOrATimeOnIt(t *testing.T) {
	t.Parallel()
	zone := hours.Zone("Europe/Moscow")
	day := table.Moment{Date: hours.NewDate(2026, 11, 24)}
	if got, want := day.Ends(zone).Sub(day.Begins(zone)), 24*time.Hour; got != want {
		t.Errorf("the day lasts %v, want %v", got, want)
	}
	at := table.Moment{Date: day.Date, Time: clock(9*60 + 15)}
	if got, want := at.Begins(zone), time.Date(2026, 11, 24, 9, 15, 0, 0, zone); !got.Equal(want) || !at.Ends(zone).Equal(want) {
		t.Errorf("from %v to %v, want %v", got, at.Ends(zone), want)
	}
}
