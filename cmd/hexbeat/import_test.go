package main

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

const shops = `id;название;адрес;широта;долгота;инн;торговый;дни;метки
1;Ромашка;Мира 1;55,75;37,61;7707083893;Иванов  иван;пн-пт;"опт, север"
2;Роза;Мира 2;55,76;37,62;7707083893;18;;
3;Лес;Мира 3;;;;Сидоров;;
4;Бор;;91;37;;;;
5;Сад;Мира 5;55,77;37,60;;petrov@romashka.ru;;
6;Луг;Мира 6;37,60;55,77;;;;
`

const reps = `name;email;lat;lon;табельный
Иванов Иван;ivanov@romashka.ru;55,75;37,61;17
Петров Пётр;petrov@romashka.ru;;;18
`

func TestACustomerFileIsTakenIn(t *testing.T) {
	t.Parallel()
	p := aCompany(t)
	p.does("import", "reps", aFile(t, "reps.csv", reps))
	file := aFile(t, "shops.csv", shops)
	out := p.does("import", "customers", file)
	refused, err := os.ReadFile(file + ".rejected.csv")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "import", strings.ReplaceAll(out, file, "FILE")+string(refused))
	for sql, want := range map[string]int{
		"SELECT count(*) FROM site": 4,
		"SELECT count(*) FROM site WHERE pin_source = 'NONE' AND cell IS NULL AND address = 'Мира 3'": 1,
		"SELECT count(*) FROM customer":                                                  3, // two shops of one company
		"SELECT count(*) FROM legal_entity":                                              1,
		"SELECT count(*) FROM site_legal_entity":                                         2,
		"SELECT count(*) FROM cadence WHERE every_days = 28":                             4,
		"SELECT count(*) FROM cadence WHERE weekdays = '{1,2,3,4,5}'":                    1,
		"SELECT count(*) FROM site WHERE tags = '{опт,север}'":                           1,
		"SELECT count(*) FROM alignment WHERE state = 'PUBLISHED' AND origin = 'IMPORT'": 1,
		"SELECT count(*) FROM responsibility WHERE rep_id IS NOT NULL":                   2,
		"SELECT count(*) FROM visit":                                                     0,
	} {
		if got := p.counts(sql); got != want {
			t.Errorf("%s = %d, want %d", sql, got, want)
		}
	}
}

func TestTheSameFileTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	p := aCompany(t)
	people, file := aFile(t, "reps.csv", reps), aFile(t, "shops.csv", shops)
	p.does("import", "reps", people)
	p.does("import", "customers", file)
	const everything = `SELECT (SELECT count(*) FROM person) + (SELECT count(*) FROM role_grant) + (SELECT count(*) FROM rep) + (SELECT sum(version)::int FROM site)
		+ (SELECT count(*) FROM cadence) + (SELECT count(*) FROM site_legal_entity) + (SELECT count(*) FROM customer) + (SELECT count(*) FROM alignment)`
	before := p.counts(everything)
	if out := p.does("import", "reps", people); out != "reps: 0 added, 0 changed, 2 unchanged, 0 refused\n" {
		t.Errorf("reps a second time: %s", out)
	}
	if out := p.does("import", "customers", file); !strings.HasPrefix(out, "customers: 0 added, 0 changed, 4 unchanged, 2 refused;") {
		t.Errorf("customers a second time: %s", out)
	}
	if after := p.counts(everything); after != before {
		t.Errorf("%d rows and versions after the second time, %d before", after, before)
	}
}

func TestAChangedFileChangesWhatItSays(t *testing.T) {
	t.Parallel()
	p := aCompany(t)
	p.does("import", "customers", aFile(t, "a.csv", "id,name,lat,lon,inn,cadence_days\n1,Роза,55.7,37.6,7707083893,28\n2,Лес,55.8,37.6,,28\n3,Луг,55.9,37.6,,28\n"))
	// Somebody on the spot has moved a pin.
	if _, err := p.pool.Exec(t.Context(), "UPDATE site SET pin_source = 'PERSON', lat = 55.81 WHERE name = 'Лес'"); err != nil {
		t.Fatal(err)
	}
	out := p.does("import", "customers", aFile(t, "b.csv", "id,name,lat,lon,inn,cadence_days\n1,Роза,55.7,37.6,500100732259,14\n2,Лес 2,55.8,37.6,,28\n"))
	if out != "customers: 0 added, 2 changed, 0 unchanged, 0 refused; 0 have only an address and are not located yet\n" {
		t.Errorf("the summary is %q", out)
	}
	for sql, want := range map[string]int{
		"SELECT count(*) FROM site": 3, // missing is not deleted
		"SELECT count(*) FROM site WHERE name = 'Лес 2' AND lat = 55.81 AND version = 2":                                        1,
		"SELECT count(*) FROM customer WHERE name = 'Лес 2'":                                                                    1,
		"SELECT count(*) FROM cadence":                                                                                          3, // of the same day: corrected
		"SELECT count(*) FROM cadence WHERE every_days = 14":                                                                    1,
		"SELECT count(*) FROM feed WHERE kind = 'site' AND version = 2":                                                         2,
		"SELECT count(*) FROM site_legal_entity":                                                                                1,
		"SELECT count(*) FROM site_legal_entity l JOIN legal_entity e ON e.id = l.legal_entity_id WHERE e.inn = '500100732259'": 1,
	} {
		if got := p.counts(sql); got != want {
			t.Errorf("%s = %d, want %d", sql, got, want)
		}
	}
}

