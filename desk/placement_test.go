package desk_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer/table"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
)

// A shop that opens after the territories were published belongs to whose ground it stands on, in divided cells too.
func TestNewShopFindsItsTerritory(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	branch := w.Branches[0]
	home := branch.Reps[1].Start
	rows, rejected, err := table.ReadCustomers(strings.NewReader("id,name,lat,lon,cadence_days\nN1,Новый,"+
		degrees(home.Lat+0.0001)+","+degrees(home.Lon+0.0001)+",1\nN2,Далёкий,10.5,20.5,1\n"), "new.csv")
	if err != nil || len(rejected) > 0 {
		t.Fatalf("read rows: %v, %v", err, rejected)
	}
	if _, err := desk.Do(w.As(w.Admin), w.Desk, uuid.Nil, desk.ImportCustomers{Run: desktest.NewID(), Source: "TEST", Rows: rows, Branch: branch.ID}); err != nil {
		t.Fatal(err)
	}
	w.Plan(t, 0)
	owner := ids(t, w, `SELECT v.rep_id FROM visit AS v JOIN site AS s ON s.id = v.site_id WHERE s.name = 'Новый'`)
	if len(owner) != 1 || owner[0] != branch.Reps[1].ID {
		t.Errorf("the new shop's visit is with %v, want %s, whose ground it is", owner, branch.Reps[1].ID)
	}
	if n := w.Count(t, `SELECT count(*) FROM visit AS v JOIN site AS s ON s.id = v.site_id WHERE s.name = 'Далёкий' AND v.state = 'QUEUED' AND v.queue_reason = 'NO_OWNER'`); n != 1 {
		t.Errorf("%d visits at the far shop wait for an owner, want 1", n)
	}
}

func degrees(d float64) string { return strconv.FormatFloat(d, 'f', -1, 64) }
