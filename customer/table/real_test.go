package table_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/hexbeat/hexbeat/customer/table"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// shared reads a file of the design material, which lies beside the project.
func shared(t testing.TB, name string) []byte {
	t.Helper()
	roots := []string{os.Getenv("HEXBEAT_SHARED")}
	for dir, err := filepath.Abs("."); err == nil && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		roots = append(roots, filepath.Join(dir, "shared"))
	}
	for _, root := range roots {
		if root == "" {
			continue
		}
		if b, err := os.ReadFile(filepath.Join(root, "data", name)); err == nil {
			return b
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("shared data %s is missing", name)
	}
	t.Skipf("no ../shared/data/%s here", name)
	return nil
}

func TestRealFilesAreReadWhole(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file string
		rows int
	}{
		{"moscow_clients_osm.csv", 7550},
		{"andorra_clients_osm.csv", 834},
		{"moscow_shops_centre_osm.csv", 763},
	} {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			rows, rejected, err := table.ReadCustomers(bytes.NewReader(shared(t, c.file)), c.file)
			if err != nil || len(rows) != c.rows || len(rejected) != 0 {
				t.Errorf("ReadCustomers(%s) = %d rows, %d rejected, %v, want %d rows, none rejected", c.file, len(rows), len(rejected), err, c.rows)
				for _, r := range rejected[:min(10, len(rejected))] {
					t.Log(r)
				}
			}
		})
	}
}

func TestMoscowReadsTheSameInEveryEncoding(t *testing.T) {
	t.Parallel()
	data := shared(t, "moscow_clients_osm.csv")
	want, _, err := table.ReadCustomers(bytes.NewReader(data), "utf8")
	if err != nil {
		t.Fatal(err)
	}
	for name, enc := range map[string]*encoding.Encoder{
		"UTF-8 with mark": unicode.UTF8BOM.NewEncoder(),
		"UTF-16LE":        unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder(),
		"UTF-16BE":        unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder(),
		"Windows-1251":    encoding.ReplaceUnsupported(charmap.Windows1251.NewEncoder()),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := enc.Bytes(data)
			if err != nil {
				t.Fatal(err)
			}
			got, rejected, err := table.ReadCustomers(bytes.NewReader(text), name)
			if err != nil || len(got) != len(want) || len(rejected) != 0 {
				t.Fatalf("%d rows, %d rejected, %v, want %d rows", len(got), len(rejected), err, len(want))
			}
			for i, w := range want {
				_, lost := charmap.Windows1251.NewEncoder().String(w.Name + w.Address)
				if name == "Windows-1251" && lost != nil {
					w.Name, w.Address = got[i].Name, got[i].Address
				}
				g := got[i]
				if g.ID != w.ID || g.Name != w.Name || g.Address != w.Address || *g.Point != *w.Point || g.Line != w.Line {
					t.Fatalf("row %d = %+v, want %+v", i, g, w)
				}
			}
		})
	}
}
