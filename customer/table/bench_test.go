package table_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/hexbeat/hexbeat/customer/table"
	"github.com/xuri/excelize/v2"
)

const benchRows = 100_000

func BenchmarkReadCustomersCSV(b *testing.B) {
	var file bytes.Buffer
	file.WriteString("id,name,address,lat,lon,phone,segment,rep,visit_minutes,cadence_days,weekdays,open,close,district\n")
	for i := range benchRows {
		fmt.Fprintf(&file, "site-%d,Магазин № %d,\"Москва, улица Мира, %d\",%.6f,%.6f,+7495%07d,A,Иванов %d,20,14,пн-пт,09:00,18:00,Сокол\n",
			i, i, i%200, 55.5+float64(i%1000)/2000, 37.3+float64(i/1000)/200, i, i%50)
	}
	read(b, file.Bytes())
}

func BenchmarkReadCustomersXLSX(b *testing.B) {
	book := excelize.NewFile()
	defer book.Close()
	sheet, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	for i := range benchRows + 1 {
		row := []any{fmt.Sprint("site-", i), fmt.Sprint("Магазин № ", i), "Москва, улица Мира", 55.5 + float64(i%1000)/2000, 37.3 + float64(i/1000)/200, "A", 20, 14}
		if i == 0 {
			row = []any{"id", "name", "address", "lat", "lon", "segment", "visit_minutes", "cadence_days"}
		}
		if err := sheet.SetRow(fmt.Sprint("A", i+1), row); err != nil {
			b.Fatal(err)
		}
	}
	if err := sheet.Flush(); err != nil {
		b.Fatal(err)
	}
	file, err := book.WriteToBuffer()
	if err != nil {
		b.Fatal(err)
	}
	read(b, file.Bytes())
}

func read(b *testing.B, file []byte) {
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		rows, rejected, err := table.ReadCustomers(bytes.NewReader(file), "bench")
		if err != nil || len(rows) != benchRows || len(rejected) != 0 {
			b.Fatalf("%d rows, %d rejected, %v", len(rows), len(rejected), err)
		}
	}
}
