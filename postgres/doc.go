// Package postgres is the record: the only package that speaks SQL, one file per noun. It scans into
// the domain's own types and turns missing rows and broken constraints into the domain's own errors.
//
// Everything of an organization is read and written inside a Tx, which stands behind the
// organization's wall (row-level security):
//
//	err := db.Read(ctx, caller.Organization, func(tx *postgres.Tx) error {
//		visit, err = tx.Visit(ctx, caller, id)
//		return err
//	})
package postgres
