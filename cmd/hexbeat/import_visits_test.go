package main

import (
	"os"
	"strings"
	"testing"
)

const orders = `номер;точка;срок;обещано с;обещано до;минут;приоритет;навыки
A-1;1;25.11.2099;;;30;90;кофе, ремонт
A-2;2;;24.11.2099 14:00;24.11.2099 15:30;;;
A-3;3;;;;;;
A-4;99;;;;;;
A-5;1;24.11.2020;;;;;
`

func TestWorkFromAFileWaitsInTheQueue(t *testing.T) {
	t.Parallel()
	p := aCompany(t)
	p.does("import", "customers", aFile(t, "shops.csv", "id,name,address,lat,lon\n1,Роза,,55.7,37.6\n2,Лес,,55.8,37.6\n3,Бор,Мира 3,,\n"))
	file := aFile(t, "orders.csv", orders)
	if out := p.does("import", "visits", file); !strings.HasPrefix(out, "visits: 3 added, 0 changed, 0 unchanged, 2 refused\n") {
		t.Errorf("the summary is %q", out)
	}
	refused, err := os.ReadFile(file + ".rejected.csv")
	if err != nil || !strings.Contains(string(refused), "5,site: точки с кодом «99» нет") || !strings.Contains(string(refused), "срок уже прошёл") {
		t.Errorf("refused (%v):\n%s", err, refused)
	}
	for sql, want := range map[string]int{
		"SELECT count(*) FROM visit WHERE state = 'QUEUED' AND origin = 'IMPORT' AND rep_id IS NULL":                                           3,
		"SELECT count(*) FROM visit WHERE due_to = '2099-11-26 00:00+03' AND service = '30 min' AND priority = 90 AND needs = '{кофе,ремонт}'": 1,
		"SELECT count(*) FROM visit WHERE promised_from = '2099-11-24 14:00+03' AND promised_to = '2099-11-24 15:30+03'":                       1,
		"SELECT count(*) FROM visit WHERE due_from = '2099-11-24 00:00+03' AND due_to = '2099-11-25 00:00+03' AND queue_reason = 'CREATED'":    1,
		"SELECT count(*) FROM visit WHERE queue_reason = 'NOT_LOCATED'":                                                                        1,
		"SELECT count(*) FROM event WHERE type = 'visit.created' AND door = 'IMPORT'":                                                          3,
		"SELECT count(*) FROM feed WHERE kind = 'visit'":                                                                                       3,
		"SELECT count(*) FROM assignment WHERE epoch = 0 AND rep_id IS NULL":                                                                   3,
		"SELECT count(*) FROM import_run WHERE kind = 'VISITS' AND added = 3":                                                                  1,
	} {
		if got := p.counts(sql); got != want {
			t.Errorf("%s = %d, want %d", sql, got, want)
		}
	}
}

func TestAFileOfWorkIsReadAgain(t *testing.T) {
	t.Parallel()
	p := aCompany(t)
	p.does("branch", "add", "--name", "Казань")
	p.does("import", "customers", aFile(t, "shops.csv", "id,name,lat,lon,priority\n1,Роза,55.7,37.6,70\n2,Лес,55.8,37.6,\n"), "--branch", "Москва")
	file := aFile(t, "orders.csv", "id,site,due,priority\n1,1,2099-11-25,90\n2,2,2099-11-25,\n3,2,2099-11-25,\n")
	p.does("import", "visits", file)
	const everything = "SELECT sum(version)::int + (SELECT count(*)::int FROM feed) + (SELECT count(*)::int FROM event) FROM visit"
	before := p.counts(everything)
	if out := p.does("import", "visits", file); out != "visits: 0 added, 0 changed, 3 unchanged, 0 refused\n" {
		t.Errorf("a second time: %s", out)
	}
	if after := p.counts(everything); after != before {
		t.Errorf("%d rows and versions after the second time, %d before", after, before)
	}
	if _, err := p.pool.Exec(t.Context(), "UPDATE visit SET state = 'CANCELLED' WHERE id = (SELECT target_id FROM external_ref WHERE kind = 'VISIT' AND external_id = '3')"); err != nil {
		t.Fatal(err)
	}
	changed := aFile(t, "changed.csv", "id,site,due,needs\n1,1,2099-11-26,кофе\n2,2,2099-11-25,\n3,2,2099-11-26,\n")
	if out := p.does("import", "visits", changed); !strings.HasPrefix(out, "visits: 0 added, 1 changed, 1 unchanged, 1 refused\n") {
		t.Errorf("the changed file: %s", out)
	}
	if n := p.counts("SELECT count(*) FROM visit WHERE version = 2 AND priority = 70 AND needs = '{кофе}' AND due_to = '2099-11-27 00:00+03'"); n != 1 {
		t.Errorf("%d visits as the row asks now, want 1", n)
	}
	other := aFile(t, "other.csv", "id,site\n7,1\n")
	if code, _, errs := p.run("import", "visits", other, "--branch", "Казань"); code != exitFailed || !strings.Contains(errs, "no row of") {
		t.Errorf("a site of another branch: %d, %s", code, errs)
	}
}
