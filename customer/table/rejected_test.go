package table_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hexbeat/hexbeat/customer/table"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func testdata(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRefusedRowsAreWrittenWithLineAndReason(t *testing.T) {
	t.Parallel()
	rows, rejected, err := table.ReadCustomers(bytes.NewReader(testdata(t, "customers.csv")), "customers.csv")
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v, want 3", len(rows), err)
	}
	for _, locale := range []string{"ru", "en"} {
		var got bytes.Buffer
		if err := table.WriteRejected(&got, nil, rejected, locale); err != nil {
			t.Fatal(err)
		}
		name := "customers.csv.rejected." + locale + ".csv"
		if *update {
			if err := os.WriteFile(filepath.Join("testdata", name), got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(got.String(), string(testdata(t, name))); diff != "" {
			t.Errorf("%s (-got +want):\n%s", name, diff)
		}
	}
}

func TestAMendedFileOfRefusedRowsIsReadAgain(t *testing.T) {
	t.Parallel()
	_, first, err := table.ReadCustomers(bytes.NewReader(testdata(t, "customers.csv")), "customers.csv")
	if err != nil {
		t.Fatal(err)
	}
	var once, again bytes.Buffer
	if err := table.WriteRejected(&once, first[0].Header, first, "ru"); err != nil {
		t.Fatal(err)
	}
	mended := bytes.Replace(once.Bytes(), []byte(",91,"), []byte(",-33.5,"), 1)
	mended = bytes.Replace(mended, []byte(",'-200,"), []byte(",'-70.5,"), 1)
	rows, second, err := table.ReadCustomers(bytes.NewReader(mended), "customers.csv.rejected.csv")
	if err != nil || len(rows) < 2 {
		t.Fatalf("mended: %d rows, %v, want the two mended ones among them", len(rows), err)
	}
	if got := rows[0]; got.Name != "=HYPERLINK(1)" || got.Attributes != nil || got.Point.Lat != -33.5 {
		t.Errorf("rows[0] = %+v, want the formula as text, latitude -33.5 and no attributes", got)
	}
	if got := rows[1].Point.Lon; got != -70.5 {
		t.Errorf("rows[1] lies at longitude %v, want -70.5", got)
	}
	if err := table.WriteRejected(&again, nil, second, "ru"); err != nil {
		t.Fatal(err)
	}
	if got, want := bytes.Count(again.Bytes(), []byte("причина")), 1; got != want {
		t.Errorf("the second file names the reason %d times, want %d:\n%s", got, want, again.String())
	}
}