func TestALaterChangeKeepsWhatWas(t *testing.T) {
	t.Parallel()
	p := aCompany(t)
	p.does("import", "customers", aFile(t, "a.csv", "id,name,lat,lon,inn,cadence_days\n1,Роза,55.7,37.6,7707083893,28\n"))
	for _, sql := range []string{"UPDATE cadence SET valid_from = valid_from - 7", "UPDATE site_legal_entity SET valid_from = valid_from - 7"} {
		if _, err := p.pool.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	p.does("import", "customers", aFile(t, "b.csv", "id,name,lat,lon,inn,cadence_days\n1,Роза,55.7,37.6,500100732259,14\n"))
	for sql, want := range map[string]int{
		"SELECT count(*) FROM cadence WHERE every_days = 28 AND valid_to IS NOT NULL": 1,
		"SELECT count(*) FROM cadence WHERE every_days = 14 AND valid_to IS NULL":     1,
		"SELECT count(*) FROM site_legal_entity WHERE valid_to IS NOT NULL":           1,
		"SELECT count(*) FROM site_legal_entity WHERE valid_to IS NULL":               1,
	} {
		if got := p.counts(sql); got != want {
			t.Errorf("%s = %d, want %d", sql, got, want)
		}
	}
}

func TestRowsGoToTheBranchTheyName(t *testing.T) {
	t.Parallel()
	p := aCompany(t)
	p.does("branch", "add", "--name", "Казань")
	file := aFile(t, "shops.csv", "id,address,branch\n1,Мира 1,москва\n2,Мира 2,\n3,Мира 3,Самара\n")
	out := p.does("import", "customers", file, "--branch", "Казань")
	if !strings.HasPrefix(out, "customers: 2 added, 0 changed, 0 unchanged, 1 refused;") {
		t.Errorf("the summary is %q", out)
	}
	if n := p.counts("SELECT count(*) FROM site s JOIN branch b ON b.id = s.branch_id WHERE (s.name, b.name) IN (('1', 'Москва'), ('2', 'Казань'))"); n != 2 {
		t.Errorf("%d sites in their branches, want 2", n)
	}
	refused, err := os.ReadFile(file + ".rejected.csv")
	if err != nil || !strings.Contains(string(refused), "4,branch: филиала «Самара» нет,3,Мира 3,Самара") {
		t.Errorf("refused (%v):\n%s", err, refused)
	}
}

func TestAWindowsFileIsRead(t *testing.T) {
	t.Parallel()
	p := aCompany(t)
	text, err := charmap.Windows1251.NewEncoder().String("код;название;адрес\r\n1;Ёлочка;ул. Щорса, 1\r\n")
	if err != nil {
		t.Fatal(err)
	}
	p.does("import", "customers", aFile(t, "shops.csv", text))
	if n := p.counts("SELECT count(*) FROM site WHERE name = 'Ёлочка' AND address = 'ул. Щорса, 1'"); n != 1 {
		t.Errorf("%d sites as written, want 1", n)
	}
}

func TestAnOwnerOfAnotherBranchIsNotTaken(t *testing.T) {
	t.Parallel()
	p := aCompany(t)
	p.does("branch", "add", "--name", "Казань")
	p.does("import", "reps", aFile(t, "reps.csv", reps), "--branch", "Казань")
	out := p.does("import", "customers", aFile(t, "shops.csv", "id,lat,lon,rep\n1,55.7,37.6,Иванов Иван\n"), "--branch", "Москва")
	if !strings.Contains(out, `"Иванов Иван" (1)`) || p.counts("SELECT count(*) FROM alignment") != 0 {
		t.Errorf("the summary is %q", out)
	}
}

func TestARepMovesWithTheFile(t *testing.T) {
	t.Parallel()
	p := aCompany(t)
	p.does("branch", "add", "--name", "Казань")
	p.does("import", "reps", aFile(t, "a.csv", reps), "--branch", "Москва")
	out := p.does("import", "reps", aFile(t, "b.csv", reps), "--branch", "Казань")
	if out != "reps: 0 added, 2 changed, 0 unchanged, 0 refused\n" {
		t.Errorf("the summary is %q", out)
	}
	if n := p.counts("SELECT count(*) FROM rep r JOIN branch b ON b.id = r.branch_id WHERE b.name = 'Казань'"); n != 2 {
		t.Errorf("%d reps in Казань, want 2", n)
	}
}

func TestARepKeepsTheHoursOfTheFile(t *testing.T) {
	t.Parallel()
	p := aCompany(t)
	const header = "name,email,start,end\n"
	p.does("import", "reps", aFile(t, "a.csv", header+"Анна,anna@example.com,20:00,04:00\nПётр,petr@example.com,,\n"))
	if out := p.does("import", "reps", aFile(t, "b.csv", header+"Анна,anna@example.com,20:00,4:00\nПётр,petr@example.com,,\n")); !strings.Contains(out, "2 unchanged") {
		t.Errorf("the same hours again: %s", out)
	}
	p.does("plan", "--date", "2099-11-24")
	if out := p.does("import", "reps", aFile(t, "c.csv", header+"Анна,anna@example.com,21:00,05:00\n")); !strings.Contains(out, "1 changed") {
		t.Errorf("other hours: %s", out)
	}
	p.does("plan", "--date", "2099-11-25")
	for sql, want := range map[string]int{
		"SELECT count(*) FROM shift WHERE starts_at = '2099-11-24 20:00+03' AND ends_at = '2099-11-25 04:00+03'": 1,
		"SELECT count(*) FROM shift WHERE starts_at = '2099-11-25 21:00+03' AND ends_at = '2099-11-26 05:00+03'": 1,
		"SELECT count(*) FROM shift WHERE ends_at - starts_at = '9 hours'":                                       2,
	} {
		if got := p.counts(sql); got != want {
			t.Errorf("%s = %d, want %d", sql, got, want)
		}
	}
}

func TestARepHasTheSkillsOfTheFile(t *testing.T) {
	t.Parallel()
	p := aCompany(t)
	const header = "имя;почта;навыки\n"
	p.does("import", "reps", aFile(t, "a.csv", header+"Анна;anna@example.com;ремонт, кофе\nПётр;petr@example.com;\n"))
	if out := p.does("import", "reps", aFile(t, "b.csv", header+"Анна;anna@example.com;кофе|ремонт\nПётр;petr@example.com;\n")); !strings.Contains(out, "2 unchanged") {
		t.Errorf("the same skills in another order: %s", out)
	}
	if out := p.does("import", "reps", aFile(t, "c.csv", header+"Анна;anna@example.com;\nПётр;petr@example.com;кофе\n")); !strings.Contains(out, "1 changed") {
		t.Errorf("one more skill: %s", out)
	}
	for sql, want := range map[string]int{
		"SELECT count(*) FROM rep WHERE skills = '{кофе,ремонт}'": 1, // a cell that says nothing takes nothing away
		"SELECT count(*) FROM rep WHERE skills = '{кофе}'":        1,
	} {
		if got := p.counts(sql); got != want {
			t.Errorf("%s = %d, want %d", sql, got, want)
		}
	}
	out := p.does("import", "reps", aFile(t, "d.csv", header+"Анна;anna@example.com;"+strings.Repeat("я", 65)+"\nПётр;petr@example.com;\n"))
	if !strings.Contains(out, "1 refused") {
		t.Errorf("a skill of 65 letters: %s", out)
	}
}

func TestTwoImportsOfOneFileTakeTurns(t *testing.T) {
	t.Parallel()
	p := aCompany(t)
	var text strings.Builder
	text.WriteString("id,name,lat,lon,inn\n")
	for i := range 3 * importPart {
		fmt.Fprintf(&text, "%d,Роза %d,55.7,%.4f,7707083893\n", i, i, 37+float64(i)/1e4)
	}
	file := aFile(t, "shops.csv", text.String())
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if code, _, errs := p.run("import", "customers", file); code != exitDone {
				t.Errorf("import = %d, %s", code, errs)
			}
		})
	}
	both.Wait()
	for sql, want := range map[string]int{
		"SELECT count(*) FROM site":                          3 * importPart,
		"SELECT sum(version)::int FROM site":                 3 * importPart,
		"SELECT count(*) FROM customer":                      1,
		"SELECT count(*) FROM import_run":                    2,
		"SELECT sum(added)::int FROM import_run":             3 * importPart,
		"SELECT sum(added + unchanged)::int FROM import_run": 6 * importPart,
		"SELECT count(*) FROM audit WHERE door = 'IMPORT'":   6,
	} {
		if got := p.counts(sql); got != want {
			t.Errorf("%s = %d, want %d", sql, got, want)
		}
	}
}
