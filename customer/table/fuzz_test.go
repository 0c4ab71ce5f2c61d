package table_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/hexbeat/hexbeat/customer/table"
)

// FuzzReadCustomers holds the laws of every file: each row is taken or refused with both
// sentences, no id comes twice, every place is one, and refused rows can be written and read.
func FuzzReadCustomers(f *testing.F) {
	seed, err := os.ReadFile("testdata/customers.csv")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte("name;address\n\"a\nb;c\n"))
	f.Add([]byte("sep=;\nид\tадрес\n'=1\t-\n"))
	f.Add([]byte("\xff\xfei\x00d\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, rejected, err := table.ReadCustomers(bytes.NewReader(data), "fuzz")
		if err != nil {
			if rows != nil || rejected != nil {
				t.Fatalf("rows beside the error %v", err)
			}
			return
		}
		ids := map[string]bool{}
		for i, r := range rows {
			if r.ID == "" || r.Name == "" || ids[r.ID] {
				t.Fatalf("row %d has id %q, name %q, seen before: %v", r.Line, r.ID, r.Name, ids[r.ID])
			}
			ids[r.ID] = true
			if r.Point != nil && r.Point.Check() != nil || r.Point == nil && r.Address == "" {
				t.Fatalf("row %d lies nowhere: %v", r.Line, r.Point)
			}
			if i > 0 && rows[i-1].Line >= r.Line {
				t.Fatalf("line %d follows line %d", r.Line, rows[i-1].Line)
			}
		}
		for _, r := range rejected {
			if r.Line < 2 || r.Code == "" || r.RU == "" || r.EN == "" || len(r.Record) == 0 {
				t.Fatalf("refused without a reason: %+v", r)
			}
		}
		if len(rejected) == 0 {
			return
		}
		var out bytes.Buffer
		if err := table.WriteRejected(&out, nil, rejected, "en"); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(out.String(), "line_number,reason") {
			t.Fatalf("refused rows begin with %.40q", out.String())
		}
		again, _, err := table.ReadCustomers(&out, "fuzz.rejected.csv")
		if err == nil && len(again) > len(rejected) {
			t.Fatalf("%d rows come back of %d refused", len(again), len(rejected))
		}
	})
}
