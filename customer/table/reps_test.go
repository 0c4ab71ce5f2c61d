package table_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hexbeat/hexbeat/customer/table"
	"github.com/hexbeat/hexbeat/geo"
)

func TestRepsAreReadInBothLanguages(t *testing.T) {
	t.Parallel()
	want := []table.RepRow{{
		Line: 2, Name: "Иванова Анна", Email: "anna@example.com", Branch: "Север", PersonnelNumber: "0042", Phone: "+7 1",
		Start: &geo.Point{Lat: 55.5, Lon: 37.5}, ShiftFrom: clock(9 * 60), ShiftTo: clock(18 * 60), Locale: "ru",
		Skills: []string{"кофе", "ремонт"},
	}}
	const cells = "Иванова Анна;Anna@example.com;Север;0042;+7 1;55,5;37,5;9:00;18:00;кофе, ремонт,кофе;"
	for header, locale := range map[string]string{
		"ФИО;Почта;Филиал;Табельный;Телефон;Широта;Долгота;Начало;Конец;Навыки;Язык":                          "русский",
		"name;e-mail;branch;personnel_number;phone;lat;lon;shift_from;shift_to;skills;locale":                 "ru",
		"Имя;email;подразделение;Табельный номер;тел;latitude;lng;Начало смены;Конец смены;Умения;language\r": "RU",
	} {
		rows, rejected, err := table.ReadReps(strings.NewReader(header+"\n"+cells+locale+"\n"), "reps.csv")
		if err != nil || len(rejected) != 0 {
			t.Fatalf("ReadReps under %q: %v, %v", header, rejected, err)
		}
		if diff := cmp.Diff(rows, want, values); diff != "" {
			t.Errorf("under %q (-got +want):\n%s", header, diff)
		}
	}
}

func TestRepsWithoutWhatTheyNeedAreRefused(t *testing.T) {
	t.Parallel()
	for row, code := range map[string]string{
		",a@b.ru,,":                table.CodeRequired,
		"Анна,,,":                  table.CodeRequired,
		"Анна,anna,,":              table.CodeEmail,
		"Анна,Анна <a@b.ru>,,":     table.CodeEmail,
		"Анна,OK@example.com,,":    table.CodeDuplicate,
		"Анна,a@b.ru,25:00,":       table.CodeTime,
		"Анна,a@b.ru,,по-русски !": table.CodeLocale,
		"Анна,a@b.ru,9:00,":        table.CodeTime, // and until when?
	} {
		rows, rejected, err := table.ReadReps(strings.NewReader("name,email,start,locale\nOk,ok@example.com,,\n"+row+"\n"), "reps.csv")
		if err != nil || len(rows) != 1 || len(rejected) != 1 || rejected[0].Code != code || rejected[0].Line != 3 {
			t.Errorf("%q: %d rows, rejected %v, %v, want %s on line 3", row, len(rows), rejected, err, code)
		}
	}
	if _, _, err := table.ReadReps(strings.NewReader("name,phone\nАнна,1\n"), "reps.csv"); !errors.Is(err, table.ErrHeader) {
		t.Errorf("without a column email: %v, want ErrHeader", err)
	}
}
