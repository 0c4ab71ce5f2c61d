package city

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
)

// WriteRegion writes customers as a customer file, ready for hexbeat territories. The last
// column is beyond the file's own and becomes an attribute.
func WriteRegion(w io.Writer, customers []Customer) error {
	out := csv.NewWriter(w)
	row := []string{"id", "lat", "lon", "category", "workload", "place"}
	if err := out.Write(row); err != nil {
		return fmt.Errorf("write region: %w", err)
	}
	for _, c := range customers {
		row[0], row[1], row[2] = c.ID, degrees(c.Point.Lat), degrees(c.Point.Lon)
		row[3], row[4], row[5] = c.Category, strconv.FormatFloat(c.Workload, 'f', -1, 64), c.Place
		if err := out.Write(row); err != nil {
			return fmt.Errorf("write region: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write region: %w", err)
	}
	return nil
}
