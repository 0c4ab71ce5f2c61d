package city

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
)

var header = []string{
	"id", "name", "address", "lat", "lon", "customer_id", "inn", "phone", "segment", "tags", "category", "branch",
	"visit_minutes", "cadence_days", "weekdays", "open", "close", "priority", "workload", "company", "district",
}

// WriteCSV writes the sites as a customer file, ready to be imported. The last two columns are
// beyond the file's own and become attributes.
func WriteCSV(w io.Writer, sites []Site) error {
	out := csv.NewWriter(w)
	rows := [][]string{header}
	for _, s := range sites {
		rows = append(rows, []string{
			s.ID, s.Name, s.Address, degrees(s.Point.Lat), degrees(s.Point.Lon), s.CustomerID, s.INN, s.Phone, s.Segment,
			strings.Join(s.Tags, ","), s.Category, s.Branch,
			strconv.Itoa(int(s.Service.Minutes())), strconv.Itoa(s.Every), weekdays(s.Weekdays), s.Opens.String(), s.Closes.String(),
			strconv.Itoa(s.Priority), strconv.FormatFloat(s.Workload, 'f', -1, 64), s.Company, s.District,
		})
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("write customer file: %w", err)
	}
	return nil
}

func degrees(d float64) string { return strconv.FormatFloat(d, 'f', 6, 64) }
