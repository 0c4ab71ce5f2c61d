package table_test

import (
	"fmt"
	"strings"

	"github.com/hexbeat/hexbeat/customer/table"
)

func ExampleReadCustomers() {
	file := strings.NewReader("Код;Название;Широта;Долгота;Дни\n" +
		"17;Ромашка;55,7558;37,6173;вт-чт\n" +
		"18;Роза;91;37,6;\n")
	rows, rejected, err := table.ReadCustomers(file, "customers.csv")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range rows {
		fmt.Println(r.Line, r.ID, r.Name, *r.Point, r.Weekdays)
	}
	for _, r := range rejected {
		fmt.Println(r.Line, r.Column, r.EN)
	}
	// Output:
	// 2 17 Ромашка {55.7558 37.6173} [Tuesday Wednesday Thursday]
	// 3 Широта latitude 91 must lie between -90 and 90
}
